/// Why a device cannot be asked for something now.
public struct OperationRefusal: Error, Sendable, Equatable {
    /// The stable words.
    public enum Reason: String, Sendable, CaseIterable {
        /// The device waits for approval and takes only questions.
        case notApproved = "not_approved"
        case deviceRejected = "device_rejected"
        case deviceDeleted = "device_deleted"
        case deviceOffline = "device_offline"
        /// An emergency stop holds the device.
        case emergencyStop = "emergency_stop"
        /// The device would not obey the orders to everybody any more.
        case tokenMismatch = "token_mismatch"
        /// One of its kind, whose answer could not be told from another's, is not over.
        case underWay = "under_way"
        case tooMany = "too_many"
        /// It is none that a device takes.
        case invalid
    }

    /// The stable word.
    public let reason: Reason
    /// What was wrong and what would be right, for a person to read.
    public let detail: String

    /// Puts a refusal together.
    public init(_ reason: Reason, _ detail: String) {
        self.reason = reason
        self.detail = detail
    }
}
