import TwinCore

/// Who made a reading's value: the word that the table keeps for people and other programs.
enum ProcessingMode: String, Sendable {
    /// A model of Doppel's, from the raw value.
    case enhanced = "pi_enhanced"
    /// The device.
    case local
    /// Nobody: the raw value stands for itself, or there is none.
    case raw
}

extension Sample {
    /// Who made the value.
    var processingMode: ProcessingMode {
        if model != nil { return .enhanced }
        return value == nil || value == raw ? .raw : .local
    }
}
