import EventLoop
import TestSupport
import Testing
import TwinRuntime

@testable import MQTTBroker

private let statusTopic = "kaiser/god/esp/ESP_00000001/actuator/5/status"
private let heartbeatTopic = "kaiser/god/esp/ESP_00000001/system/heartbeat"

/// The numbers of readings (below 50,000) and of everything else, in the order in which they came.
private func readings(_ recorder: BrokerRecorder) -> [Int] {
    recorder.payloads.compactMap { Int($0) }.filter { $0 < 50_000 }
}

private func answers(_ recorder: BrokerRecorder) -> [Int] {
    recorder.payloads.compactMap { Int($0) }.filter { $0 >= 50_000 }
}

extension WithMosquitto {
    @Suite struct `Telemetry that is held` {
        @Test func `stays at the broker while answers come and words leave, and comes once each when it is let in`()
            async throws
        {
            try await withBroker { broker in
                try await withLoop { loop in
                    try await withServer(loop, broker, acknowledging: true) { server, recorder in
                        await eventually("both are up") { recorder.isUp(.ingest) && recorder.isUp(.control) }
                        await publish(0..<100, from: loop, to: broker)
                        await eventually("they came") { readings(recorder).count == 100 }
                        await loop.run { server.holdTelemetry(true) }
                        await eventually("the link has ended") { await loop.run { !server.ingest.isUp } }
                        await publish(100..<3_000, from: loop, to: broker)
                        await publish(50_000..<50_100, from: loop, to: broker, topic: statusTopic)
                        await publish(50_100..<50_200, from: loop, to: broker, topic: heartbeatTopic)
                        await eventually("answers came") { answers(recorder).count == 200 }
                        let off = Publication(
                            token: 7, topic: "kaiser/god/esp/ESP_00000001/actuator/5/command",
                            payload: Array("OFF".utf8), qos: 1)
                        #expect(await loop.run { server.publish(off) })
                        await eventually("the word left") { recorder.acknowledged == [7] }
                        #expect(readings(recorder) == Array(0..<100))
                        #expect(recorder.changes(of: .ingest) == [.connected(wasResumed: false)])

                        await loop.run { server.holdTelemetry(false) }
                        await eventually("all came") { readings(recorder).count >= 3_000 }
                        await publish(3_000..<3_001, from: loop, to: broker)
                        await eventually("the last came") { readings(recorder).last == 3_000 }
                        let areWholeAndInOrder = readings(recorder) == Array(0...3_000)
                        #expect(areWholeAndInOrder)
                        #expect(answers(recorder) == Array(50_000..<50_200))
                        #expect(recorder.changes(of: .ingest).last == .connected(wasResumed: true))
                        #expect(recorder.changes(of: .ingest).count == 2)
                    }
                }
            }
        }

        @Test func `is not acknowledged by the end of its connection: what was not durable comes again`() async throws {
            try await withBroker { broker in
                try await withLoop { loop in
                    try await withServer(loop, broker, acknowledging: false) { server, recorder in
                        await eventually("ingest is up") { recorder.isUp(.ingest) }
                        await publish(0..<50, from: loop, to: broker)
                        await eventually("a batch came") { !recorder.batches.isEmpty }
                        let first = readings(recorder).count
                        await loop.run { server.holdTelemetry(true) }
                        await eventually("the link has ended") { await loop.run { server.telemetry.hasNoLink } }
                        // The commit ends only now: there is no connection to say so on.
                        await loop.run { server.acknowledge() }
                        recorder.attach(server, acknowledging: true)
                        await publish(50_000..<50_001, from: loop, to: broker, topic: statusTopic)
                        await eventually("the status came") { answers(recorder) == [50_000] }
                        #expect(readings(recorder) == Array(0..<first))
                        await loop.run { server.holdTelemetry(false) }
                        await eventually("all came again") { readings(recorder).count >= first + 50 }
                        #expect(readings(recorder) == Array(0..<first) + Array(0..<50))
                    }
                }
            }
        }

        @Test func `stays held through a death of the process and a start that holds it first`() async throws {
            try await withBroker { broker in
                try await withLoop { loop in
                    try await withServer(loop, broker, acknowledging: true) { server, recorder in
                        await eventually("ingest is up") { recorder.isUp(.ingest) }
                        await loop.run { server.holdTelemetry(true) }
                        await eventually("the link has ended") { await loop.run { server.telemetry.hasNoLink } }
                        await publish(0..<500, from: loop, to: broker)
                        await publish(50_000..<50_010, from: loop, to: broker, topic: statusTopic)
                        await eventually("answers came") { answers(recorder).count == 10 }
                        // No goodbye: the sockets break, as when the process is killed.
                        await loop.run {
                            server.answers.cut()
                            server.control.cut()
                        }
                        await eventually("they broke") { !recorder.isUp(.ingest) }
                    }
                    await publish(500..<600, from: loop, to: broker)
                    await publish(50_010..<50_020, from: loop, to: broker, topic: statusTopic)
                    let held: @Sendable (MosquittoBroker) -> Void = { $0.holdTelemetry(true) }
                    try await withServer(loop, broker, acknowledging: true, before: held) { server, recorder in
                        await eventually("answers came") { answers(recorder) == Array(50_010..<50_020) }
                        #expect(recorder.isUp(.ingest) && readings(recorder).isEmpty)
                        await loop.run { server.holdTelemetry(false) }
                        await eventually("all came") { readings(recorder).count >= 600 }
                        await publish(600..<601, from: loop, to: broker)
                        await eventually("the last came") { readings(recorder).last == 600 }
                        #expect(readings(recorder) == Array(0...600))
                        #expect(answers(recorder) == Array(50_010..<50_020))
                    }
                }
            }
        }

        @Test func `loses nothing when it is held and let in at any moment under load`() async throws {
            try await withBroker { broker in
                try await withLoop { loop in
                    try await withServer(loop, broker, acknowledging: true) { server, recorder in
                        await eventually("ingest is up") { recorder.isUp(.ingest) }
                        async let load: Void = publish(0..<5_000, from: loop, to: broker)
                        for few in [0, 1, 300, 0, 777, 40, 2] {
                            await loop.run { server.holdTelemetry(true) }
                            let enough = min(4_990, readings(recorder).count + few)
                            await loop.run { server.holdTelemetry(false) }
                            await eventually("some came") { readings(recorder).count >= enough }
                        }
                        await load
                        await eventually("all came") { Set(readings(recorder)).count == 5_000 }
                        await publish(50_000..<50_001, from: loop, to: broker, topic: statusTopic)
                        await eventually("the status came") { answers(recorder) == [50_000] }
                    }
                }
            }
        }
    }
}
