import EventLoop
import Foundation
import TestSupport
import Testing
import TwinRuntime

@testable import MQTTBroker

extension WithMosquitto {
    @Suite struct `What others say where only servers speak` {
        private let commandTopic = "kaiser/god/esp/ESP_00000001/actuator/5/command"

        private func say(_ word: String, on topic: String, retained: Bool, _ broker: TestBroker) throws {
            try output(
                of: "mosquitto_pub",
                ["-p", "\(broker.port)", "-V", "5", "-t", topic, "-m", word, "-q", "1"] + (retained ? ["-r"] : []))
        }

        @Test func `is heard within a second, marked when it is retained, and without our own`() async throws {
            try await withBroker { broker in
                try await withLoop { loop in
                    try await withServer(loop, broker, acknowledging: true) { server, recorder in
                        await eventually("both are up") { recorder.isUp(.control) && recorder.isUp(.ingest) }
                        let topic = commandTopic
                        let own = Publication(token: 1, topic: topic, payload: Array("own".utf8), qos: 2)
                        _ = await loop.run { server.publish(own) }
                        try say("left", on: topic, retained: true, broker)
                        await eventually("it is heard", within: .seconds(1)) { recorder.heard == ["left retained"] }
                        try say("live", on: "kaiser/broadcast/emergency", retained: false, broker)
                        await eventually("it is heard", within: .seconds(1)) {
                            recorder.heard == ["left retained", "live"]
                        }
                        // The gated connections bring all of it, and mark nothing that was live.
                        await eventually("they brought all") { recorder.payloads.count == 3 }
                        #expect(recorder.payloads.sorted() == ["left", "live", "own"])
                        #expect(recorder.batches.allSatisfy { $0.entries.allSatisfy { !$0.isRetained } })
                    }
                }
            }
        }

        @Test func `lies there at the next connection, until it is erased`() async throws {
            try await withBroker { broker in
                try await withLoop { loop in
                    try say("left", on: commandTopic, retained: true, broker)
                    try await withServer(loop, broker, acknowledging: true) { server, recorder in
                        await eventually("it is heard") { recorder.heard == ["left retained"] }
                        await eventually("control is up") { recorder.isUp(.control) }
                        await loop.run { server.control.cut() }
                        await eventually("it is heard again") { recorder.heard.count == 2 }
                        let erasure = Publication(token: 1, topic: commandTopic, payload: [], qos: 1, isRetained: true)
                        await eventually("the erasure is taken") { await loop.run { server.publish(erasure) } }
                        await eventually("it is erased") { recorder.acknowledged == [1] }
                        await loop.run { server.control.cut() }
                        await eventually("control is back") { recorder.changes(of: .control).count == 5 }
                        try say("marker", on: commandTopic, retained: false, broker)
                        await eventually("the marker is heard") { recorder.heard.last == "marker" }
                        #expect(recorder.heard.count == 3)
                    }
                }
            }
        }

        @Test func `a device that publishes live data as retained counts as live`() async throws {
            try await withBroker { broker in
                try await withLoop { loop in
                    try await withServer(loop, broker, acknowledging: true) { server, recorder in
                        await eventually("both are up") { recorder.isUp(.control) && recorder.isUp(.ingest) }
                        try say("21", on: deviceTopic, retained: true, broker)
                        await eventually("it came") { recorder.payloads == ["21"] }
                        #expect(recorder.batches.allSatisfy { $0.entries.allSatisfy { !$0.isRetained } })
                        #expect(recorder.heard.isEmpty)
                    }
                }
            }
        }

        @Test func `a claim of the site is heard, our own too, and what the store has at each connection`() async throws
        {
            try await withBroker { broker in
                try await withLoop { loop in
                    try await withServer(loop, broker, acknowledging: true) { server, recorder in
                        await eventually("control is up") { recorder.isUp(.control) }
                        let claim = Publication(
                            token: 1, topic: "kaiser/god/server/claim", payload: Array("7".utf8), qos: 1,
                            isRetained: true)
                        _ = await loop.run { server.publish(claim) }
                        await eventually("it is heard") { recorder.heard == ["7 retained"] }
                        await loop.run { server.control.cut() }
                        await eventually("it is heard again") { recorder.heard == ["7 retained", "7 retained"] }
                    }
                }
            }
        }
    }
}
