import Foundation
import Testing

/// One line of the contract's examples.
struct FixtureLine {
    let number: Int
    let topic: String
    let payload: [UInt8]
    let isRetained: Bool
    let isFromDevice: Bool
    let isValid: Bool
    let note: String

    /// What a failed expectation says.
    var comment: Comment { Comment(rawValue: "line \(number): \(note)") }

    /// Reads all lines.
    static func all() throws -> [Self] {
        let file = URL(filePath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
            .appending(path: "TwinRuntimeTests/Fixtures/device-messages.jsonl")
        let text = try String(contentsOf: file, encoding: .utf8)
        return try text.split(separator: "\n").enumerated().map { index, line in
            let members = try #require(try JSONSerialization.jsonObject(with: Data(line.utf8)) as? [String: Any])
            let payload =
                if let raw = members["raw"] as? String { Array(raw.utf8) } else { Array(try rawPayload(of: line).utf8) }
            return Self(
                number: index + 1, topic: try #require(members["topic"] as? String), payload: payload,
                isRetained: try #require(members["retain"] as? Bool),
                isFromDevice: members["dir"] as? String == "device->server",
                isValid: try #require(members["valid"] as? Bool), note: members["note"] as? String ?? "")
        }
    }

    /// The payload as it is written: through Foundation, `1.0` would come back as `1`.
    private static func rawPayload(of line: Substring) throws -> Substring {
        let start = try #require(line.range(of: "\"payload\": ")).upperBound
        let end = try #require(line.range(of: ", \"valid\": ", options: .backwards)).lowerBound
        return line[start..<end]
    }
}
