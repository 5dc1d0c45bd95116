import Testing
import TwinCore

@testable import PostgresHistory

@Suite struct `When an outage is told` {
    /// Runs to the end of a span as a report does, and writes down what is told when, in seconds.
    private func run(
        _ outage: inout HistoryOutage, from start: Int64 = 0, to end: Int64, _ events: [Int64: String?] = [:]
    ) -> [String] {
        var told: [String] = []
        for second in start...end {
            let now = Uptime(milliseconds: second * 1_000)
            var telling: HistoryOutage.Telling?
            if let event = events[second] {
                if let reason = event {
                    telling = outage.failed("link", reason, at: now)
                } else {
                    outage.works("link", at: now)
                }
            }
            switch telling ?? outage.look(at: now) {
            case .gone: told.append("\(second) gone")
            case .still(let span): told.append("\(second) still \(span / 1_000)")
            case .back(let span): told.append("\(second) back \(span / 1_000)")
            case nil: break
            }
        }
        return told
    }

    @Test func `once when it goes, at growing intervals while it lasts, once when it is over`() {
        var outage = HistoryOutage()
        let attempts = Dictionary(uniqueKeysWithValues: stride(from: Int64(0), to: 3_000, by: 7).map { ($0, "down") })
        let events = attempts.mapValues(Optional.some).merging([3_000: nil]) { _, new in new }
        #expect(
            run(&outage, to: 4_000, events) == [
                "2 gone", "62 still 62", "182 still 182", "422 still 422", "1022 still 1022", "1622 still 1622",
                "2222 still 2222", "2822 still 2822", "3005 back 3000",
            ])
        #expect(outage.nextLook == nil && outage.troubles.isEmpty)
    }

    @Test func `not at all when it is over within a moment`() {
        var outage = HistoryOutage()
        #expect(run(&outage, to: 60, [0: "down", 1: nil]) == [])
        #expect(outage.nextLook == nil)
    }

    @Test func `as one outage when it comes and goes, told less and less`() {
        var outage = HistoryOutage()
        // Down for 10 s of every 20, all day.
        let events = Dictionary(
            uniqueKeysWithValues: stride(from: Int64(0), to: 86_400, by: 10).map { ($0, $0 % 20 == 0 ? "down" : nil) })
        let told = run(&outage, to: 86_400, events)
        #expect(told.prefix(4) == ["2 gone", "15 back 10", "22 gone", "82 still 62"], "\(told.prefix(5))")
        // Nothing but reminders at their longest interval.
        #expect(told.count < 155, "\(told.count)")
        // The last event of all is a recovery.
        #expect(told.dropFirst(3).dropLast().allSatisfy { $0.contains("still") })
        #expect(told.last == "86400 back 86370")
    }

    @Test func `soon when the reason is another one, but not each time that numbers differ`() {
        var outage = HistoryOutage()
        let told = run(
            &outage, to: 61,
            [
                0: "refused, port 1", 5: "refused, port 2", 10: "wrong password 1", 20: "wrong password 2",
                30: "refused, port 3",
            ])
        #expect(told == ["2 gone", "17 still 17"])
        #expect(outage.troubles == [.init(part: "link", reason: "refused, port 3")])
    }

    @Test func `seldom when every attempt has another reason`() {
        var outage = HistoryOutage()
        let letters = Array("abcdefghijklmnopqrstuvwxyz")
        let events: [Int64: String?] = Dictionary(
            uniqueKeysWithValues: (0..<3_600).map { (second: Int) -> (Int64, String?) in
                (Int64(second), String([letters[second / 26 % 26], letters[second % 26]]))
            })
        #expect(run(&outage, to: 3_599, events).count < 1 + HistoryOutage.maximumNews + 12)
    }

    @Test func `over only when everything works`() {
        var outage = HistoryOutage()
        let at = { (seconds: Int64) in Uptime(milliseconds: seconds * 1_000) }
        #expect(outage.failed("a", "down", at: at(0)) == nil)
        #expect(outage.failed("b", "down", at: at(1)) == nil)
        #expect(outage.look(at: at(2)) == .gone)
        outage.works("a", at: at(3))
        #expect(outage.look(at: at(40)) == nil)
        outage.works("b", at: at(41))
        #expect(outage.nextLook == at(46))
        #expect(outage.look(at: at(46)) == .back(41_000))
    }
}
