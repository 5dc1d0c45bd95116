import Foundation
import Testing
import TwinCore

/// One line of the contract's examples.
struct FixtureLine {
    let number: Int
    let topic: String
    let payload: String
    let qos: Int
    let isRetained: Bool
    let isFromDevice: Bool
    let isValid: Bool
    /// The clock against which its times are judged.
    let now: UnixTime
    let note: Comment

    /// The topic below its device, with numbers and names replaced.
    var shape: String {
        let levels = topic.split(separator: "/").map(String.init)
        guard levels.count > 4, levels[2] == "esp" else { return "kaiser/{kaiser}/discovery/esp32_nodes" }
        if levels[4] == "library" { return "library/{message}" }
        return levels.dropFirst(4).map { Int($0) == nil ? $0 : "{gpio}" }.joined(separator: "/")
    }

    /// Reads all lines.
    static func all() throws -> [Self] {
        let file = try #require(
            Bundle.module.url(forResource: "device-messages", withExtension: "jsonl", subdirectory: "Fixtures"))
        let text = try String(contentsOf: file, encoding: .utf8)
        return try text.split(separator: "\n").enumerated().map { index, line in
            let members = try #require(try JSONSerialization.jsonObject(with: Data(line.utf8)) as? [String: Any])
            let seconds = try #require(members["now"] as? Int64)
            return Self(
                number: index + 1, topic: try #require(members["topic"] as? String),
                payload: try members["raw"] as? String ?? String(payload(of: line)),
                qos: try #require(members["qos"] as? Int), isRetained: try #require(members["retain"] as? Bool),
                isFromDevice: members["dir"] as? String == "device->server",
                isValid: try #require(members["valid"] as? Bool), now: UnixTime(milliseconds: seconds * 1000),
                note: Comment(rawValue: "line \(index + 1): \(members["note"] as? String ?? "")"))
        }
    }

    /// Reads one line.
    static func number(_ number: Int) throws -> Self { try #require(try all().first { $0.number == number }) }

    /// The payload as it is written: through Foundation, `1.0` would come back as `1`.
    private static func payload(of line: Substring) throws -> Substring {
        let start = try #require(line.range(of: "\"payload\": ")).upperBound
        let end = try #require(line.range(of: ", \"valid\": ", options: .backwards)).lowerBound
        return line[start..<end]
    }
}
