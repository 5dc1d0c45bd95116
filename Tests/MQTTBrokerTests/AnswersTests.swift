import EventLoop
import TestSupport
import Testing
import TwinRuntime

@testable import MQTTBroker

/// The topic on which the tests' device shows an output.
private let statusTopic = "kaiser/god/esp/ESP_00000001/actuator/5/status"

extension WithMosquitto {
    @Suite struct `The answers connection` {
        @Test func `brings a status past 20,000 readings that wait`() async throws {
            try await withBroker { broker in
                try await withLoop { loop in
                    try await withServer(loop, broker, acknowledging: false) { server, recorder in
                        await eventually("ingest is up") { recorder.isUp(.ingest) }
                        await publish(0..<20_000, from: loop, to: broker)
                        await eventually("a batch came") { !recorder.batches.isEmpty }
                        // The first batch is being made durable; the others wait at the broker.
                        await publish(90_000..<90_001, from: loop, to: broker, topic: statusTopic)
                        await eventually("the status came") { recorder.payloads.contains("90000") }
                        // And one that comes while they flow.
                        let early = recorder.payloads.count
                        await loop.run { server.acknowledge() }
                        await eventually("more came") { recorder.payloads.count > early }
                        await publish(90_001..<90_002, from: loop, to: broker, topic: statusTopic)
                        await eventually("the second status came") { recorder.payloads.contains("90001") }
                        recorder.attach(server, acknowledging: true)
                        await loop.run { server.acknowledge() }
                        await eventually("all came") { recorder.payloads.count >= 20_002 }
                        let payloads = recorder.payloads
                        let first = try #require(payloads.firstIndex(of: "90000"))
                        #expect(first <= MosquittoLink.maximumMessagesPerTurn)
                        let second = try #require(payloads.firstIndex(of: "90001"))
                        #expect(second < 20_001)
                        let readings = payloads.filter { !$0.hasPrefix("9000") || $0.count < 5 }
                        let areWholeAndInOrder = readings == (0..<20_000).map { "\($0)" }
                        #expect(areWholeAndInOrder)
                        #expect(payloads.count == 20_002)
                    }
                }
            }
        }

        @Test func `does not keep readings from coming while answers pour in, nor the other way round`() async throws {
            try await withBroker { broker in
                try await withLoop { loop in
                    try await withServer(loop, broker, acknowledging: false) { server, recorder in
                        await eventually("ingest is up") { recorder.isUp(.ingest) }
                        await publish(0..<5_000, from: loop, to: broker)
                        await publish(50_000..<55_000, from: loop, to: broker, topic: statusTopic)
                        await eventually("both handed over") { recorder.batches.count == 2 }
                        recorder.attach(server, acknowledging: true)
                        await loop.run { server.acknowledge() }
                        await eventually("all came") { recorder.payloads.count >= 10_000 }
                        let kinds = recorder.batches.map { $0.topics[0] }
                        // Neither is through long before the other.
                        let half = kinds.count / 2
                        #expect(Set(kinds[..<half]) == [deviceTopic, statusTopic])
                        #expect(Set(recorder.payloads).count == 10_000)
                        #expect(recorder.payloads.count == 10_000)
                    }
                }
            }
        }

        @Test func `hands over nothing more before the batch is acknowledged, and all of it again after a cut`()
            async throws
        {
            try await withBroker { broker in
                try await withLoop { loop in
                    try await withServer(loop, broker, acknowledging: false) { server, recorder in
                        await eventually("ingest is up") { recorder.isUp(.ingest) }
                        await publish(0..<1, from: loop, to: broker, topic: statusTopic)
                        await eventually("it came") { recorder.payloads == ["0"] }
                        await publish(1..<10, from: loop, to: broker, topic: statusTopic)
                        await publish(50..<60, from: loop, to: broker)
                        await eventually("the readings came") { recorder.batches.count == 2 }
                        #expect(recorder.payloads == ["0"] + recorder.batches[1].payloads)
                        await loop.run {
                            server.answers.cut()
                            server.ingest.cut()
                        }
                        await eventually("both are back") { recorder.changes(of: .ingest).count == 4 }
                        #expect(recorder.changes(of: .ingest).last == .connected(wasResumed: true))
                        #expect(recorder.batches.count == 2)
                        let before = recorder.batches[1].entries.count
                        recorder.attach(server, acknowledging: true)
                        await loop.run { server.acknowledge() }
                        await eventually("all came") { recorder.payloads.count >= 1 + before + 20 }
                        let again = Array(recorder.payloads.dropFirst(1 + before))
                        #expect(again.filter { Int($0)! < 50 } == (0..<10).map { "\($0)" })
                        #expect(again.filter { Int($0)! >= 50 } == (50..<60).map { "\($0)" })
                    }
                }
            }
        }

        @Test func `leaves what is not durable to the next start, once each`() async throws {
            try await withBroker { broker in
                try await withLoop { loop in
                    try await withServer(loop, broker, acknowledging: false) { server, recorder in
                        await eventually("ingest is up") { recorder.isUp(.ingest) }
                        await publish(0..<10, from: loop, to: broker)
                        await publish(50..<60, from: loop, to: broker, topic: statusTopic)
                        await eventually("both handed over") { recorder.batches.count == 2 }
                    }
                    // Nobody there: the broker keeps both.
                    await publish(60..<70, from: loop, to: broker, topic: statusTopic)
                    try await withServer(loop, broker, acknowledging: true) { server, recorder in
                        await eventually("all came again") { recorder.payloads.count >= 30 }
                        #expect(recorder.payloads.filter { Int($0)! < 50 } == (0..<10).map { "\($0)" })
                        #expect(recorder.payloads.filter { Int($0)! >= 50 } == (50..<70).map { "\($0)" })
                        #expect(recorder.changes(of: .ingest) == [.connected(wasResumed: true)])
                        #expect(await loop.run { server.coverage.standing } == .covered)
                    }
                }
            }
        }

        @Test func `loses nothing of a session from before there was one, and then brings each answer once`()
            async throws
        {
            try await withBroker { broker in
                try await withLoop { loop in
                    try await leaveOlderSession(loop, broker)
                    await publish(0..<600, from: loop, to: broker)
                    await publish(1_000..<1_600, from: loop, to: broker, topic: statusTopic)
                    let everything: (inout BrokerOptions) -> Void = { $0.ingestFilters = ["kaiser/#"] }
                    try await withServer(loop, broker, acknowledging: false, configure: everything) {
                        server, recorder in
                        await eventually("a batch came") { !recorder.batches.isEmpty }
                        await eventually("both are up") { recorder.isUp(.ingest) && recorder.isUp(.control) }
                        #expect(await loop.run { server.coverage.awaitedFence } == 1)
                        recorder.attach(server, acknowledging: true)
                        await loop.run { server.acknowledge() }
                        await eventually("the older backlog is through") {
                            await loop.run { server.coverage.standing } == .covered
                        }
                        let older = (0..<600).map { "\($0)" } + (1_000..<1_600).map { "\($0)" }
                        #expect(recorder.payloads.filter { Int($0) != nil } == older)
                        await publish(2_000..<2_100, from: loop, to: broker, topic: statusTopic)
                        await publish(700..<701, from: loop, to: broker)
                        await eventually("the marker came") { recorder.payloads.contains("700") }
                        await eventually("the new ones came") { recorder.payloads.contains("2099") }
                        let new = recorder.payloads.compactMap { Int($0) }.filter { $0 >= 2_000 }
                        #expect(new == Array(2_000..<2_100))
                    }
                }
            }
        }

        @Test func `that lost its session begins a new one, and ingest hands over until that is safe`() async throws {
            try await withBroker { broker in
                try await withLoop { loop in
                    let everything: (inout BrokerOptions) -> Void = { $0.ingestFilters = ["kaiser/#"] }
                    try await withServer(loop, broker, acknowledging: true, configure: everything) {
                        server, recorder in
                        await eventually("both are up") { recorder.isUp(.ingest) && recorder.isUp(.control) }
                        // Somebody takes the session over and throws it away.
                        var thief = LinkOptions(host: "127.0.0.1", port: broker.port, clientID: "doppel-answers")
                        thief.isCleanStart = true
                        let link = MosquittoLink(loop: loop, options: thief)
                        let theft = LinkRecorder()
                        await loop.run { link.start(theft.events) }
                        await eventually("the answers connection was thrown out") { !recorder.isUp(.ingest) }
                        await stop(link, on: loop)
                        await eventually("it is back") { recorder.isUp(.ingest) }
                        #expect(recorder.changes(of: .ingest).last == .connected(wasResumed: false))
                        await eventually("ingest lets go again") {
                            await loop.run { server.coverage.standing } == .covered
                        }
                        await publish(0..<100, from: loop, to: broker, topic: statusTopic)
                        await publish(500..<501, from: loop, to: broker)
                        await eventually("all came") {
                            recorder.payloads.contains("99") && recorder.payloads.contains("500")
                        }
                        #expect(recorder.payloads.compactMap { Int($0) }.filter { $0 < 500 } == Array(0..<100))
                    }
                }
            }
        }

        /// What a Doppel without an answers connection leaves at the broker.
        private func leaveOlderSession(_ loop: EventLoop, _ broker: TestBroker) async throws {
            let older = try BrokerOptions(url: "mqtt://127.0.0.1:\(broker.port)").ingest
            let recorder = LinkRecorder()
            let link = MosquittoLink(loop: loop, options: older)
            await loop.run { link.start(recorder.events) }
            await eventually("the older session is there") { recorder.connected == [false] }
            await stop(link, on: loop)
        }
    }
}
