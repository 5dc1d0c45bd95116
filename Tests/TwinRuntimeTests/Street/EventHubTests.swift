import Testing
import TwinCore

@testable import TwinRuntime

@Suite struct EventHubTests {
    private func numbers(_ listener: FactListener) -> [Int] {
        listener.facts.compactMap { fact in
            if case .site(.runStarted(let number)) = fact.event { number } else { nil }
        }
    }

    private func fact(_ number: Int) -> Fact {
        Fact(
            device: nil, moment: Moment(time: .fixtureNow, uptime: Uptime(milliseconds: 0)),
            event: .site(.runStarted(number: number)))
    }

    @Test func `every watcher is told everything from its beginning on`() {
        let hub = EventHub()
        let early = FactListener()
        hub.watch(early)
        hub.publish([fact(1), fact(2)])
        let late = FactListener()
        hub.watch(late)
        #expect(hub.count == 2)
        hub.publish([fact(3)])
        hub.end()
        hub.publish([fact(4)])
        #expect(numbers(early) == [1, 2, 3])
        #expect(numbers(late) == [3])
        #expect(early.isEnded && late.isEnded)
        #expect(hub.count == 0)
        #expect(hub.shed == 0)
    }

    @Test func `what each watcher loses is counted`() {
        let hub = EventHub()
        let listeners = [FactListener(keeping: 5), FactListener(keeping: 2), FactListener()]
        for listener in listeners { hub.watch(listener) }
        for number in 1...9 { hub.publish([fact(number)]) }
        hub.publish((10...12).map(fact))
        #expect(hub.shed == 7 + 10)
        #expect(listeners.map(numbers) == [Array(8...12), [11, 12], Array(1...12)])
    }

    @Test func `a watcher that goes away is forgotten`() {
        let hub = EventHub()
        do {
            let listener = FactListener()
            hub.watch(listener)
            withExtendedLifetime(listener) { #expect(hub.count == 1) }
        }
        hub.publish([fact(1)])
        #expect(hub.count == 0)
    }

    @Test func `who begins to watch after the end is told so at once`() {
        let hub = EventHub()
        hub.end()
        let listener = FactListener()
        hub.watch(listener)
        #expect(listener.isEnded)
        #expect(hub.count == 0)
    }
}
