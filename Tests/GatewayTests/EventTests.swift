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

    @Test func aSlowWatcherLosesItsOldestEventsAndIsToldHowMany() async {
        let outbox = Outbox(limit: 2) { $0.kind == "device.came_online" }
        let (one, other) = (Self.fact(.device(.cameOnline)), Self.fact(.device(.cleared)))
        #expect(outbox.take([one, other]) == 0)
        #expect(outbox.take([one, one, other, one]) == 2)
        #expect(outbox.take([one]) == 1)
        outbox.end()
        #expect(await Self.everything(in: outbox) == ["lost 3 of 3", "fact 4", "fact 5"])
    }

    @Test func whatWasLostLaterIsToldLater() async {
        let outbox = Outbox(limit: 1) { _ in true }
        let fact = Self.fact(.device(.cameOnline))
        _ = outbox.take([fact, fact])
        guard case .lost(1, total: 1) = await outbox.next() else {
            Issue.record("one was lost")
            return
        }
        guard case .fact(_, number: 2) = await outbox.next() else {
            Issue.record("the second is kept")
            return
        }
        _ = outbox.take([fact, fact, fact])
        outbox.end()
        #expect(await Self.everything(in: outbox) == ["lost 2 of 3", "fact 5"])
    }

    @Test func answersComeBeforeFactsAndAreNotLost() async {
        let outbox = Outbox(limit: 1) { _ in true }
        let fact = Self.fact(.device(.cameOnline))
        _ = outbox.take([fact, fact])
        for number in 1...GatewayLimits.waitingReplies { #expect(outbox.reply(JSONValue(number))) }
        #expect(!outbox.reply(JSONValue(0)))
        outbox.noteScoreboard()
        outbox.noteScoreboard()
        outbox.end()
        let items = await Self.everything(in: outbox)
        #expect(items.count == GatewayLimits.waitingReplies + 4)
        #expect(items.suffix(4) == ["reply 0", "scoreboard", "lost 1 of 1", "fact 2"])
    }

    private static func everything(in outbox: Outbox) async -> [String] {
        var items: [String] = []
        while let item = await outbox.next() {
            switch item {
            case .reply(let value): items.append("reply \(value.text)")
            case .lost(let count, let total): items.append("lost \(count) of \(total)")
            case .fact(_, let number): items.append("fact \(number)")
            case .scoreboard: items.append("scoreboard")
            case .heartbeat: items.append("heartbeat")
            }
        }
        return items
    }

    @Test func aWatcherThatReadsNothingIsGivenUp() {
        let outbox = Outbox(limit: 8)
        for _ in 0..<GatewayLimits.waitingHeartbeats { #expect(outbox.addHeartbeat()) }
        #expect(!outbox.addHeartbeat())
        outbox.noteProgress()
        #expect(outbox.addHeartbeat())
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
