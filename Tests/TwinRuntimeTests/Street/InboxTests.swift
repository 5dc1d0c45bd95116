import Testing
import TwinCore

@testable import TwinRuntime
@testable import World

/// Readings that come through a table instead of the broker.
@Suite struct InboxTests {
    private typealias Outcome = Result<[Refusal?], ServiceError>

    private let reading = ("kaiser/god/esp/\(DeviceID.first)/sensor/4/data", Stage.reading(.first, raw: 348, seq: 1))

    private func takeIn(_ messages: [(topic: String, payload: String)], _ stage: Stage) -> Box<Outcome> {
        var batch = InboundBatch()
        for message in messages {
            batch.append(topic: message.topic.utf8, payload: message.payload.utf8, isRetained: false, qos: 1)
        }
        let reply = Box<Outcome>()
        stage.runtime.assumeIsolated { $0.takeIn(batch) { reply.value = $0 } }
        stage.settle()
        return reply
    }

    @Test func `a reading goes the way of a device's own, once`() throws {
        let stage = try Stage.greenhouse()
        #expect(try takeIn([reading, reading], stage).value?.get() == [nil, nil])
        stage.read(.first, raw: 348, seq: 1)
        #expect(stage.twin()?.sensors.first?.count == 1)
        #expect(stage.journal.disk.digests.count == 1)
    }

    @Test func `nothing else comes this way, and what is refused does not stop the rest`() throws {
        let stage = try Stage.greenhouse()
        let root = "kaiser/god/esp/\(DeviceID.first)"
        let reasons = try takeIn(
            [
                ("\(root)/actuator/26/command", #"{"command":"ON","value":1}"#),
                (
                    "\(root)/actuator/26/status",
                    #"{"esp_id":"\#(DeviceID.first)","gpio":26,"state":"on","ts":1777600000}"#
                ),
                ("kaiser/broadcast/emergency", #"{"command":"EMERGENCY_STOP"}"#), ("elsewhere", "{}"), reading,
            ], stage
        ).value?.get().map { $0?.reason }
        #expect(reasons?.prefix(4).allSatisfy { $0 != nil } == true && reasons?.last == .some(nil))
        #expect(stage.twin()?.sensors.first?.count == 1)
        #expect(stage.output()?.confirmed?.isOn == false)
        #expect(stage.left() == [])
    }

    @Test func `while readings are held at the broker, these wait too`() throws {
        let stage = try Stage.greenhouse()
        stage.runtime.holdTelemetry("too much waits; bring PostgreSQL back")
        let reply = takeIn([reading], stage)
        #expect(throws: ServiceError.unsuitable("too much waits; bring PostgreSQL back")) { try reply.value?.get() }
        #expect(stage.twin()?.sensors.first == nil)
        stage.runtime.holdTelemetry(nil)
        #expect(try takeIn([reading], stage).value?.get() == [nil])
    }

    @Test func `attempts while commits fail leave nothing behind`() throws {
        let stage = try Stage.greenhouse()
        stage.journal.mode = .failing
        for _ in 0..<5 {
            let reply = takeIn([("elsewhere", "{}")], stage)
            #expect(throws: ServiceError.journalUnavailable("the disk is full")) { try reply.value?.get() }
        }
        stage.journal.mode = .prompt
        stage.pass(milliseconds: 10_000)
        #expect(stage.runtime.assumeIsolated { $0.counters.refused[.unknownTopic] } == 1)
    }

    @Test func `while the journal takes nothing the messages stay with who brought them`() throws {
        let stage = try Stage.greenhouse()
        stage.journal.mode = .failing
        let reply = takeIn([reading], stage)
        #expect(throws: ServiceError.journalUnavailable("the disk is full")) { try reply.value?.get() }
        stage.journal.mode = .prompt
        stage.pass(milliseconds: 10_000)
        #expect(try takeIn([reading], stage).value?.get() == [nil])
        #expect(stage.journal.disk.digests.count == 1)
    }
}
