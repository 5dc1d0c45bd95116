import Foundation
import KaiserProtocol
import Testing
import TwinCore

/// Seeded damage to valid messages: nothing may trap or hang, and what is accepted must keep the promises of the types.
///
/// How many messages are tried is in the environment variable `DOPPEL_FUZZ_ITERATIONS`; a run with millions belongs
/// into a release build.
@Suite struct FuzzTests {
    private static let seeds: [UInt64] = [1, 2, 3, 4]
    private static let asked = ProcessInfo.processInfo.environment["DOPPEL_FUZZ_ITERATIONS"].flatMap(Int.init)
    private static let iterations = (asked ?? 20_000) / seeds.count
    /// Accepted messages are compared with Foundation now and then: it takes several times as long.
    private static let comparison = 8
    /// How long one message may take; a thousand times what the largest takes, for a machine that does other things.
    private static let patience = Duration.seconds(2)

    @Test(arguments: seeds)
    func `damaged messages neither trap nor hang, and what is accepted keeps its promises`(seed: UInt64) throws {
        var mutator = try Mutator(seed: seed)
        var (accepted, refused, slowest) = (0, Set<Refusal.Reason>(), Duration.zero)
        let before = Self.residentMegabytes
        for iteration in 0..<Self.iterations {
            let (topic, payload) = mutator.next()
            let start = ContinuousClock.now
            let outcome = Result { () throws(Refusal) in
                try decode(bytes: topic, payload, isRetained: iteration % 16 == 0)
            }
            slowest = max(slowest, ContinuousClock.now - start)
            switch outcome {
            case .failure(let refusal): refused.insert(refusal.reason)
            case .success(.order(let order)):
                if let broken = Promises.broken(by: order, topic, payload) {
                    Issue.record("\(broken), seed \(seed), iteration \(iteration): \(Self.text(topic, payload))")
                }
            case .success(let decoded):
                accepted += 1
                if let broken = Promises.broken(by: decoded) {
                    Issue.record("\(broken), seed \(seed), iteration \(iteration): \(Self.text(topic, payload))")
                }
                guard accepted % Self.comparison == 0 else { continue }
                #expect(
                    (try? JSONSerialization.jsonObject(with: Data(payload)) as? [String: Any]) != nil,
                    "Foundation refuses what we accept: \(Self.text(topic, payload))")
            }
        }
        #expect(slowest < Self.patience)
        // Neither is the damage so great that nothing is left to check, nor so small that refusals are not tried.
        #expect(accepted > Self.iterations / 10)
        #expect(refused.count >= 15 || Self.iterations < 1000)
        if Self.asked != nil {
            print("seed \(seed): \(accepted) of \(Self.iterations) accepted, slowest \(slowest),", terminator: " ")
            print("resident \(before) MB before, \(Self.residentMegabytes) MB after")
        }
    }

    private static func text(_ topic: [UInt8], _ payload: [UInt8]) -> String {
        "\(String(decoding: topic, as: UTF8.self)) \(String(decoding: payload, as: UTF8.self))"
    }

    /// How much memory the process holds; 0 where the system does not say it in a file.
    private static var residentMegabytes: Int {
        guard let text = try? String(contentsOfFile: "/proc/self/statm", encoding: .utf8),
            let pages = text.split(separator: " ").dropFirst().first.flatMap({ Int($0) })
        else { return 0 }
        return pages * 4096 / 1_048_576
    }

    @Test func `random bytes never trap`() {
        var generator = SeededGenerator(seed: 5)
        let alphabet = Array("{}[]\":,0123456789eE+-.\\utrfnalse \u{1}é".utf8)
        for _ in 0..<Self.iterations {
            let length = Int.random(in: 0..<48, using: &generator)
            let bytes =
                [UInt8(ascii: "{")]
                + (0..<length).map { _ in alphabet[Int.random(in: 0..<alphabet.count, using: &generator)] }
            guard (try? JSONObject(bytes.span)) != nil else { continue }
            #expect((try? JSONSerialization.jsonObject(with: Data(bytes))) != nil, "\(bytes)")
        }
    }
}
