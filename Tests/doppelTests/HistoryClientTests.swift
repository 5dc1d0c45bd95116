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
            {"device":"ESP_A1B2C3","sensors":[{"id":"4:ds18b20"}],"resolution":"1h","from":"F","to":"T","items":[
             {"start":"S2","unit":"°C","count":0,"avg":20.333333333333332,"filled":true},
             {"start":"S1","unit":"°C","count":3,"avg":20,"filled":false}],"next_cursor":"c"}
            """
        let told = try await converse(
            ["esp_a1b2c3", "4", "--last", "24h", "--aggregate", "avg", "--fill", "locf"], answer: .json(body))
        #expect(told.status == 0)
        #expect(
            told.result.split(separator: "\n").map(String.init) == [
                "ESP_A1B2C3  4:ds18b20  resolution 1h  from F to T", "START  UNIT  COUNT   AVG",
                "S2     °C    filled  20.3333", "S1     °C    3       20",
                "There is more: narrow it by --from and --to, or use --csv.",
            ])
        #expect(
            told.request == "GET /api/v1/twins/ESP_A1B2C3/sensors/4/history?from=2025-01-30T12:00:00.000Z"
                + "&resolution=auto&aggregate=avg&fill=locf HTTP/1.1")
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
