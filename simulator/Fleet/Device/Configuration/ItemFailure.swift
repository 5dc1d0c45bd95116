/// Why a device does not take one item of a configuration.
struct ItemFailure: Error, Sendable, Equatable {
    /// What is wrong with it; the text is the device's.
    enum Cause: Sendable, Equatable {
        case missingField(String)
        case wrongType(String)
        case outOfRange(String)
        case invalid(String)
        case pinReserved(String)
        case pinConflict(String)
        case notStored(String)
        case emptySection(String)

        /// The word in `error_code`.
        var word: String {
            switch self {
            case .missingField: "MISSING_FIELD"
            case .wrongType: "TYPE_MISMATCH"
            case .outOfRange: "OUT_OF_RANGE"
            case .invalid: "VALIDATION_FAILED"
            case .pinReserved, .pinConflict: "GPIO_CONFLICT"
            case .notStored: "NVS_WRITE_FAILED"
            case .emptySection(let section): section.uppercased() + "_ARRAY_EMPTY"
            }
        }

        /// The number of the contract's list.
        var number: Int {
            switch self {
            case .wrongType, .invalid, .outOfRange: 2010
            case .missingField, .emptySection: 2011
            case .pinReserved: 1001
            case .pinConflict: 1002
            case .notStored: 2003
            }
        }

        /// The device's words.
        var words: String {
            switch self {
            case .missingField(let words), .wrongType(let words), .outOfRange(let words), .invalid(let words),
                .pinReserved(let words), .pinConflict(let words), .notStored(let words):
                words
            case .emptySection(let section): "The \(section) array is empty"
            }
        }
    }

    /// What is wrong.
    var cause: Cause
    /// The item's pin, as far as it had one.
    var pin: Int64?
    /// The item's type, as far as it had one.
    var type: String?
}
