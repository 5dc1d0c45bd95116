import Testing
import TwinCore

@testable import TwinRuntime
@testable import World

/// What leaves the process waits for the commit, except what de-energises.
@Suite struct OutputCommitTests {
    @Test func `a heartbeat is answered when it is durable`() throws {
        let stage = try Stage.greenhouse()
        stage.journal.mode = .held
        stage.beat(.first)
        #expect(stage.left() == [])
        stage.journal.release()
        #expect(stage.left() == ["ESP_7C19F2 ack online 3"])
    }

    @Test func `an energising command leaves when it is durable and its caller is answered then`() throws {
        let stage = try Stage.greenhouse()
        stage.journal.mode = .held
        let reply = stage.command(.on, seconds: 60)
        #expect(stage.left() == [])
        #expect(reply.value == nil)
        #expect(stage.output()?.pending?.record.state == .accepted)
        stage.journal.release()
        #expect(stage.left() == ["ESP_7C19F2/26 ON"])
        #expect(try reply.value?.get().state == .accepted)
    }

    @Test func `an energising command is published with its expiry and never retained`() throws {
        let stage = try Stage.greenhouse()
        _ = stage.command(.on, seconds: 60)
        let publication = try #require(stage.broker.publications.first)
        #expect(publication.topic == "kaiser/god/esp/ESP_7C19F2/actuator/26/command")
        #expect(publication.qos == 2)
        #expect(!publication.isRetained)
        #expect(publication.expirySeconds == 5)
        #expect(publication.member("duration") == "60")
        #expect(publication.member("ttl_ms") == "5000")
    }

    @Test func `an OFF leaves before it is durable and its caller is answered after`() throws {
        let stage = try Stage.greenhouse()
        stage.journal.mode = .held
        let reply = stage.command(.off)
        #expect(stage.left() == ["ESP_7C19F2/26 OFF"])
        #expect(reply.value == nil)
        stage.journal.release()
        #expect(try reply.value?.get().state == .accepted)
        #expect(stage.left() == [])
    }

    @Test func `an OFF leaves while another commit is under way`() throws {
        let stage = try Stage.greenhouse()
        stage.journal.mode = .held
        stage.read(.second, raw: 348, seq: 1)
        #expect(stage.journal.isHolding)
        _ = stage.command(.off)
        #expect(stage.left() == ["ESP_7C19F2/26 OFF"])
    }

    @Test func `a stop leaves before it is durable`() throws {
        let stage = try Stage.greenhouse()
        stage.journal.mode = .held
        let reply = stage.stop(.device(.first))
        #expect(stage.left() == ["ESP_7C19F2 stop", "ESP_7C19F2/26 OFF", "ESP_7C19F2/25 OFF"])
        #expect(reply.value == nil)
        stage.journal.release()
        #expect(try reply.value?.get().isDurable == true)
    }

    @Test func `a message is acknowledged when it is durable`() throws {
        let stage = try Stage.greenhouse()
        let before = stage.broker.acknowledgements
        stage.journal.mode = .held
        stage.read(.first, raw: 348, seq: 1)
        #expect(stage.broker.acknowledgements == before)
        stage.journal.release()
        #expect(stage.broker.acknowledgements == before + 1)
        #expect(stage.journal.disk.digests.count == 1)
    }

    @Test func `a message that changes nothing is acknowledged too`() throws {
        let stage = try Stage.greenhouse()
        let before = stage.broker.acknowledgements
        stage.hear("kaiser/god/server/status", "{\"status\":\"online\",\"timestamp\":1777600000}")
        #expect(stage.broker.acknowledgements == before + 1)
    }

    @Test func `a refused message is acknowledged when its dead letter is durable`() throws {
        let stage = try Stage.greenhouse()
        let before = stage.broker.acknowledgements
        stage.journal.mode = .held
        stage.hear(from: .first, "sensor/4/data", "nonsense")
        #expect(stage.broker.acknowledgements == before)
        stage.journal.release()
        #expect(stage.broker.acknowledgements == before + 1)
        #expect(stage.deadLetters.map(\.refusal.reason) == [.malformedJSON])
    }

    @Test func `with two batches handed over the acknowledgement waits for both`() throws {
        let stage = try Stage.greenhouse()
        let before = stage.broker.acknowledgements
        stage.journal.mode = .held
        stage.read(.first, raw: 348, seq: 1)
        stage.read(.first, raw: 349, seq: 2)
        stage.journal.release()
        stage.settle()
        #expect(stage.broker.acknowledgements == before)
        #expect(stage.journal.isHolding)
        stage.journal.release()
        #expect(stage.broker.acknowledgements == before + 1)
    }

    @Test(arguments: [(4_999, "ON"), (5_000, "OFF")] as [(Int64, String)])
    func `a command leaves before its expiry or not at all`(milliseconds: Int64, left: String) throws {
        let stage = try Stage.greenhouse()
        stage.journal.mode = .held
        _ = stage.command(.on, seconds: 60)
        stage.pass(milliseconds: milliseconds)
        #expect(stage.left() == [])
        stage.journal.mode = .prompt
        stage.journal.release()
        stage.settle()
        #expect(stage.left() == ["ESP_7C19F2/26 \(left)"])
        let isExpired = left == "OFF"
        #expect((stage.output()?.lastCommand?.state == .expired) == isExpired)
        #expect((stage.output()?.lease == nil) == isExpired)
    }

    @Test func `a command the connection does not take is over and its output driven off`() throws {
        let stage = try Stage.greenhouse()
        stage.broker.isTaking = false
        _ = stage.command(.on, seconds: 60)
        #expect(stage.output()?.lastCommand?.state == .failed)
        #expect(stage.output()?.safeState != nil)
        stage.broker.isTaking = true
        stage.pass(milliseconds: 1_000)
        #expect(stage.left() == ["ESP_7C19F2/26 OFF"])
    }

    @Test func `what was decided during a commit becomes durable with the next one`() throws {
        let stage = try Stage.greenhouse()
        let before = stage.journal.committed.count
        stage.journal.mode = .held
        stage.read(.first, raw: 1, seq: 1)
        for number in 2...5 { stage.read(.first, raw: number, seq: number) }
        stage.journal.release()
        stage.settle()
        stage.journal.release()
        let batches = stage.journal.committed.dropFirst(before)
        #expect(batches.map(\.facts.count) == [1, 4])
        #expect(batches.last?.firstSequence == batches.first.map { $0.lastSequence + 1 })
    }

    @Test func `a watcher is told when a fact is durable`() throws {
        let stage = try Stage.greenhouse()
        let listener = FactListener()
        stage.runtime.hub.watch(listener)
        stage.journal.mode = .held
        stage.read(.first, raw: 348, seq: 1)
        #expect(listener.facts.isEmpty)
        stage.journal.release()
        #expect(listener.facts.count == 1)
    }
}
