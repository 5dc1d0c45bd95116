import Testing
import TwinRuntime

@testable import MQTTBroker

@Suite struct TelemetryFlowTests {
    private enum Event {
        case answers, hold, letIn, ended
    }

    private func transcript(_ events: [Event]) -> [TelemetryFlow.Step] {
        var flow = TelemetryFlow()
        return events.map { event in
            switch event {
            case .answers: flow.answersStand()
            case .hold: flow.hold(true)
            case .letIn: flow.hold(false)
            case .ended: flow.ended()
            }
        }
    }

    @Test func `telemetry comes once the answers' session is there, and each letting-in makes a new link`() {
        #expect(
            transcript([.answers, .answers, .hold, .hold, .ended, .answers, .letIn, .letIn, .hold, .ended])
                == [.begin, .nothing, .end, .nothing, .nothing, .nothing, .begin, .nothing, .end, .nothing])
    }

    @Test func `what is held from the start begins when it is let in, whichever comes first`() {
        #expect(transcript([.hold, .answers, .letIn]) == [.nothing, .nothing, .begin])
        #expect(transcript([.hold, .letIn, .answers]) == [.nothing, .nothing, .begin])
    }

    @Test func `the next link waits until the one before has ended`() {
        #expect(
            transcript([.answers, .hold, .letIn, .hold, .letIn, .ended])
                == [.begin, .end, .nothing, .nothing, .nothing, .begin])
    }

    @Test func `while telemetry is held the answers alone say whether the connection is up`() {
        let up = BrokerConnectionState.connected(wasResumed: true)
        let down = BrokerConnectionState.disconnected("gone", retryMilliseconds: 5)
        var pair = GatedPair()
        #expect([pair.note(.answers, up), pair.note(.ingest, up), pair.hold(), pair.hold()] == [nil, up, nil, nil])
        #expect(pair.note(.answers, down) == .disconnected("answers: gone", retryMilliseconds: 5))
        #expect(pair.note(.answers, up) == up)
        pair.release()
        #expect(pair.note(.answers, up) == nil)
        #expect(pair.note(.ingest, up) == up)
        // What was missing is not wanted any more.
        #expect(pair.note(.ingest, down) == .disconnected("ingest: gone", retryMilliseconds: 5))
        #expect(pair.hold() == up)
    }
}
