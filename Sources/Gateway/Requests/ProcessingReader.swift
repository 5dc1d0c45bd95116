import Hummingbird
import TwinCore
import TwinRuntime

/// Reads a raw value that is to be processed, in either of the two shapes in which devices send it.
enum ProcessingReader {
    private static let known = [
        "esp_id", "gpio", "sensor_type", "raw_value", "raw_data", "calibration", "params", "timestamp", "metadata",
    ]

    /// Reads a call.
    static func read(_ request: Request) async throws -> ProcessingCall {
        var body = try await BodyReader(request, known: known)
        let device = body.optional("esp_id", expected: "a device id") { $0.asText.flatMap { DeviceID($0) } }
        let gpio = body.optional("gpio", expected: "a pin from 0 to \(GPIO.maximum)") {
            $0.asInteger.flatMap(GPIO.init)
        }
        let lengths = GatewayLimits.kindCharacters
        let type = body.required(
            "sensor_type", expected: "a kind of \(lengths.lowerBound) to \(lengths.upperBound) characters"
        ) { value in value.asText.flatMap { lengths.contains($0.count) ? $0 : nil } }
        let name = body.has("raw_data") && !body.has("raw_value") ? "raw_data" : "raw_value"
        let raw = body.required(name, expected: "a number") { $0.asNumber }
        if name == "raw_value" { body.refuse(["raw_data"], because: "another name for raw_value, given beside it") }
        // A calibration that is sent along and has no effect would make wrong values look right.
        for member in ["calibration", "params"] {
            _ = body.optional(member, expected: "nothing: the twin's own calibration counts") { value -> Bool? in
                value == .null || value == .object([]) ? true : nil
            }
        }
        try body.finish()
        guard let type, let raw else { preconditionFailure("a missing value passed as \(body)") }
        return ProcessingCall(device: device, gpio: gpio ?? Self.anyPin, type: type, raw: raw)
    }

    /// What stands for a pin that the caller does not name.
    private static let anyPin = GPIO(0)!
}

/// The answer to a device that wants a raw value processed.
struct ProcessingAnswerDocument {
    /// What came of it: the values, or why there are none.
    enum Outcome {
        case success([ProcessedMember])
        case failure(String)
    }

    private let call: ProcessingCall
    private let members: [ProcessedMember]
    private let error: String?
    private let milliseconds: Double

    init(_ call: ProcessingCall, _ outcome: Outcome, took duration: Duration) {
        self.call = call
        switch outcome {
        case .success(let members) where members.isEmpty: (self.members, error) = ([], "no value came of it")
        case .success(let members): (self.members, error) = (members, nil)
        case .failure(let why): (members, error) = ([], why)
        }
        let (seconds, attoseconds) = duration.components
        milliseconds = Double(seconds) * 1000 + Double(attoseconds / 1_000_000_000_000) / 1000
    }

    /// The document: the members of both shapes side by side.
    var json: JSONValue {
        let first = members.first
        let worst = members.map(\.quality).reduce(first?.quality ?? .error, Quality.worse)
        let document: JSONValue = [
            "success": JSONValue(error == nil), "processed_value": JSONValue(first?.value),
            "unit": JSONValue(first?.unit), "quality": .string(worst.rawValue),
            "processing_time_ms": JSONValue(milliseconds),
            "metadata": [
                "esp_id": JSONValue(call.device?.description), "gpio": .integer(Int64(call.gpio.number)),
                "sensor_type": .string(call.type), "raw_value": JSONValue(call.raw),
            ],
            "error": JSONValue(error), "status": .string(error == nil ? "ok" : "error"),
            "values": .object(members.map { .init(name: $0.name, value: $0.json) }),
        ]
        let taken = Set(document.members.map(\.name))
        // A chip that measures several things has each under its own name beside the first value, as the documented
        // shape wants it.
        let named = members.count < 2 ? [] : members.filter { !taken.contains($0.name) }
        return document.adding(named.map { .init(name: $0.name, value: JSONValue($0.value)) })
    }
}

extension ProcessedMember {
    fileprivate var json: JSONValue {
        ["value": JSONValue(value), "unit": .string(unit), "quality": .string(quality.rawValue)]
    }
}
