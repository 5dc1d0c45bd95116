import ArgumentParser
import Testing
import TwinCore

@testable import doppel

@Suite(.timeLimit(.minutes(4))) struct ClientTests {
    /// Holds one conversation with a server that gives canned answers.
    func converse(
        _ purpose: Advice.Purpose = .reading, isJSON: Bool = false, answers: [CannedServer.Answer],
        _ conversation: (ClientSession) async throws(ClientFailure) -> Int32
    ) async throws -> (status: Int32, result: String, messages: [String], requests: [String]) {
        let server = try CannedServer(answers)
        let recording = RecordingConsole()
        let session = ClientSession(
            client: DoppelClient(url: "http://127.0.0.1:\(server.port)/"), console: recording.console, isJSON: isJSON,
            now: 0)
        let status = await session.run(purpose, conversation)
        return (status, recording.result, recording.messages, server.requests)
    }

    @Test func listingFollowsTheCursorToTheEnd() async throws {
        let command = try TwinList.parse(["--zone", "a+b", "--status", "online"])
        let told = try await converse(answers: [
            .json(#"{"items":[{"id":"ESP_A1B2C3"}],"next_cursor":"c1"}"#),
            .json(#"{"items":[{"id":"ESP_A1B2C4"}],"next_cursor":null}"#),
        ]) { session async throws(ClientFailure) in try await command.perform(session) }
        #expect(told.status == 0)
        #expect(told.result.split(separator: "\n").map { $0.prefix(10) } == ["DEVICE    ", "ESP_A1B2C3", "ESP_A1B2C4"])
        #expect(
            told.requests.map { $0.split(separator: "\r\n").first } == [
                "GET /api/v1/twins?status=online&zone=a%2Bb&limit=500 HTTP/1.1",
                "GET /api/v1/twins?status=online&zone=a%2Bb&limit=500&cursor=c1 HTTP/1.1",
            ])
    }

    @Test(arguments: ["approve", "reject"]) func aDecisionAboutADeviceIsPosted(decision: String) async throws {
        let device = try #require(DeviceID("ESP_A1B2C3"))
        let told = try await converse(.commanding, answers: [.json(#"{"id":"ESP_A1B2C3"}"#)]) {
            session async throws(ClientFailure) in try await session.admit(device, decision)
        }
        #expect(told.status == 0)
        #expect(
            told.requests.map { $0.split(separator: "\r\n").first } == [
                "POST /api/v1/twins/ESP_A1B2C3/\(decision) HTTP/1.1"
            ])
    }

    @Test func aStopThatReachesNobodyIsNoSuccess() async throws {
        let command = try StopNow.parse(["--all", "--wait", "0"])
        let report = """
            {"active":true,"durable":true,"broker_connected":false,"incidents":[],"clearing":[],
             "counts":{"stopped":0,"unconfirmed":0,"offline":0},"lines":[]}
            """
        let told = try await converse(.stopping, answers: [.json(report)]) {
            session async throws(ClientFailure) in try await command.perform(session)
        }
        #expect(told.status == 1)
        #expect(told.messages.contains { $0.contains("reaches NOBODY") })
    }

    @Test func jsonIsPassedOnUnchanged() async throws {
        let body = #"{ "items": [],"next_cursor":null,  "new":1e0}"#
        let command = try TwinList.parse(["--json"])
        let told = try await converse(isJSON: true, answers: [.json(body)]) {
            session async throws(ClientFailure) in try await command.perform(session)
        }
        #expect(told.result == body + "\n")
    }

    @Test func aRefusedCommandNamesItsLimitAndTheRemedy() async throws {
        let command = try TwinCommand.parse(["esp_a1b2c3", "5", "on", "--value", "1", "--duration", "30"])
        let problem = """
            {"title":"A limit forbids the command","status":409,"detail":"x","limit":"min_off_time",
             "bound":"off for 2 s","actual":"off for 500 ms","retry_after_seconds":2}
            """
        let told = try await converse(
            .commanding, answers: [.init("409 Conflict", "application/problem+json", problem)]
        ) { session async throws(ClientFailure) in try await command.perform(session) }
        #expect(told.status == 1)
        #expect(told.result.isEmpty)
        #expect(
            told.messages == [
                "Refused by the limit 'min_off_time': asks for off for 2 s, found off for 500 ms.",
                "Safe: nothing was sent to the device.",
                "To do: the output has to rest first. Asking again may succeed in 2 s.",
            ])
        let request = try #require(told.requests.first)
        #expect(request.hasPrefix("POST /api/v1/twins/ESP_A1B2C3/actuators/5/commands HTTP/1.1\r\n"))
        #expect(request.contains("Prefer: wait=5\r\n"))
        #expect(request.hasSuffix(#"{"command":"ON","value":1.0,"duration_seconds":30}"#))
    }

    @Test func aConfirmedCommandShowsItsEvidence() async throws {
        let command = try TwinCommand.parse(["ESP_A1B2C3", "5", "OFF", "--wait", "0"])
        let told = try await converse(
            .commanding,
            answers: [
                .json(#"{"id":"c1","state":"confirmed","evidence":[{"step":"sent","at":"T","detail":"once"}]}"#)
            ]
        ) { session async throws(ClientFailure) in try await command.perform(session) }
        #expect(told.status == 0)
        #expect(told.result == "command c1: confirmed\nSTEP  AT  SEEN\nsent  T   once\n")
        #expect(told.requests.first?.contains("Prefer") == false)
    }

    @Test func aStopWaitsUntilEveryOutputWasSeenOff() async throws {
        let command = try StopNow.parse(["--device", "ESP_A1B2C3", "--reason", "a \"leak\"", "--wait", "300"])
        let pending = #"{"incidents":[{}],"counts":{"stopped":0,"unconfirmed":1,"offline":0},"lines":[]}"#
        let done = #"{"incidents":[{}],"counts":{"stopped":1,"unconfirmed":0,"offline":0},"lines":[]}"#
        let told = try await converse(.stopping, answers: [.json(pending), .json(pending), .json(done)]) {
            session async throws(ClientFailure) in try await command.perform(session)
        }
        #expect(told.status == 0)
        #expect(told.requests.count == 3)
        #expect(
            told.requests.first?.hasSuffix(#"{"reason":"a \"leak\"","scope":{"device":"ESP_A1B2C3"}}"#) == true)
    }

    @Test func anUnprovenStopIsNoSuccess() async throws {
        let command = try StopNow.parse(["--all", "--wait", "0"])
        let report = #"{"incidents":[{}],"counts":{"stopped":1,"unconfirmed":0,"offline":2},"lines":[]}"#
        let told = try await converse(.stopping, answers: [.json(report)]) {
            session async throws(ClientFailure) in try await command.perform(session)
        }
        #expect(told.status == 1)
        #expect(told.messages.first == "The stop holds, but not every output has been seen off.")
        #expect(told.requests.first?.contains(#""scope":"all""#) == true)
    }

    @Test func watchingShowsEachEvent() async throws {
        let command = try TwinWatch.parse(["ESP_A1B2C3"])
        let stream = "retry: 1\n\nevent: device.will\ndata: {\"device\":\"ESP_A1B2C3\",\"at\":\"T\",\"event\":{}}\n\n"
        let told = try await converse(answers: [.init("200 OK", "text/event-stream", stream)]) {
            session async throws(ClientFailure) in try await command.perform(session)
        }
        #expect(told.result == "T  ESP_A1B2C3  device.will\n")
        #expect(told.status == 3)
        #expect(told.requests.first?.hasPrefix("GET /api/v1/events?device=ESP_A1B2C3 ") == true)
    }

    @Test func anUnreachableServerIsOneClearStory() async throws {
        let url = "http://127.0.0.1:\(UnusedPort.take())"
        let recording = RecordingConsole()
        let session = ClientSession(
            client: DoppelClient(url: url), console: recording.console, isJSON: false, now: 0)
        let command = try StopNow.parse(["--all"])
        let status = await session.run(.stopping) { session async throws(ClientFailure) in
            try await command.perform(session)
        }
        #expect(status == 3)
        #expect(recording.messages.first == "NOT STOPPED: Doppel cannot be reached at \(url) (nobody listens there).")
    }

    @Test func whatIsNoDoppelIsSaidToBeNone() async throws {
        let command = try TwinShow.parse(["ESP_A1B2C3"])
        let told = try await converse(answers: [.init("200 OK", "text/html", "<html>")]) {
            session async throws(ClientFailure) in try await command.perform(session)
        }
        #expect(told.status == 1)
        #expect(told.messages.first?.contains("is not Doppel's (status 200 without JSON)") == true)
    }

    @Test(arguments: [
        [], ["--all", "--device", "ESP_A1B2C3"], ["--all", "--reason", ""], ["--all", "--wait", "301"],
        ["--device", "nobody"],
    ])
    func anUnclearStopIsWrongUsage(arguments: [String]) {
        #expect(throws: (any Error).self) { try StopNow.parse(arguments) }
    }

    @Test func aBrokenConfigurationKeepsNobodyFromStopping() throws {
        let folder = try TemporaryFolder()
        let file = try folder.write("doppel.yaml", "htpp: 1\nhttp: {port: 7, host: 5}")
        let recording = RecordingConsole()
        let options = try ClientOptions.parse(["--config", file])
        #expect(options.address(recording.console, environment: ["DOPPEL_HTTP_PORT": "x"]) == "http://127.0.0.1:7")
        #expect(
            recording.messages == [
                "The configuration has 3 problem(s), see `doppel check`; asking http://127.0.0.1:7."
            ])
        #expect(
            try ClientOptions.parse([]).address(recording.console, environment: ["DOPPEL_HTTP_PORT": "9"])
                == "http://127.0.0.1:9")
    }
}
