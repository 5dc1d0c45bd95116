import KaiserProtocol
import TwinCore

/// The prefix of the topics of the device that most tests speak as.
let base = "kaiser/god/esp/ESP_7C19F2/"

/// Decodes one message, its topic given from below ``base`` on.
func decode(_ topic: String, _ payload: String, isRetained: Bool = false) throws(Refusal) -> Decoded {
    try decode(bytes: Array((base + topic).utf8), Array(payload.utf8), isRetained: isRetained)
}

/// Decodes one message from bytes.
func decode(bytes topic: [UInt8], _ payload: [UInt8], isRetained: Bool = false) throws(Refusal) -> Decoded {
    try KaiserDecoder.decode(topic: topic.span, payload: payload.span, isRetained: isRetained)
}

/// What a device said, or `nil` when the message was one of our own.
func message(_ topic: String, _ payload: String, isRetained: Bool = false) throws(Refusal) -> DeviceMessage? {
    guard case .report(let report) = try decode(topic, payload, isRetained: isRetained) else { return nil }
    return report.message
}

/// Why a message was refused, or `nil` when it was accepted.
func refusal(_ topic: String, _ payload: String) -> Refusal.Reason? {
    refusal(bytes: Array((base + topic).utf8), Array(payload.utf8))?.reason
}

/// Why a message was refused, or `nil` when it was accepted.
func refusal(bytes topic: [UInt8], _ payload: [UInt8], isRetained: Bool = false) -> Refusal? {
    do {
        _ = try decode(bytes: topic, payload, isRetained: isRetained)
        return nil
    } catch {
        return error
    }
}

/// One message whose members a test changes one by one.
struct Example: Sendable {
    /// The topic, from below ``base`` on.
    let topic: String
    /// The members by name, each as JSON.
    let members: [String: String]

    /// The payload with members added or replaced; `nil` removes one.
    func payload(_ changes: [String: String?] = [:]) -> String {
        var members = members
        for (key, value) in changes { members[key] = value }
        return "{" + members.sorted { $0.key < $1.key }.map { "\"\($0)\":\($1)" }.joined(separator: ",") + "}"
    }

    /// What the device says with such changes.
    func message(_ changes: [String: String?] = [:]) throws(Refusal) -> DeviceMessage? {
        try KaiserProtocolTests.message(topic, payload(changes))
    }

    /// Why such changes are refused, or `nil` when they are accepted.
    func reason(_ changes: [String: String?] = [:]) -> Refusal.Reason? { refusal(topic, payload(changes)) }
}

/// A small generator whose sequence is the same everywhere (SplitMix64).
struct SeededGenerator: RandomNumberGenerator {
    private var state: UInt64

    init(seed: UInt64) { state = seed }

    mutating func next() -> UInt64 {
        state &+= 0x9E37_79B9_7F4A_7C15
        var mixed = state
        mixed = (mixed ^ (mixed >> 30)) &* 0xBF58_476D_1CE4_E5B9
        mixed = (mixed ^ (mixed >> 27)) &* 0x94D0_49BB_1331_11EB
        return mixed ^ (mixed >> 31)
    }
}
