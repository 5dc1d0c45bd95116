import Foundation
import KaiserProtocol
import Testing
import TwinCore

/// Every line of the contract's examples, as far as decoding goes.
@Suite struct FixtureTests {
    /// Lines that are refused for what a twin knows: the clock (14), or who the device is (32, 117).
    private static let refusedByTwins: Set<Int> = [14, 32, 117]

    private struct Line {
        let number: Int
        let topic: String
        let payload: [UInt8]
        let isRetained: Bool
        let isFromDevice: Bool
        let isValid: Bool
        let note: String
    }

    private static func lines() throws -> [Line] {
        let file = URL(filePath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
            .appending(path: "TwinRuntimeTests/Fixtures/device-messages.jsonl")
        let text = try String(contentsOf: file, encoding: .utf8)
        return try text.split(separator: "\n").enumerated().map { index, line in
            let members = try #require(try JSONSerialization.jsonObject(with: Data(line.utf8)) as? [String: Any])
            let payload: [UInt8]
            if let raw = members["raw"] as? String {
                payload = Array(raw.utf8)
            } else {
                payload = Array(try rawPayload(of: line).utf8)
            }
            return Line(
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

    @Test func `every line a device sends is decoded, refused, or named as a later topic`() throws {
        let lines = try Self.lines()
        #expect(lines.count == 178)
        var counts: [String: Int] = [:]
        for line in lines where line.isFromDevice {
            let comment = Comment(rawValue: "line \(line.number): \(line.note)")
            do {
                _ = try decode(bytes: Array(line.topic.utf8), line.payload, isRetained: line.isRetained)
                #expect(line.isValid || Self.refusedByTwins.contains(line.number), comment)
                counts["decoded", default: 0] += 1
            } catch  where error.reason == .unsupportedTopic {
                counts["later", default: 0] += 1
            } catch {
                #expect(!line.isValid, "\(comment) was refused: \(error)")
                counts["refused", default: 0] += 1
            }
        }
        #expect(counts == ["decoded": 49, "later": 59, "refused": 40])
    }

    @Test func `every line a server sends is known as our own`() throws {
        for line in try Self.lines() where !line.isFromDevice {
            guard case .own = try decode(bytes: Array(line.topic.utf8), line.payload) else {
                Issue.record("line \(line.number) is not our own")
                continue
            }
        }
    }

    @Test func `the lines that only twins can judge are decoded`() throws {
        for line in try Self.lines() where Self.refusedByTwins.contains(line.number) {
            #expect(!line.isValid)
            #expect(throws: Never.self) { try decode(bytes: Array(line.topic.utf8), line.payload) }
        }
    }
}
