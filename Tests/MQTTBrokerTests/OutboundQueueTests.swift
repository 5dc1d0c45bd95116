import Testing
import TwinCore
import TwinRuntime

@testable import MQTTBroker

@Suite struct `What waits to be sent` {
    private let now = Uptime(milliseconds: 1_000)
    private let ofA = "kaiser/god/esp/ESP_00000A/actuator/5/command"
    private let ofB = "kaiser/god/esp/ESP_00000AB/actuator/5/command"

    private func publication(
        _ token: UInt64, on topic: String, expiry: UInt32? = nil, deenergises: Bool = false
    ) -> Publication {
        Publication(token: token, topic: topic, payload: [], qos: 2, expirySeconds: expiry, deenergises: deenergises)
    }

    /// The tokens in the order of their sending.
    private func drain(_ queue: inout OutboundQueue, at now: Uptime) -> (sent: [UInt64], dropped: [UInt64]) {
        var (sent, dropped): ([UInt64], [UInt64]) = ([], [])
        while true {
            let (item, gone) = queue.next(at: now)
            dropped += gone
            guard let item else { return (sent, dropped) }
            sent.append(item.publication.token)
        }
    }

    @Test func `what de-energises goes first`() {
        var queue = OutboundQueue()
        for token in UInt64(0)..<3 { #expect(queue.add(publication(token, on: ofB), at: now).isEmpty) }
        for token in UInt64(3)..<5 {
            #expect(queue.add(publication(token, on: ofA, deenergises: true), at: now).isEmpty)
        }
        #expect(queue.count == 5)
        #expect(drain(&queue, at: now).sent == [3, 4, 0, 1, 2])
        #expect(queue.isEmpty)
    }

    @Test func `what de-energises a device takes out what expires for it, and nothing of another`() {
        var queue = OutboundQueue()
        _ = queue.add(publication(0, on: ofA, expiry: 5), at: now)
        _ = queue.add(publication(1, on: ofB, expiry: 5), at: now)
        _ = queue.add(publication(2, on: ofA), at: now)
        _ = queue.add(publication(3, on: "kaiser/god/esp/ESP_00000A/config", expiry: 60), at: now)
        #expect(queue.add(publication(4, on: ofA, deenergises: true), at: now) == [0, 3])
        #expect(queue.add(publication(5, on: ofA, deenergises: true), at: now) == [])
        #expect(queue.add(publication(6, on: "kaiser/broadcast/emergency", deenergises: true), at: now) == [1])
        #expect(drain(&queue, at: now).sent == [4, 5, 6, 2])
    }

    @Test func `what expires is dropped in its last moment, and never sent after it`() {
        var queue = OutboundQueue()
        _ = queue.add(publication(0, on: ofA, expiry: 5), at: now)
        _ = queue.add(publication(1, on: ofA), at: now)
        _ = queue.add(publication(2, on: ofA, expiry: 6), at: now)
        #expect(queue.dropExpired(at: Uptime(milliseconds: 5_999)).isEmpty)
        var other = queue
        #expect(other.dropExpired(at: Uptime(milliseconds: 6_000)) == [0])
        let drained = drain(&queue, at: Uptime(milliseconds: 6_000))
        #expect(drained.sent == [1, 2] && drained.dropped == [0])
    }

    @Test func `a lost connection leaves what de-energises, what was on its way first`() {
        var queue = OutboundQueue()
        _ = queue.add(publication(5, on: ofA, deenergises: true), at: now)
        _ = queue.add(publication(6, on: ofB, expiry: 5), at: now)
        _ = queue.add(publication(7, on: ofB), at: now)
        let unanswered = [
            publication(1, on: ofA, expiry: 5), publication(2, on: ofA, deenergises: true), publication(3, on: ofA),
        ]
        #expect(queue.connectionLost(unanswered: unanswered) == [6, 7])
        #expect(drain(&queue, at: now).sent == [2, 5])
    }

    @Test func `many thousands keep their order`() {
        var queue = OutboundQueue()
        var sent: [UInt64] = []
        for token in UInt64(0)..<40_000 {
            _ = queue.add(publication(token, on: ofA, deenergises: true), at: now)
            if token % 3 == 0, let item = queue.next(at: now).item { sent.append(item.publication.token) }
        }
        sent += drain(&queue, at: now).sent
        #expect(sent == Array(0..<40_000))
    }
}
