import Testing
import TwinCore
import TwinRuntime

@testable import Gateway

@Suite("The scoreboard as it changes", .timeLimit(.minutes(4)))
struct ScoreboardTests {
    static let other = DeviceID("ESP_AABB02")!

    static func line(
        _ standing: StopReport.Standing, _ device: DeviceID = Greenhouse.device, evidence: String = "awaited"
    ) -> StopReport.Line {
        StopReport.Line(device: device, gpio: Greenhouse.pump, standing: standing, evidence: evidence)
    }

    static func report(_ standing: StopReport.Standing) -> StopReport {
        StopReport(
            incidents: [Greenhouse.incident(.all)], clearing: [], isDurable: true, lines: [line(standing)])
    }

    @Test func aChangeNamesWhatIsNewOrDifferentOrGone() throws {
        var report = Self.report(.unconfirmed)
        report.lines.append(Self.line(.offline, Self.other))
        let board = Scoreboard(report)
        #expect(board.successor(report) == nil)
        report.lines[0].standing = .stopped
        let second = try #require(board.successor(report))
        #expect(
            second.change["lines"]?.text
                == #"[{"incident":null,"device":"ESP_AABB01","gpio":25,"standing":"stopped","evidence":"awaited","#
                + #""confirmed_after_ms":null}]"#)
        #expect(second.change["counts"] == ["stopped": 1, "unconfirmed": 0, "offline": 1])
        #expect(second.change["gone"] == [])
        report.lines[0].evidence = "status off"
        report.lines.remove(at: 1)
        let third = try #require(second.successor(report))
        #expect(third.change.at("lines.0.evidence") == "status off")
        #expect(third.change["gone"]?.text == #"[{"device":"ESP_AABB02","gpio":25}]"#)
        #expect(third.changes(since: board)["lines"] == third.change["lines"])
    }

    @Test func whatTheLatchSaysIsAChangeWithoutLines() throws {
        let board = Scoreboard(Self.report(.stopped))
        var later = Self.report(.stopped)
        later.isBrokerConnected = false
        let change = try #require(board.successor(later)).change
        #expect(change["broker_connected"] == false)
        #expect(change["lines"] == [])
    }

    @Test func aWatcherGetsTheWholeAndThenEachChange() async throws {
        let twins = FakeTwins()
        twins.change { $0.stopReport = Self.report(.unconfirmed) }
        try await serve(twins) { port, _ in
            let line = try await Line(port: port)
            try await line.send("GET /api/v1/emergency-stop/stream HTTP/1.1\r\nHost: localhost\r\n\r\n")
            try await line.expect("content-type: text/event-stream", ignoringCase: true)
            try await line.expect("event: scoreboard\ndata: {\"active\":true")
            try await line.expect("\"standing\":\"unconfirmed\"")
            twins.change { $0.stopReport = Self.report(.stopped) }
            twins.happen(SocketTests.fact(.actuator(Greenhouse.pump, .safeStateConfirmed)))
            try await line.expect("event: changed\ndata: {\"active\":true")
            try await line.expect("\"counts\":{\"stopped\":1,\"unconfirmed\":0,\"offline\":0}")
            try await line.expect("\"standing\":\"stopped\"")
            // Nothing tells of this one, and it shows all the same.
            twins.change { $0.stopReport.isBrokerConnected = false }
            try await line.expect("event: changed\ndata: {\"active\":true,\"durable\":true,\"broker_connected\":false")
        }
    }

    @Test func aFloodOfFactsAsksForFewReports() async throws {
        let twins = FakeTwins()
        twins.change { $0.stopReport = Self.report(.unconfirmed) }
        try await serve(twins) { port, _ in
            var lines: [Line] = []
            for _ in 0..<20 {
                let line = try await Line(port: port)
                try await line.send("GET /api/v1/emergency-stop/stream HTTP/1.1\r\nHost: localhost\r\n\r\n")
                try await line.expect("event: scoreboard")
                lines.append(line)
            }
            let before = twins.seen.reportCount
            let begin = ContinuousClock.now
            while begin.duration(to: .now) < .milliseconds(600) {
                twins.happen(SocketTests.fact(.actuator(Greenhouse.pump, .safeStateRepeated)))
                await Task.yield()
            }
            let spans = begin.duration(to: .now) / .milliseconds(GatewayLimits.scoreboardTickMilliseconds)
            let asked = twins.seen.reportCount - before
            #expect(asked >= 2)
            #expect(Double(asked) <= spans + 2)
        }
    }
}
