import HTTPTypes
import Testing
import TwinCore
import TwinRuntime

@testable import Gateway

@Suite("Desired state over HTTP")
struct ConfigurationRouteTests {
    static let path = "/api/v1/twins/ESP_AABB01"

    private func patch(
        _ gateway: Conversation, _ body: String, query: String = "", headers: HTTPFields = [:]
    ) async throws -> Conversation.Answer {
        var headers = headers
        if headers[.contentType] == nil { headers[.contentType] = "application/merge-patch+json" }
        return try await gateway.ask(.patch, Self.path + query, headers: headers, body: body)
    }

    @Test func aTwinIsShownWithItsRevisionAsTag() async throws {
        try await converse(FakeTwins([Greenhouse.full()])) { gateway async throws in
            #expect(try await gateway.get(Self.path).headers[.eTag] == #""42""#)
        }
    }

    @Test func aChangeReachesTheRuntimeAndIsAnsweredWithTheTwin() async throws {
        let twins = FakeTwins([Greenhouse.full()])
        try await converse(twins) { gateway async throws in
            let body = #"{"desired":{"zone":{"id":"tent_a"},"name":"bench"}}"#
            let answer = try await patch(
                gateway, body, query: "?valid_for=3600", headers: [.ifMatch: #""41", W/"42""#])
            #expect(answer.status == 200)
            #expect(answer.headers[.eTag] == #""42""#)
            #expect(try answer.json["id"] == "ESP_AABB01")
            #expect(try answer.json["changed"]?.text == #"["name","zone"]"#)
        }
        let change = try #require(twins.seen.changes.first)
        #expect(change.seenRevision == 41)
        #expect(change.validSeconds == 3600)
        #expect(!change.isRehearsal)
        #expect(change.by == "http:unknown")
        #expect(twins.seen.desired == Desired(name: "bench", zone: ZoneWish(id: "tent_a")))
    }

    @Test func aRehearsalChangesNothing() async throws {
        let twins = FakeTwins([Greenhouse.full()])
        try await converse(twins) { gateway async throws in
            let answer = try await patch(gateway, #"{"desired":{"name":"x"}}"#, query: "?validate=only")
            #expect(answer.status == 200)
            #expect(answer.headers[.eTag] == nil)
        }
        #expect(twins.seen.changes.map(\.isRehearsal) == [true])
        #expect(twins.seen.desired == Desired())
    }

    @Test(arguments: [
        (#"{"desired":{"nmae":"x"}}"#, "nmae"), (#"{"desired":null}"#, "desired"), (#"{"desired":[]}"#, "desired"),
        (#"{}"#, "desired"), (#"{"desired":{},"status":"online"}"#, "status"),
        (#"{"desired":{"actuators":{"26":{"nam":"x"}}}}"#, "actuators/26/nam"),
    ])
    func whatCannotBeWishedIsNamed(body: String, path: String) async throws {
        let twins = FakeTwins([Greenhouse.full()])
        try await converse(twins) { gateway async throws in
            let answer = try await patch(gateway, body)
            #expect(answer.status == 422)
            #expect(answer.problem == "invalid-configuration")
            #expect(try answer.json["conflict_type"] == "none")
            #expect(try answer.json.at("problems.0.path")?.asText == path)
        }
        #expect(twins.seen.desired == Desired())
    }

    @Test func aChangeOfTooManyMembersIsNotRead() async throws {
        let twins = FakeTwins([Greenhouse.full()])
        let members = (0..<250).map { #""m\#($0)":{"n":1}"# }.joined(separator: ",")
        try await converse(twins) { gateway async throws in
            let answer = try await patch(gateway, #"{"desired":{"x":1,\#(members)}}"#)
            #expect(answer.status == 422)
            #expect(try answer.json.at("problems.0.path") == "desired")
        }
        #expect(twins.seen.changes.isEmpty)
    }

    @Test func aBodyOfAnotherTypeIs415AndSaysWhatIsTaken() async throws {
        try await converse(FakeTwins([Greenhouse.full()])) { gateway async throws in
            let answer = try await patch(gateway, "{}", headers: [.contentType: "application/json"])
            #expect(answer.status == 415)
            #expect(answer.headers[.acceptPatch] == "application/merge-patch+json")
        }
    }

    @Test(arguments: [
        (["validate": "yes"], "validate"), (["valid_for": "0"], "valid_for"), (["valid_for": "31536001"], "valid_for"),
    ])
    func aQueryThatCannotBeReadIsNamed(query: [String: String], member: String) async throws {
        try await converse(FakeTwins([Greenhouse.full()])) { gateway async throws in
            let text = query.map { "?\($0.key)=\($0.value)" }.joined()
            #expect(try await patch(gateway, #"{"desired":{}}"#, query: text).members == [member])
        }
    }

    @Test(arguments: [#""43""#, #""nonsense""#, #"W/"42""#])
    func aTagThatWasNeverShownIs412WithThePresentOne(tag: String) async throws {
        let twins = FakeTwins([Greenhouse.full()])
        try await converse(twins) { gateway async throws in
            let answer = try await patch(gateway, #"{"desired":{"name":"x"}}"#, headers: [.ifMatch: tag])
            #expect(answer.status == 412)
            #expect(answer.problem == "revision-changed")
            #expect(answer.headers[.eTag] == #""42""#)
        }
        #expect(twins.seen.changes.isEmpty)
    }

    @Test func whatIsNoTagIsNamed() async throws {
        try await converse(FakeTwins([Greenhouse.full()])) { gateway async throws in
            let answer = try await patch(gateway, #"{"desired":{}}"#, headers: [.ifMatch: "42"])
            #expect(answer.status == 400)
            #expect(answer.members == ["If-Match"])
        }
    }

    @Test(arguments: [nil, "*"])
    func aLimitThatIsChangedUnseenIs428(tag: String?) async throws {
        let twins = FakeTwins([Greenhouse.full()])
        twins.change { $0.desired = WishChangeTests.full }
        try await converse(twins) { gateway async throws in
            let body = #"{"desired":{"actuators":{"26":{"max_runtime_seconds":86400}}}}"#
            let answer = try await patch(gateway, body, headers: tag.map { [.ifMatch: $0] } ?? [:])
            #expect(answer.status == 428)
            #expect(answer.problem == "revision-required")
            #expect(twins.seen.desired == WishChangeTests.full)
            #expect(try await patch(gateway, body, headers: [.ifMatch: #""42""#]).status == 200)
            #expect(twins.seen.desired.actuators[GPIO(26)!]?.maximumRuntimeMilliseconds == 86_400_000)
        }
    }

    @Test(arguments: [
        (ServiceError.revisionChanged(57), 412, "revision-changed"),
        (.revisionRequired("a limit changes"), 428, "revision-required"),
        (
            .invalidConfiguration(
                ConfigurationProblems([
                    ConfigurationProblem(path: "actuators/6", detail: "flash", conflict: .system)
                ])), 409, "pin-conflict"
        ),
        (.unsuitable("it is stopped"), 409, "unsuitable"),
        (.operationRefused(OperationRefusal(.deviceOffline, "it is offline")), 409, "operation-refused"),
        (.operationRefused(OperationRefusal(.invalid, "no such level")), 422, "operation-refused"),
        (.unprocessable("too hot"), 422, "unprocessable"),
        (.unknownSensor(Greenhouse.device, SensorKey(id: "4:ph")!), 404, "not-found"),
    ])
    func whatTheRuntimeWouldNotDoIsToldAsAProblem(error: ServiceError, status: Int, word: String) async throws {
        let twins = FakeTwins([Greenhouse.full()])
        twins.change { $0.failure = error }
        try await converse(twins) { gateway async throws in
            let answer = try await patch(gateway, #"{"desired":{"name":"x"}}"#)
            #expect(answer.status == status)
            #expect(answer.problem == word)
            if status == 412 { #expect(answer.headers[.eTag] == #""57""#) }
            if word == "pin-conflict" { #expect(try answer.json["conflict_type"] == "system") }
        }
    }

    @Test func aDeviceIsDeletedWithTheCaller() async throws {
        let twins = FakeTwins([Greenhouse.newcomer()])
        try await converse(twins) { gateway async throws in
            #expect(try await gateway.ask(.delete, "/api/v1/twins/ESP_AABB02").json["id"] == "ESP_AABB02")
            #expect(try await gateway.ask(.delete, "/api/v1/twins/ESP_AABB09").status == 404)
        }
        #expect(twins.seen.asked.first == "delete ESP_AABB02 by http:unknown")
    }
}
