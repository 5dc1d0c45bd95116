import EventLoop
import Foundation
import TestSupport
import Testing
import TwinRuntime

@testable import MQTTBroker

extension WithMosquitto {
    @Suite struct `Nothing that expires leaves late` {
        private let commandTopic = "kaiser/god/esp/ESP_00000001/actuator/5/command"

        private func command(_ token: UInt64, _ word: String) -> Publication {
            let isOff = word == "OFF"
            return Publication(
                token: token, topic: commandTopic, payload: Array(word.utf8), qos: 2,
                expirySeconds: isOff ? nil : 1, deenergises: isOff)
        }

        @Test func `from a broker that stood still: an ON never arrives, an OFF does`() async throws {
            try await withBroker { broker in
                try await withLoop { loop in
                    try await withServer(loop, broker, acknowledging: true) { server, recorder in
                        await eventually("both are up") { recorder.isUp(.control) && recorder.isUp(.ingest) }
                        _ = await loop.run { server.publish(command(1, "ON")) }
                        await eventually("the broker works") {
                            recorder.payloads == ["ON"] && recorder.acknowledged == [1]
                        }

                        await broker.signal(SIGSTOP)
                        let wasLateTaken = await loop.run { server.publish(command(2, "ON late")) }
                        #expect(wasLateTaken)
                        await eventually("its time is over") { await loop.run { server.control.isLate } }
                        let wereTaken = await loop.run {
                            [server.publish(command(3, "ON later")), server.publish(command(4, "OFF"))]
                        }
                        #expect(wereTaken == [true, true])
                        // It waits for the same device as the OFF that goes before it.
                        await eventually("the second one is dropped") { recorder.dropped == [3] }
                        await broker.signal(SIGCONT)

                        await eventually("the OFF came") { recorder.payloads.contains("OFF") }
                        await eventually("the first one is dropped too", within: .seconds(5)) {
                            recorder.dropped.sorted() == [2, 3]
                        }
                        #expect(recorder.dropped == [3, 2])
                        _ = await loop.run { server.publish(command(5, "ON again")) }
                        await eventually("all is as before") { recorder.payloads.last == "ON again" }
                        #expect(recorder.payloads == ["ON", "OFF", "ON again"])
                        await eventually("all are answered") { recorder.acknowledged.sorted() == [1, 4, 5] }
                    }
                }
            }
        }

        @Test func `what de-energises has room when nothing else has`() async throws {
            try await withBroker { broker in
                try await withLoop { loop in
                    try await withServer(
                        loop, broker, acknowledging: true, configure: { $0.maximumOutbound = 5 }
                    ) { server, recorder in
                        await eventually("both are up") { recorder.isUp(.control) && recorder.isUp(.ingest) }
                        await eventually("nothing is unanswered") { await loop.run { server.control.waiting == 0 } }
                        let taken = await loop.run {
                            (0..<7).map { server.publish(command($0, "ON")) }
                                + (7..<20).map { server.publish(command($0, "OFF")) }
                        }
                        #expect(
                            taken == Array(repeating: true, count: 5) + [false, false]
                                + Array(repeating: true, count: 13))
                        await eventually("every OFF came") { recorder.payloads.count { $0 == "OFF" } == 13 }
                    }
                }
            }
        }
    }
}
