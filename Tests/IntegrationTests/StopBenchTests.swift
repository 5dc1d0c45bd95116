import Testing

@testable import doppel

extension WholeProgram {
    /// Short runs that assert that the work was done and what must hold at any speed.
    @Suite struct `Benchmarks of stops and cuts` {
        @Test func `the stop benchmark sees every pump off, in the devices and on the scoreboard`() async throws {
            try await withSite { site in
                let program = try await site.run(
                    ["bench", "stop", "--devices", "10", "--rounds", "2", "--rate", "20"])
                #expect(program.exit == .code(0), "\(program.tail)")
                let report = try JSON(program.output)
                #expect(report["devices"].number == 10)
                #expect(report["doppel_rounds"].items.count == 2 && report["baseline_rounds"].items.count == 2)
                for round in report["doppel_rounds"].items {
                    let (off, shown) = (round["off"]["last_ms"].number, round["confirmed"]["last_ms"].number)
                    #expect(try #require(off) > 0 && #require(off) < #require(shown), "\(program.output)")
                }
                #expect(try #require(report["ratio"].number) > 0)
                #expect(try #require(report["baseline_answered"]["p50_ms"].number) > 0)
            }
        }

        @Test(arguments: ["--proxy", nil])
        func `no pump runs past its lease, whatever is cut`(network: String?) async throws {
            try await withSite { site in
                // Every kind of cut, with cables where the system allows it.
                let program = try await site.doppel(
                    ["bench", "cuts", "--cuts", "6", "--devices", "5", "--seed", "7"] + [network].compactMap(\.self))
                try await program.ended(within: .seconds(180))
                #expect(program.exit == .code(0), "\(program.tail)")
                let report = try JSON(program.output)
                for cut in Cut.allCases { #expect(report["cuts_by_kind"][cut.rawValue].number == 1) }
                if network != nil { #expect(report["network"].text == "proxy") }
                #expect(report["verdict"]["violations"].number == 0, "\(program.output)")
                #expect(try #require(report["verdict"]["on_times_during_cuts"].number) > 0)
                #expect(try #require(report["verdict"]["worst_overshoot_ms"].number) <= 1000)
            }
        }
    }
}

/// The judge of on-times, with records that were made up.
@Suite struct `The judge of on-times` {
    private typealias Entry = OnTimeRecord.Entry

    private func entry(_ kind: Entry.Kind, _ milliseconds: Int64, seconds: Int64? = nil, command: String? = nil)
        -> Entry
    {
        Entry(
            kind: kind, device: "ESP_100000", gpio: 16, at: milliseconds * 1_000_000, seconds: seconds,
            command: command)
    }

    @Test func `an end with the lease is none to object to, and counts as one by the lease`() {
        let judge = OnTimeJudge(cuts: [2_900_000_000..<3_500_000_000])
        let record = [entry(.told, 1000, seconds: 2), entry(.on, 1000), entry(.off, 3010)]
        let verdict = judge.judge(record, end: 9_000_000_000)
        #expect(verdict.violations == 0 && verdict.onTimes == 1 && verdict.commandsTold == 1)
        #expect(verdict.endedByLease == 1 && verdict.endedByLeaseDuringCuts == 1 && verdict.onTimesDuringCuts == 1)
        #expect(verdict.worstOvershootMs == 10)
    }

    @Test func `more than a second past the lease is a violation, and so is a pump that never went off`() {
        let late = [entry(.told, 0, seconds: 2), entry(.on, 0), entry(.off, 3001)]
        #expect(OnTimeJudge().judge(late, end: 9_000_000_000).violations == 1)
        let forgotten = [entry(.told, 0, seconds: 2), entry(.on, 0)]
        let verdict = OnTimeJudge().judge(forgotten, end: 9_000_000_000)
        #expect(verdict.violations == 1 && verdict.worstOvershootMs == 7000)
    }

    @Test func `the newest command counts: a renewal moves the end, and a shorter one brings it nearer`() {
        let renewed = [
            entry(.told, 0, seconds: 2), entry(.on, 0), entry(.told, 1500, seconds: 4), entry(.off, 5500),
        ]
        #expect(OnTimeJudge().judge(renewed, end: 9_000_000_000).violations == 0)
        let shortened = [
            entry(.told, 0, seconds: 8), entry(.on, 0), entry(.told, 1000, seconds: 1), entry(.off, 8000),
        ]
        #expect(OnTimeJudge().judge(shortened, end: 9_000_000_000).violations == 1)
    }

    @Test func `on without a command, without an end, or other than ordered is a violation`() {
        #expect(OnTimeJudge().judge([entry(.on, 0), entry(.off, 10)], end: 1).violations == 1)
        #expect(OnTimeJudge().judge([entry(.told, 0, seconds: 0)], end: 1).violations == 1)
        let judge = OnTimeJudge(orders: ["c": OnTimeJudge.Order(at: 0, seconds: 2)])
        let record = [entry(.told, 40, seconds: 3, command: "c")]
        let verdict = judge.judge(record, end: 1)
        #expect(verdict.violations == 1 && verdict.longestWayMs == 40)
    }

    @Test(arguments: [
        (1_999 as Int64, 4 as Int64, 0), (1_999, 2, 0), (2_001, 1, 0), (1_999, 1, 1), (0, 3, 1), (9_000, 5, 1),
    ])
    func `what waited has as many seconds less, and nothing has more`(waited: Int64, told: Int64, violations: Int) {
        let judge = OnTimeJudge(orders: ["c": OnTimeJudge.Order(at: 0, seconds: 4)])
        let verdict = judge.judge([entry(.told, waited, seconds: told, command: "c")], end: 1)
        #expect(verdict.violations == violations)
    }
}
