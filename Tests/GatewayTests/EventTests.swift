import Testing
import TwinCore
import TwinRuntime

@testable import Gateway

@Suite("Events for watchers")
struct EventTests {
    static let events = EventExamples.all

    static func fact(_ event: Event) -> Fact {
        Fact(device: Greenhouse.device, moment: Greenhouse.now, event: event)
    }

    @Test func everyKindIsListedAndEveryListedKindHappens() {
        #expect(Set(Self.events.map { Self.fact($0).kind }) == Set(Fact.kinds))
        #expect(Self.events.count == Fact.kinds.count)
    }

    @Test(arguments: events)
    func anEventIsOneLineOfJSONWithItsKind(event: Event) throws {
        let fact = Self.fact(event)
        let text = fact.json.text
        #expect(!text.contains("\n"))
        let json = try JSONValue(parsing: text)
        #expect(json["device"] == "ESP_AABB01")
        #expect(json["at"] == "2025-01-31T12:00:00.000Z")
        #expect(json.at("event.kind")?.asText == fact.kind)
        let names = fact.json.at("event")?.names ?? []
        #expect(Set(names).count == names.count, "a member of \(fact.kind) stands twice")
    }

    @Test(arguments: events)
    func noEventTellsASecret(event: Event) {
        #expect(!Self.fact(event).json.text.contains(EventExamples.secret))
    }

    @Test func aSampleSaysWhichSensorAndHowGood() {
        let event = Self.fact(Self.events.first { if case .sensor = $0 { true } else { false } }!).json.at("event")
        #expect(
            event?.text == #"{"kind":"sensor.sampled","sensor":"4:ds18b20:28AA11BB22CC33D4","gpio":4,"#
                + #""type":"ds18b20","event_time":"2025-01-31T11:59:58.000Z","#
                + #""receipt_time":"2025-01-31T11:59:58.040Z","raw":400,"value":25,"unit":"°C","quality":"good","#
                + #""error_code":null,"model":null}"#)
    }

    @Test func aSlowWatcherLosesItsOldestEventsAndSeesAGapInTheirNumbers() async {
        let queue = EventQueue(limit: 2)
        for number in 1...5 { queue.add(Self.fact(.device(.cameOnline)), number: UInt64(number)) }
        queue.finish()
        var numbers: [UInt64] = []
        for await case .fact(_, let number) in queue.items { numbers.append(number) }
        #expect(numbers == [4, 5])
    }

    @Test func aWatcherThatReadsNothingIsGivenUp() {
        let queue = EventQueue(limit: 8)
        for _ in 0..<GatewayLimits.waitingHeartbeats { #expect(queue.addHeartbeat()) }
        #expect(!queue.addHeartbeat())
        queue.noteProgress()
        #expect(queue.addHeartbeat())
    }

    @Test func aSeatIsFreeAgainWhenItsWatcherIsGone() {
        let seats = WatcherSeats(1)
        var seat = seats.take()
        #expect(seat != nil)
        #expect(seats.take() == nil)
        seat = nil
        #expect(seats.count == 0)
        #expect(seats.take() != nil)
    }
}
