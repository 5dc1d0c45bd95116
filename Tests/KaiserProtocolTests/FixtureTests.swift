import KaiserProtocol
import Testing
import TwinCore

/// Every line of the contract's examples, as far as decoding goes.
@Suite struct FixtureTests {
    /// Lines that are refused for what a twin knows: the clock (14), or who the device is (32, 117).
    private static let refusedByTwins: Set<Int> = [14, 32, 117]

    @Test func `every line a device sends is decoded exactly when it is valid`() throws {
        let lines = try FixtureLine.all()
        #expect(lines.count == 178)
        var counts: [String: Int] = [:]
        for line in lines where line.isFromDevice {
            do {
                _ = try decode(bytes: Array(line.topic.utf8), line.payload, isRetained: line.isRetained)
                #expect(line.isValid || Self.refusedByTwins.contains(line.number), line.comment)
                counts["decoded", default: 0] += 1
            } catch {
                #expect(!line.isValid, "\(line.comment) was refused: \(error)")
                #expect(error.reason != .unsupportedTopic && !error.detail.isEmpty, line.comment)
                counts["refused", default: 0] += 1
            }
        }
        #expect(counts == ["decoded": 88, "refused": 60])
    }

    @Test(
        arguments: [
            (39, .missingField), (40, .wrongType), (43, .missingField), (93, .wrongType), (94, .missingField),
            (98, .wrongType), (99, .missingField), (102, .missingField), (109, .wrongType), (112, .missingField),
            (122, .outOfRange), (127, .unknownValue), (128, .missingField), (133, .unknownValue),
            (134, .missingField), (137, .missingField), (138, .wrongType), (140, .invalidDeviceID),
            (141, .missingField), (143, .wrongType),
        ] as [(Int, Refusal.Reason)])
    func `a refused line has the reason a person would look for`(number: Int, reason: Refusal.Reason) throws {
        let line = try #require(try FixtureLine.all().first { $0.number == number })
        #expect(refusal(bytes: Array(line.topic.utf8), line.payload)?.reason == reason, line.comment)
    }

    @Test func `every line a server sends is known as our own`() throws {
        for line in try FixtureLine.all() where !line.isFromDevice {
            guard case .order = try decode(bytes: Array(line.topic.utf8), line.payload) else {
                Issue.record("line \(line.number) is not our own")
                continue
            }
        }
    }

    @Test func `the lines that only twins can judge are decoded`() throws {
        for line in try FixtureLine.all() where Self.refusedByTwins.contains(line.number) {
            #expect(!line.isValid)
            #expect(throws: Never.self) { try decode(bytes: Array(line.topic.utf8), line.payload) }
        }
    }
}
