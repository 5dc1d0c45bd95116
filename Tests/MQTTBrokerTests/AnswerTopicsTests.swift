import EventLoop
import TestSupport
import Testing
import TwinRuntime

@testable import KaiserProtocol
@testable import MQTTBroker

/// Every topic of the contract, with something in the place of what stands in braces.
private let contractTopics =
    (TopicPattern.device.map { "kaiser/k/esp/ESP_1/" + $0.shape }
    + TopicPattern.site.map {
        "kaiser/" + $0.shape
    }).map { shape in
        shape.replacing("#", with: "any").split(separator: "/").map { level in
            level.hasPrefix("{") ? (level == "{gpio}" ? "4" : "k") : String(level)
        }.joined(separator: "/")
    }

private func isAnswer(_ topic: String) -> Bool { AnswerTopics.contains(Array(topic.utf8).span) }

@Suite struct `Topics of the answers connection` {
    @Test func `are all of the contract but readings, wills, and what only servers say`() {
        let onlyIngest = contractTopics.filter { !isAnswer($0) }.map { topic in
            topic.replacing("kaiser/k/esp/ESP_1/", with: "")
        }
        #expect(
            onlyIngest == [
                "sensor/4/data", "system/heartbeat/ack", "actuator/4/command", "actuator/4/set", "system/will",
                "sensor/batch", "sensor/4/command", "sensor/4/processed", "system/command", "config",
                "config/sensor/4", "config/actuator/4", "zone/assign", "subzone/assign", "subzone/remove",
                "subzone/safe", "mqtt/auth_update", "library/download_start", "library/chunk",
                "library/download_complete", "pi_enhanced/response", "kaiser/broadcast/any", "kaiser/god/server/claim",
                "kaiser/k/server/status", "kaiser/k/command", "kaiser/k/status",
                "kaiser/k/zone/k/esp/k/subzone/k/sensor/4/data",
            ])
    }

    @Test func `are told by their levels, not by how they begin or end`() {
        #expect(isAnswer("kaiser//esp//status"))
        #expect(isAnswer("kaiser/a/esp/b/actuator/emergency"))
        #expect(isAnswer("kaiser/a/esp/b/actuator/emergency/response"))
        #expect(isAnswer("kaiser/a/esp/b/system/intent_outcome/"))
        #expect(isAnswer("kaiser/a/esp/b/actuator//status"))
        for other in [
            "", "kaiser", "kaiser/", "kaiser/a/esp", "kaiser/a/esp/", "kaiser/a/esp/b", "kaiser/a/esp/b/",
            "kaiser/a/esp/b/status/", "kaiser/a/esp/b/statu", "kaiser/a/esp/b/actuator/emergency_",
            "kaiser/a/esp/b/actuator/1/2/status", "x/a/esp/b/status", "kaiser/a/ESP/b/status",
            "kaiser/broadcast/emergency/x",
        ] {
            #expect(!isAnswer(other), "\(other)")
        }
    }
}

extension WithMosquitto {
    @Suite struct `Topics of the answers connection are judged` {
        /// Topics made of the contract's by leaving out, adding and exchanging levels, the same in each run.
        private func crookedTopics(_ count: Int) -> [String] {
            var state: UInt64 = 0x5EED
            func draw(_ bound: Int) -> Int {
                state = state &* 6_364_136_223_846_793_005 &+ 1_442_695_040_888_963_407
                return Int(state >> 33) % bound
            }
            let words = contractTopics.flatMap { $0.split(separator: "/").map(String.init) } + ["", "x", "4"]
            return (0..<count).map { _ in
                var levels = contractTopics[draw(contractTopics.count)].split(
                    separator: "/", omittingEmptySubsequences: false
                ).map(String.init)
                for _ in 0..<draw(3) {
                    let at = draw(levels.count)
                    switch draw(3) {
                    case 0 where levels.count > 1: levels.remove(at: at)
                    case 1: levels.insert(words[draw(words.count)], at: at + draw(2))
                    default: levels[at] = words[draw(words.count)]
                    }
                }
                return levels.joined(separator: "/")
            }.filter { !$0.isEmpty }
        }

        @Test func `by mosquitto as by ourselves, and each is delivered once`() async throws {
            try await withBroker { broker in
                try await withLoop { loop in
                    var options = LinkOptions(host: "127.0.0.1", port: broker.port, clientID: "subscriber")
                    options.subscriptions = AnswerTopics.filters.map { Subscription($0, qos: 1) }
                    let (subscriber, sender) = (LinkRecorder(), LinkRecorder())
                    let link = MosquittoLink(loop: loop, options: options, policy: ReconnectPolicy(limits: quickLimits))
                    let device = MosquittoLink(
                        loop: loop, options: LinkOptions(host: "127.0.0.1", port: broker.port, clientID: "device"),
                        policy: ReconnectPolicy(limits: quickLimits))
                    await loop.run {
                        link.start(subscriber.events)
                        device.start(sender.events)
                    }
                    await eventually("both are up") { !subscriber.connected.isEmpty && !sender.connected.isEmpty }
                    let topics = contractTopics + crookedTopics(3_000) + ["kaiser/last/esp/last/status"]
                    #expect(topics.count { isAnswer($0) } > 500)
                    for (number, topic) in topics.enumerated() {
                        let publication = Publication(
                            token: UInt64(number), topic: topic, payload: Array(topic.utf8), qos: 1)
                        await eventually("\(topic) is taken") { await loop.run { device.publish(publication) } }
                    }
                    await eventually("the last came") { subscriber.payloads.last == topics.last }
                    let expected = topics.filter { isAnswer($0) }
                    #expect(subscriber.payloads.difference(from: expected).map { "\($0)" } == [])
                    await stop(link, on: loop)
                    await stop(device, on: loop)
                }
            }
        }
    }
}
