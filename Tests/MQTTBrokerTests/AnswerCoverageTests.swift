import Testing
import TwinRuntime

@testable import MQTTBroker

@Suite struct `What the ingest connection lets go because the answers connection brings it` {
    private enum Step {
        case answersUp(resumed: Bool), answersDown, ingestUp(resumed: Bool), ingestDown, passed(UInt64)
    }

    /// Takes steps from the beginning, and tells where each of them led.
    private func transcript(_ steps: [Step]) -> [String] {
        var coverage = AnswerCoverage()
        return steps.map { step in
            var renewed = false
            switch step {
            case .answersUp(let resumed): coverage.answersConnected(wasResumed: resumed)
            case .answersDown: coverage.answersLost()
            case .ingestUp(let resumed): renewed = coverage.ingestConnected(wasResumed: resumed)
            case .ingestDown: coverage.ingestLost()
            case .passed(let fence): coverage.passed(fence: fence)
            }
            let fence = coverage.awaitedFence.map { ", waits for \($0)" } ?? ""
            let lets = (coverage.letsGo(qos: 1) ? "1" : "-") + (coverage.letsGo(qos: 0) ? "0" : "-")
            return "lets go \(lets)\(fence)\(renewed ? ", renews" : "")"
        }
    }

    @Test func `nothing before the answers session is known`() {
        #expect(!AnswerCoverage().letsGo(qos: 1))
    }

    @Test func `everything after a restart, both sessions having been kept`() {
        #expect(
            transcript([.answersUp(resumed: true), .ingestUp(resumed: true)]) == ["lets go 10", "lets go 10"])
    }

    @Test func `everything at the very first start: the ingest session begins after the answers'`() {
        #expect(
            transcript([.answersUp(resumed: false), .ingestUp(resumed: false)])
                == ["lets go --, waits for 1", "lets go 10"])
    }

    @Test func `after an upgrade nothing until the older backlog is durable`() {
        #expect(
            transcript([.answersUp(resumed: false), .ingestUp(resumed: true), .passed(1)])
                == ["lets go --, waits for 1", "lets go --, waits for 1", "lets go 10"])
    }

    @Test func `a connection lost in between changes nothing about the older backlog`() {
        #expect(
            transcript([
                .answersUp(resumed: false), .ingestUp(resumed: true), .answersDown, .answersUp(resumed: true),
                .ingestDown, .ingestUp(resumed: true), .passed(1),
            ])
                == Array(repeating: "lets go --, waits for 1", count: 6) + ["lets go 10"])
    }

    @Test func `while the answers connection is down, what the broker keeps for it, and nothing else`() {
        #expect(
            transcript([
                .answersUp(resumed: true), .ingestUp(resumed: true), .answersDown, .answersUp(resumed: true),
            ]) == ["lets go 10", "lets go 10", "lets go 1-", "lets go 10"])
    }

    @Test func `an answers session that was lost alone begins anew behind a fence of its own`() {
        #expect(
            transcript([
                .answersUp(resumed: false), .ingestUp(resumed: true), .answersDown, .answersUp(resumed: false),
                .passed(1), .passed(2),
            ])
                == Array(repeating: "lets go --, waits for 1", count: 3)
                + Array(repeating: "lets go --, waits for 2", count: 2) + ["lets go 10"])
    }

    @Test func `a broker that forgot both sessions, whichever comes back first`() {
        let started: [Step] = [.answersUp(resumed: true), .ingestUp(resumed: true), .ingestDown]
        #expect(
            transcript(started + [.answersDown, .answersUp(resumed: false), .ingestUp(resumed: false)]).suffix(3)
                == ["lets go 1-", "lets go --, waits for 1", "lets go 10"])
        #expect(
            transcript(started + [.answersDown, .ingestUp(resumed: false), .answersUp(resumed: false), .passed(1)])
                .suffix(4) == ["lets go 1-", "lets go --, renews", "lets go --, waits for 1", "lets go 10"])
    }

    @Test func `an answers connection that may be one to a broker that is no more is made again`() {
        #expect(
            transcript([
                .answersUp(resumed: true), .ingestUp(resumed: true), .ingestDown, .ingestUp(resumed: false),
                .answersDown, .answersUp(resumed: true),
            ]).suffix(3) == ["lets go --, renews", "lets go --", "lets go 10"])
    }

    @Test func `the two are told of as one connection, which is up when both are`() {
        var pair = GatedPair()
        let down = BrokerConnectionState.disconnected("gone", retryMilliseconds: 5)
        let steps: [(GatedPair.Member, BrokerConnectionState)] = [
            (.answers, .connected(wasResumed: false)), (.ingest, .connected(wasResumed: true)), (.answers, down),
            (.ingest, down), (.answers, .connected(wasResumed: true)), (.ingest, .connected(wasResumed: true)),
            (.ingest, down), (.ingest, .connected(wasResumed: false)),
        ]
        let told = steps.map { pair.note($0, $1) }
        #expect(
            told == [
                nil, .connected(wasResumed: false), .disconnected("answers: gone", retryMilliseconds: 5),
                .disconnected("ingest: gone", retryMilliseconds: 5), nil, .connected(wasResumed: true),
                .disconnected("ingest: gone", retryMilliseconds: 5), .connected(wasResumed: false),
            ])
    }

    @Test func `the worse of two breakers counts`() {
        #expect(GatedPair.worse(.closed, .closed) == .closed)
        #expect(GatedPair.worse(.halfOpen, .closed) == .halfOpen)
        #expect(GatedPair.worse(.halfOpen, .open) == .open)
        #expect(GatedPair.worse(.open, .closed) == .open)
    }
}
