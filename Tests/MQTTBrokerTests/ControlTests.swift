import EventLoop
import Foundation
import TestSupport
import Testing
import TwinRuntime

@testable import MQTTBroker

extension WithMosquitto {
    @Suite struct `The control connection` {
        private let commandTopic = "kaiser/god/esp/ESP_00000001/actuator/5/command"

        @Test func `acknowledges publications of every quality of service by their tokens`() async throws {
            try await withBroker { broker in
                try await withLoop { loop in
                    try await withServer(loop, broker, acknowledging: true) { server, recorder in
                        await eventually("control is up") { recorder.isUp(.control) }
                        for qos in UInt8(0)...2 {
                            let publication = Publication(
                                token: 70 + UInt64(qos), topic: commandTopic, payload: [1, 2, 3], qos: qos)
                            let wasTaken = await loop.run { server.publish(publication) }
                            #expect(wasTaken)
                        }
                        await eventually("all are acknowledged") { recorder.acknowledged.count == 3 }
                        #expect(recorder.acknowledged.sorted() == [70, 71, 72])
                    }
                }
            }
        }

        @Test func `gives a publication its expiry`() async throws {
            try await withBroker { broker in
                try await withLoop { loop in
                    try await withServer(loop, broker, acknowledging: true) { server, recorder in
                        await eventually("control is up") { recorder.isUp(.control) }
                        let publication = Publication(
                            token: 1, topic: commandTopic, payload: Array("on".utf8), qos: 2, isRetained: true,
                            expirySeconds: 60)
                        _ = await loop.run { server.publish(publication) }
                        await eventually("it is acknowledged") { recorder.acknowledged == [1] }
                        let message = try firstMessage(on: commandTopic, of: broker)
                        #expect(message.contains(#""message-expiry-interval":60"#))
                        #expect(message.contains(#""payload":"on""#))
                    }
                }
            }
        }

        @Test func `says online when it comes and offline when it goes`() async throws {
            try await withBroker { broker in
                try await withLoop { loop in
                    let topic = "kaiser/god/server/status"
                    try await withServer(loop, broker, acknowledging: true) { server, recorder in
                        await eventually("control is up") { recorder.isUp(.control) }
                        let said = try firstMessage(on: topic, of: broker)
                        #expect(said.contains(#"\"status\":\"online\""#))
                    }
                    let last = try firstMessage(on: topic, of: broker)
                    #expect(last.contains(#"\"status\":\"offline\""#))
                    #expect(last.contains("graceful_shutdown"))
                    #expect(last.contains(#""retain":1"#))
                }
            }
        }

        @Test func `leaves a will for the case that it is cut off, and says online again when it is back`() async throws
        {
            try await withBroker { broker in
                try await withLoop { loop in
                    let topic = "kaiser/god/server/status"
                    try await withServer(
                        loop, broker, acknowledging: true, configure: { $0.ingestFilters = ["kaiser/#"] }
                    ) { server, recorder in
                        await eventually("both are up") { recorder.isUp(.control) && recorder.isUp(.ingest) }
                        await loop.run { server.control.cut() }
                        await eventually("control is back") { recorder.changes(of: .control).count == 3 }
                        // The runtime hears its own words on the ingest connection, in the broker's order.
                        await eventually("all was said") { recorder.payloads.count == 3 }
                        #expect(recorder.payloads.map { $0.contains("offline") } == [false, true, false])
                        #expect(recorder.payloads[1].contains("unexpected_disconnect"))
                        let kept = try firstMessage(on: topic, of: broker)
                        #expect(kept.contains("online"))
                    }
                }
            }
        }

        @Test func `forgets what it had not delivered when it is cut off`() async throws {
            try await withBroker { broker in
                try await withLoop { loop in
                    try await withServer(loop, broker, acknowledging: true) { server, recorder in
                        await eventually("both are up") { recorder.isUp(.control) && recorder.isUp(.ingest) }
                        let topic = commandTopic
                        // In one turn: nothing the broker says in between is read.
                        let wereTaken = await loop.run {
                            let taken = (0..<3).map {
                                server.publish(
                                    Publication(token: $0, topic: topic, payload: Array("late".utf8), qos: 2))
                            }
                            server.control.cut()
                            return taken
                        }
                        #expect(wereTaken == [true, true, true])
                        await eventually("control is back") { recorder.changes(of: .control).count == 3 }
                        let marker = Publication(token: 9, topic: topic, payload: Array("fresh".utf8), qos: 2)
                        _ = await loop.run { server.publish(marker) }
                        await eventually("the marker came") { recorder.payloads.contains("fresh") }
                        // QoS 2 was at its first step: neither the broker nor the library carried it on.
                        #expect(!recorder.payloads.contains("late"))
                        #expect(recorder.acknowledged == [9])
                    }
                }
            }
        }

        @Test func `takes nothing while it is down`() async throws {
            try await withBroker { broker in
                try await withLoop { loop in
                    try await withServer(loop, broker, acknowledging: true) { server, recorder in
                        await eventually("control is up") { recorder.isUp(.control) }
                        await broker.stop()
                        await eventually("control is down") { !recorder.isUp(.control) }
                        let publication = Publication(token: 1, topic: "a", payload: [], qos: 1)
                        let wasTaken = await loop.run { server.publish(publication) }
                        #expect(!wasTaken)
                    }
                }
            }
        }

        @Test func `leaves nothing open when it has stopped`() async throws {
            try await withBroker { broker in
                try await withLoop { loop in
                    let before = try openConnections(to: broker.port)
                    try await withServer(loop, broker, acknowledging: true) { server, recorder in
                        await eventually("both are up") { recorder.isUp(.control) && recorder.isUp(.ingest) }
                        let meanwhile = try openConnections(to: broker.port)
                        #expect(meanwhile > before)
                    }
                    let after = try openConnections(to: broker.port)
                    #expect(after == before)
                }
            }
        }
    }
}
