/// Why a message or a request had no effect.
public struct Refusal: Error, Sendable, Equatable, Codable {
    /// The stable word that counts and dead letters are kept under.
    public let reason: Reason
    /// What was wrong, where, and what would be right, for a person to read.
    public let detail: String

    /// Puts a refusal together.
    public init(_ reason: Reason, _ detail: String) {
        self.reason = reason
        self.detail = detail
    }

    /// The stable words.
    public enum Reason: String, Sendable, Codable, CaseIterable {
        case emptyPayload = "empty_payload"
        case tooLarge = "too_large"
        case malformedJSON = "malformed_json"
        case notAnObject = "not_an_object"
        case duplicateKey = "duplicate_key"
        case invalidUTF8 = "invalid_utf8"
        case tooDeep = "too_deep"
        case missingField = "missing_field"
        case wrongType = "wrong_type"
        case outOfRange = "out_of_range"
        case notFinite = "not_finite"
        case unknownValue = "unknown_value"
        case idMismatch = "id_mismatch"
        case gpioMismatch = "gpio_mismatch"
        case unknownTopic = "unknown_topic"
        case unsupportedTopic = "unsupported_topic"
        case invalidDeviceID = "invalid_device_id"
        case unknownDevice = "unknown_device"
        case notApproved = "not_approved"
        case deviceRejected = "device_rejected"
        case tooOld = "too_old"
        case retained
        case retainedWithoutTime = "retained_without_time"
        case tooManyDevices = "too_many_devices"
        case tooManySensors = "too_many_sensors"
        case tooManyActuators = "too_many_actuators"
        case tooManyRelays = "too_many_relays"
        case admissionLimited = "admission_limited"
        case deviceDeleted = "device_deleted"
        case notNow = "not_now"
        case twinFailed = "twin_failed"
    }
}
