import ArgumentParser
import Testing

@testable import doppel

@Suite(.timeLimit(.minutes(4))) struct HistoryClientTests {
    private func converse(
        _ arguments: [String], answer: CannedServer.Answer
    ) async throws -> (status: Int32, result: String, messages: [String], request: String) {
        let command = try History.parse(arguments)
        let server = try CannedServer([answer])
        let recording = RecordingConsole()
        let session = ClientSession(
            client: DoppelClient(url: "http://127.0.0.1:\(server.port)/"), console: recording.console, isJSON: false,
            now: 1_738_324_800)
        let status = await session.run(.reading) { session async throws(ClientFailure) in
            try await command.perform(session)
        }
        let request = server.requests.first?.split(separator: "\r\n").first.map(String.init) ?? ""
        return (status, recording.result, recording.messages, request)
    }

    @Test func bucketsAreATableAndFilledOnesSaySo() async throws {
        let body = """
            {"device":"ESP_A1B2C3","sensors":[{"id":"4:ds18b20"}],"resolution":"1h","time_zone":"UTC",
             "from":"2025-01-30T12:00:00.000Z","to":"2025-01-31T12:00:00.500Z","items":[
             {"start":"2025-01-31T12:00:00.000Z","end":"2025-01-31T13:00:00.000Z","unit":"°C","count":0,
              "avg":20.333333333333332,"filled":true},
             {"start":"2025-01-31T11:00:00.000Z","end":"2025-01-31T12:00:00.000Z","unit":"°C","count":3,
              "avg":20,"filled":false}],"next_cursor":"c"}
            """
        let told = try await converse(
            ["esp_a1b2c3", "4", "--last", "24h", "--aggregate", "avg", "--fill", "locf"], answer: .json(body))
        #expect(told.status == 0)
        #expect(
            told.result.split(separator: "\n").map(String.init) == [
                "ESP_A1B2C3  4:ds18b20  resolution 1h  from 2025-01-30T12:00:00Z to 2025-01-31T12:00:00.500Z"
                    + "  times of UTC",
                "START                 END                   UNIT  COUNT   AVG",
                "2025-01-31T12:00:00Z  still running         °C    filled  20.3333",
                "2025-01-31T11:00:00Z  2025-01-31T12:00:00Z  °C    3       20",
                "There is more: narrow it by --from and --to, or use --csv.",
            ])
        #expect(
            told.request == "GET /api/v1/twins/ESP_A1B2C3/sensors/4/history?from=2025-01-30T12:00:00.000Z"
                + "&resolution=auto&aggregate=avg&fill=locf HTTP/1.1")
    }

    /// Summer time ended there on 25 October, so that day had 25 hours.
    @Test func daysAreThoseOfTheSite() {
        let day = { (start: String, end: String) in
            WireValue.members([
                "start": .text(start), "end": .text(end), "unit": .text("V"), "count": .number(1),
                "filled": .flag(false),
            ])
        }
        let history = WireValue.members([
            "device": .text("ESP_A1B2C3"), "resolution": .text("1d"), "time_zone": .text("Europe/Berlin"),
            "from": .text("2026-10-23T22:00:00.000Z"), "to": .text("2026-10-25T23:00:00.000Z"),
            "items": .list([
                day("2026-10-24T22:00:00.000Z", "2026-10-25T23:00:00.000Z"),
                day("2026-10-23T22:00:00.000Z", "2026-10-24T22:00:00.000Z"),
            ]),
        ])
        let lines = HistorySheet.lines(history, now: 1_800_000_000)
        #expect(
            lines[0].hasSuffix("from 2026-10-24T00:00:00+02:00 to 2026-10-26T00:00:00+01:00  times of Europe/Berlin"))
        #expect(lines[2] == "2026-10-25T00:00:00+02:00  2026-10-26T00:00:00+01:00  V     1")
        #expect(lines[3] == "2026-10-24T00:00:00+02:00  2026-10-25T00:00:00+02:00  V     1")
    }

    @Test(arguments: [
        ("America/St_Johns", "2026-01-01T08:30:00.250-03:30"), ("Mars/Olympus", "2026-01-01T12:00:00.250Z"),
    ])
    func aTimeSaysHowFarTheSiteIsFromUTC(zone: String, text: String) {
        #expect(SiteClock(zone: zone).shown(.text("2026-01-01T12:00:00.250Z")) == text)
    }

    @Test func aRefusalNamesOptionsAndNothingOfTheProtocol() async throws {
        let problem = """
            {"type":"urn:problem-type:doppel:invalid-request","title":"The request cannot be taken as it is",
             "status":400,"detail":"from: …","errors":[
             {"member":"from","problem":"2026 is after 'to', 2025","expected":"a time before 'to'"},
             {"member":"type","problem":"pin 0 has 2 sensors",
              "expected":"the kind of one, such as type=sht31_temp; and its address"},
             {"member":"fill","problem":"no buckets","expected":"resolution=1h, or resolution=auto"}]}
            """
        let told = try await converse(
            ["ESP_A1B2C3", "0"], answer: .init("400 Bad Request", "application/problem+json", problem))
        #expect(
            told.messages == [
                "The request cannot be taken as it is.",
                "  --from: 2026 is after --to, 2025, expected a time before --to",
                "  --type: pin 0 has 2 sensors, expected the kind of one, such as --type sht31_temp; and its address",
                "  --fill: no buckets, expected --resolution 1h, or --resolution auto",
            ])
    }

    @Test func aFileIsPassedOnByteByByte() async throws {
        let told = try await converse(
            ["ESP_A1B2C3", "4", "--csv"], answer: .init("200 OK", "text/csv", "a,b\r\n1,2\r\n"))
        #expect(told.status == 0)
        #expect(told.result == "a,b\r\n1,2\r\n")
        #expect(told.request == "GET /api/v1/twins/ESP_A1B2C3/sensors/4/history HTTP/1.1")
    }

    @Test func aRefusalSaysWhatWouldBeRight() async throws {
        let problem = #"{"title":"No","status":400,"detail":"type: pin 0 has 2 sensors, expected the kind of one"}"#
        let told = try await converse(
            ["ESP_A1B2C3", "0"], answer: .init("400 Bad Request", "application/problem+json", problem))
        #expect(told.status == 1)
        #expect(told.messages.contains { $0.contains("pin 0 has 2 sensors") })
    }

    @Test(arguments: [["--csv", "--json"], ["--csv", "--limit", "3"], ["--last", "1h", "--from", "x"]])
    func whatDoesNotGoTogetherIsWrongUsage(flags: [String]) {
        #expect(throws: (any Error).self) { try History.parse(["ESP_A1B2C3", "4"] + flags) }
    }
}
