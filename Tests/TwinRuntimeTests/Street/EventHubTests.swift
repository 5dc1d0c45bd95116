import Testing
import TwinCore

@testable import TwinRuntime

@Suite struct EventHubTests {
    private func fact(_ number: Int) -> Fact {
        Fact(
            device: nil, moment: Moment(time: .fixtureNow, uptime: Uptime(milliseconds: 0)),
            event: .site(.runStarted(number: number)))
    }

    private func numbers(_ stream: AsyncStream<Fact>) async -> [Int] {
        var numbers: [Int] = []
        for await fact in stream {
            if case .site(.runStarted(let number)) = fact.event { numbers.append(number) }
        }
        return numbers
    }

    @Test func `every watcher is told everything from its beginning on`() async {
        let hub = EventHub()
        let early = hub.watch()
        hub.publish([fact(1), fact(2)])
        let late = hub.watch()
        #expect(hub.count == 2)
        hub.publish([fact(3)])
        hub.end()
        #expect(await numbers(early) == [1, 2, 3])
        #expect(await numbers(late) == [3])
        #expect(hub.count == 0)
    }

    @Test func `a watcher that is too slow loses its oldest facts`() async {
        let hub = EventHub()
        let slow = hub.watch()
        let excess = 76
        for number in 1...(EventHub.bufferLimit + excess) { hub.publish([fact(number)]) }
        hub.end()
        #expect(await numbers(slow) == Array((excess + 1)...(EventHub.bufferLimit + excess)))
    }

    @Test func `a watcher that goes away is forgotten`() async {
        let hub = EventHub()
        do {
            let stream = hub.watch()
            #expect(hub.count == 1)
            _ = stream
        }
        hub.publish([fact(1)])
        #expect(hub.count == 0)
    }
}
