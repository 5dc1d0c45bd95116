import HTTPTypes
import Testing
import TwinCore
import TwinRuntime

@testable import Gateway

@Suite("Commands over HTTP")
struct CommandRouteTests {
    static let path = "/api/v1/twins/ESP_AABB01/actuators/25/commands"

    @Test func anAcceptedCommandIs202AndSaysWhereItIs() async throws {
        let twins = FakeTwins()
        twins.change { $0.record = Greenhouse.record(.accepted) }
        try await converse(twins) { gateway async throws in
            let answer = try await gateway.post(Self.path, #"{"command":"PWM","value":0.5,"duration_seconds":30}"#)
            #expect(answer.status == 202)
            #expect(answer.headers[.location] == "/api/v1/commands/c-1")
            #expect(answer.headers[.preferenceApplied] == nil)
            #expect(try answer.json["state"] == "accepted")
            #expect(try answer.json["finished"] == false)
        }
        let request = try #require(twins.seen.requests.first)
        #expect(request.device == Greenhouse.device)
        #expect(request.gpio == Greenhouse.pump)
        #expect(request.verb == .pwm)
        #expect(request.value == 0.5)
        #expect(request.durationSeconds == 30)
        #expect(request.issuedBy == "http:unknown")
        #expect(twins.seen.waits == [])
    }

    @Test func whoPrefersToWaitGetsTheFinishedCommand() async throws {
        let twins = FakeTwins()
        twins.change {
            $0.record = Greenhouse.record(.accepted)
            $0.laterRecord = Greenhouse.record(.confirmed)
        }
        try await converse(twins) { gateway async throws in
            let answer = try await gateway.post(
                Self.path, #"{"command":"ON"}"#, headers: [.prefer: "respond-async, wait=5"])
            #expect(answer.status == 200)
            #expect(answer.headers[.preferenceApplied] == "wait=5")
            #expect(try answer.json["state"] == "confirmed")
        }
        #expect(twins.seen.waits == [5000])
    }

    @Test func aCommandThatDoesNotFinishInTimeIs202AfterTheCappedWait() async throws {
        let twins = FakeTwins()
        twins.change {
            $0.record = Greenhouse.record(.accepted)
            $0.laterRecord = Greenhouse.record(.sent)
        }
        try await converse(twins) { gateway async throws in
            let answer = try await gateway.post(Self.path, #"{"command":"ON"}"#, headers: [.prefer: "wait=3600"])
            #expect(answer.status == 202)
            #expect(answer.headers[.location] == "/api/v1/commands/c-1")
            #expect(answer.headers[.preferenceApplied] == "wait=30")
            #expect(try answer.json["state"] == "sent")
        }
        #expect(twins.seen.waits == [30_000])
    }

    @Test func aRefusedCommandNamesTheLimit() async throws {
        let twins = FakeTwins()
        twins.change { $0.record = Greenhouse.refusal() }
        try await converse(twins) { gateway async throws in
            let answer = try await gateway.post(Self.path, #"{"command":"ON"}"#, headers: [.prefer: "wait=5"])
            #expect(answer.status == 409)
            #expect(answer.problem == "command-refused")
            #expect(answer.headers[.retryAfter] == "18")
            let problem = try answer.json
            #expect(problem["status"] == 409)
            #expect(problem["limit"] == "min_off_time")
            #expect(problem["bound"] == "off for 30 s")
            #expect(problem["actual"] == "off for 12300 ms")
            #expect(problem["retry_after_seconds"] == 18)
            #expect(problem["command_id"] == "c-1")
            #expect(problem.at("evaluations.0.limit") == "latch")
            #expect(problem.at("evaluations.1.kept") == false)
        }
    }

    @Test func numbersThatALimitCanJudgeAreLeftToTheGate() async throws {
        let twins = FakeTwins()
        twins.change { $0.record = Greenhouse.refusal() }
        try await converse(twins) { gateway async throws in
            for body in [#"{"command":"ON","value":7}"#, #"{"command":"PWM","value":-1e3,"duration_seconds":999999}"#] {
                #expect(try await gateway.post(Self.path, body).status == 409)
            }
        }
        #expect(twins.seen.requests.map(\.value) == [7, -1000])
    }

    @Test(arguments: [
        (#"{}"#, "command"), (#"{"command":"on"}"#, "command"), (#"{"command":1}"#, "command"),
        (#"{"command":null}"#, "command"), (#"{"command":"ON","value":"full"}"#, "value"),
        (#"{"command":"ON","value":true}"#, "value"), (#"{"command":"ON","value":null}"#, "value"),
        (#"{"command":"PWM"}"#, "value"), (#"{"command":"ON","duration_seconds":0}"#, "duration_seconds"),
        (#"{"command":"ON","duration_seconds":-5}"#, "duration_seconds"),
        (#"{"command":"ON","duration_seconds":1.5}"#, "duration_seconds"),
        (#"{"command":"ON","duration_seconds":"9"}"#, "duration_seconds"), (#"{"command":"ON","speed":3}"#, "speed"),
        (#"{"command":"ON""#, "body"), (#"["ON"]"#, "body"), ("", "body"), (#"{"command":"ON","value":NaN}"#, "body"),
        (#"{"command":"ON","value":1e999}"#, "body"),
    ])
    func aBodyThatCannotBeTakenNamesTheMember(body: String, member: String) async throws {
        let twins = FakeTwins()
        try await converse(twins) { gateway async throws in
            let answer = try await gateway.post(Self.path, body)
            #expect(answer.status == 400)
            #expect(answer.members == [member])
            #expect(answer.headers[.contentType] == "application/problem+json")
        }
        #expect(twins.seen.requests.isEmpty)
    }

    @Test func aBodyMustBeAnnouncedAsJSONAndBeShort() async throws {
        let twins = FakeTwins()
        twins.change { $0.record = Greenhouse.record(.accepted) }
        try await converse(twins) { gateway async throws in
            let form = try await gateway.post(
                Self.path, #"{"command":"ON"}"#, headers: [.contentType: "text/plain"])
            #expect(form.status == 415)
            #expect(form.problem == "unsupported-media-type")
            let long = try await gateway.post(Self.path, String(repeating: " ", count: 65_537))
            #expect(long.status == 413)
            #expect(long.problem == "body-too-large")
            let padded = #"{"command":"ON"}"# + String(repeating: " ", count: 65_536 - 16)
            let charset: HTTPFields = [.contentType: "application/json; charset=utf-8"]
            #expect(try await gateway.post(Self.path, padded, headers: charset).status == 202)
        }
    }

    @Test(arguments: [
        (ServiceError.unknownDevice(Greenhouse.device), 404, "not-found"),
        (.unknownActuator(Greenhouse.device, Greenhouse.pump), 404, "not-found"),
        (.journalUnavailable("disk full"), 503, "journal-unavailable"), (.notRunning, 503, "not-running"),
    ])
    func whatTheRuntimeWouldNotDoIsToldAsAProblem(error: ServiceError, status: Int, word: String) async throws {
        let twins = FakeTwins()
        twins.change { $0.failure = error }
        try await converse(twins) { gateway async throws in
            let answer = try await gateway.post(Self.path, #"{"command":"ON"}"#)
            #expect(answer.status == status)
            #expect(answer.problem == word)
            #expect((answer.headers[.retryAfter] != nil) == (status == 503))
        }
    }

    @Test func aCommandIsShownWithItsEvidenceFromMemoryOrFromTheStore() async throws {
        let twins = FakeTwins()
        try await converse(twins) { gateway async throws in
            #expect(try await gateway.get("/api/v1/commands/c-1").status == 404)
            twins.store.change { $0.command = Greenhouse.record(.confirmed) }
            #expect(try await gateway.get("/api/v1/commands/c-1").json["state"] == "confirmed")
            twins.change { $0.record = Greenhouse.record(.sent) }
            let live = try await gateway.get("/api/v1/commands/c-1")
            #expect(
                live.text == #"{"id":"c-1","command":"ON","value":null,"duration_seconds":30,"#
                    + #""issued_by":"http:unknown","issued_at":"2025-01-31T11:59:55.000Z","renews":null,"seconds":null,"#
                    + #""revision":null,"idempotency_key":null,"device":"ESP_AABB01","#
                    + #""gpio":25,"state":"sent","finished":false,"refused_by":null,"lease_seconds":30,"#
                    + #""evaluations":[{"limit":"latch","bound":"no emergency stop","actual":"none","kept":true,"#
                    + #""retry_after_seconds":null}],"evidence":[{"step":"accepted","#
                    + #""at":"2025-01-31T11:59:55.000Z","detail":"the gate let it pass"}]}"#)
            let long = String(repeating: "x", count: 64)
            #expect(try await gateway.get("/api/v1/commands/\(long)").members == ["id"])
        }
    }
}
