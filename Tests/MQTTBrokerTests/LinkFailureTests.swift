import Testing
import TwinRuntime

@testable import MQTTBroker

@Suite struct `Why a connection to the broker failed` {
    @Test func `another client that took it over is told, and not fought`() {
        let failure = LinkFailure(code: 0x8E, errno: 0, complaint: nil)
        #expect(failure.description.contains("another client took over this client id"))
        #expect(failure.cause == .takenOver)
    }

    @Test func `what was given up on purpose is made again at once`() {
        #expect(LinkFailure.overdue.cause == .ownDecision)
    }
}
