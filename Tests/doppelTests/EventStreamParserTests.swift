import Testing

@testable import doppel

@Suite struct EventStreamParserTests {
    private static let stream = """
        retry: 2000
        : watching

        id: 1
        event: sensor.sampled
        data: {"a":1}

        : alive

        data: one
        data:two
        unknown: x

        event: ignored, for it has no data

        data

        data: unfinished
        """
    private static let events = [
        ServerEvent(name: "sensor.sampled", data: #"{"a":1}"#, id: "1"),
        ServerEvent(name: "message", data: "one\ntwo", id: "1"),
        ServerEvent(name: "message", data: "", id: "1"),
    ]

    @Test(arguments: ["\n", "\r\n", "\r"])
    func linesMayEndInEachOfTheThreeWays(ending: String) {
        var parser = EventStreamParser()
        let text = Self.stream.split(separator: "\n", omittingEmptySubsequences: false).joined(separator: ending)
        #expect(parser.take(text.utf8) == Self.events)
    }

    @Test(arguments: 1...40) func itDoesNotMatterHowTheBytesWereCut(length: Int) {
        var parser = EventStreamParser()
        var rest = Array(Self.stream.utf8)[...]
        var events: [ServerEvent] = []
        while !rest.isEmpty {
            events += parser.take(rest.prefix(length))
            rest = rest.dropFirst(length)
        }
        #expect(events == Self.events)
    }

    @Test func anEndlessLineIsCut() {
        var parser = EventStreamParser()
        let flood = [UInt8](repeating: UInt8(ascii: "x"), count: EventStreamParser.maximumLineBytes * 2)
        let events = parser.take(Array("data: ".utf8) + flood + Array("\n\n".utf8))
        #expect(events.first?.data.utf8.count == EventStreamParser.maximumLineBytes - "data: ".utf8.count)
    }

    @Test(arguments: [
        (
            "sensor.sampled",
            #"{"device":"ESP_A1B2C3","at":"2026-01-01T00:00:00.000Z","event":{"kind":"sensor.sampled","sensor":"4:ds18b20","gpio":4,"value":21.5,"unit":"°C","quality":"good"}}"#,
            "2026-01-01T00:00:00.000Z  ESP_A1B2C3  sensor.sampled  4:ds18b20  21.5 °C  good"
        ),
        (
            "actuator.lease_ended",
            #"{"device":"ESP_A1B2C3","at":"T","event":{"kind":"actuator.lease_ended","gpio":5,"cause":"expired"}}"#,
            "T  ESP_A1B2C3  actuator.lease_ended  cause expired, gpio 5"
        ),
        (
            "site.run_ended", #"{"device":null,"at":"T","event":{"kind":"site.run_ended"}}"#, "T  site  site.run_ended"
        ),
        ("odd", "no json \u{1B}[2J", "odd  no json \u{FFFD}[2J"),
    ])
    func eachEventIsOneHarmlessLine(name: String, data: String, line: String) {
        #expect(EventLine.text(ServerEvent(name: name, data: data, id: nil)) == line)
    }
}
