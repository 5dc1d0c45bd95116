import HTTPTypes
import Testing
import TwinCore
import TwinRuntime

@testable import Gateway

@Suite("Dangerous outputs over HTTP")
struct DangerousOutputTests {
    static let output = "/api/v1/twins/ESP_AABB01/actuators/25"
    static let commands = "\(output)/commands"
    static let lockout = "\(output)/lockout"

    static func order(_ body: String, _ headers: HTTPFields = [:]) async throws -> (Conversation.Answer, FakeTwins) {
        let twins = FakeTwins()
        twins.change { $0.record = Greenhouse.record(.accepted) }
        let answer = try await converse(twins) { try await $0.post(commands, body, headers: headers) }
        return (answer, twins)
    }

    @Test func aCommandSaysWhatWasSeenWhomItSecondsAndItsKey() async throws {
        let body = #"{"command":"ON","revision":7,"seconds":"c-9","duration_seconds":30}"#
        let (answer, twins) = try await Self.order(body, [.idempotencyKey: "job 4711/a"])
        #expect(answer.status == 202)
        let request = try #require(twins.seen.requests.first)
        #expect(request.seenRevision == 7)
        #expect(request.seconds == CommandID("c-9"))
        #expect(request.idempotencyKey == "job 4711/a")
        #expect(request.renews == nil)
        #expect(request.issuedBy == "http:unknown")
    }

    @Test func aRenewalNeedsNoCommandAndKeepsTheLevel() async throws {
        let (answer, twins) = try await Self.order(#"{"renews":"c-1","duration_seconds":60}"#)
        #expect(answer.status == 202)
        let request = try #require(twins.seen.requests.first)
        #expect(request.renews == CommandID("c-1"))
        #expect(request.verb == .on)
        #expect(request.value == nil)
        #expect(request.durationSeconds == 60)
    }

    @Test func anOffIsAnOffWhateverElseIsSaid() async throws {
        let (answer, twins) = try await Self.order(#"{"command":"OFF","renews":"c-1","value":0}"#)
        #expect(answer.status == 202)
        let request = try #require(twins.seen.requests.first)
        #expect(request.verb == .off)
        #expect(request.renews == nil)
    }

    @Test(arguments: [
        (#"{"renews":"c-1","command":"TOGGLE"}"#, "command"), (#"{"renews":"c-1","value":0.5}"#, "value"),
        (#"{"renews":"c-1","command":"on"}"#, "command"), (#"{"renews":""}"#, "renews"), (#"{"renews":5}"#, "renews"),
        (#"{"command":"ON","revision":-1}"#, "revision"), (#"{"command":"ON","revision":"7"}"#, "revision"),
        (#"{"command":"ON","seconds":30}"#, "seconds"),
    ])
    func whatCannotBeTakenIsNamed(body: String, member: String) async throws {
        let (answer, twins) = try await Self.order(body)
        #expect(answer.status == 400)
        #expect(answer.members == [member])
        #expect(twins.seen.requests.isEmpty)
    }

    @Test(arguments: ["", String(repeating: "k", count: 129), "a\tb", "schlüssel"])
    func aKeyThatIsNotKeptAsItIsIsRefused(key: String) async throws {
        let (answer, twins) = try await Self.order(#"{"command":"ON"}"#, [.idempotencyKey: key])
        #expect(answer.status == 400)
        #expect(answer.members == ["Idempotency-Key"])
        #expect(twins.seen.requests.isEmpty)
    }

    @Test func aKeyMayBe128BytesLongAndIsGivenOnce() async throws {
        let longest = String(repeating: "k", count: 128)
        let (answer, twins) = try await Self.order(#"{"command":"ON"}"#, [.idempotencyKey: longest])
        #expect(answer.status == 202)
        #expect(twins.seen.requests.first?.idempotencyKey == longest)
        var twice = HTTPFields()
        twice.append(HTTPField(name: .idempotencyKey, value: "a"))
        twice.append(HTTPField(name: .idempotencyKey, value: "b"))
        let (refused, _) = try await Self.order(#"{"command":"ON"}"#, twice)
        #expect(refused.members == ["Idempotency-Key"])
    }

    @Test(arguments: [
        (ServiceError.keyReused("k"), 422, "idempotency-key-reused"),
        (.alreadyAnswered(CommandID("c-1")), 409, "already-answered"),
    ])
    func aKeyThatWasUsedIsTold(error: ServiceError, status: Int, word: String) async throws {
        let twins = FakeTwins()
        twins.change { $0.failure = error }
        try await converse(twins) { gateway async throws in
            let answer = try await gateway.post(Self.commands, #"{"command":"ON"}"#)
            #expect(answer.status == status)
            #expect(answer.problem == word)
        }
    }

    @Test func aTagIsHungAndTakenAwayByItsNameOrTheCaller() async throws {
        let twins = FakeTwins([Greenhouse.full()])
        try await converse(twins) { gateway async throws in
            let json: HTTPFields = [.contentType: "application/json"]
            let named = #"{"name":"mara","reason":"new seal","expires_in_seconds":7200}"#
            let answer = try await gateway.ask(.put, Self.lockout, headers: json, body: named)
            #expect(answer.status == 200)
            #expect(try answer.json["id"] == "ESP_AABB01:25")
            let bare = #"{"reason":"new seal","expires_in_seconds":604800}"#
            #expect(try await gateway.ask(.put, Self.lockout, headers: json, body: bare).status == 200)
            #expect(try await gateway.ask(.delete, "\(Self.lockout)?name=mara%20h").status == 200)
            #expect(try await gateway.ask(.delete, Self.lockout).status == 200)
        }
        #expect(
            twins.seen.asked == [
                "lock out ESP_AABB01/25 by mara for 7200 s: new seal",
                "lock out ESP_AABB01/25 by http:unknown for 604800 s: new seal", "unlock ESP_AABB01/25 by mara h",
                "unlock ESP_AABB01/25 by http:unknown",
            ])
    }

    @Test(arguments: [
        (#"{"expires_in_seconds":60}"#, "reason"), (#"{"reason":"","expires_in_seconds":60}"#, "reason"),
        (#"{"reason":"x"}"#, "expires_in_seconds"), (#"{"reason":"x","expires_in_seconds":0}"#, "expires_in_seconds"),
        (#"{"reason":"x","expires_in_seconds":604801}"#, "expires_in_seconds"),
        (#"{"reason":"x","expires_in_seconds":60,"name":""}"#, "name"),
        (#"{"reason":"x","expires_in_seconds":60,"who":"mara"}"#, "who"),
    ])
    func aTagThatCannotBeHungNamesTheMember(body: String, member: String) async throws {
        let twins = FakeTwins([Greenhouse.full()])
        try await converse(twins) { gateway async throws in
            let answer = try await gateway.ask(
                .put, Self.lockout, headers: [.contentType: "application/json"], body: body)
            #expect(answer.status == 400)
            #expect(answer.members == [member])
        }
        #expect(twins.seen.asked.isEmpty)
    }

    @Test func theTagOfSomebodyElseIsAConflictThatNamesThem() async throws {
        let twins = FakeTwins([Greenhouse.full()])
        twins.change { $0.failure = .unsuitable("the tag of 'mara' hangs on it") }
        try await converse(twins) { gateway async throws in
            let answer = try await gateway.ask(.delete, Self.lockout)
            #expect(answer.status == 409)
            #expect(try answer.json["detail"] == "the tag of 'mara' hangs on it")
        }
    }

    @Test func aQuarantinedTwinIsReleased() async throws {
        let twins = FakeTwins([Greenhouse.full()])
        try await converse(twins) { gateway async throws in
            #expect(try await gateway.post("/api/v1/twins/ESP_AABB01/release").json["id"] == "ESP_AABB01")
            #expect(try await gateway.post("/api/v1/twins/ESP_AABB09/release").status == 404)
        }
        #expect(twins.seen.asked.first == "release ESP_AABB01 by http:unknown")
    }

    @Test func aLeaseThatTheDeviceDoesNotCountSaysSo() throws {
        var dimmed = ActuatorState(device: Greenhouse.device, gpio: Greenhouse.pump, type: "pump")
        dimmed.apply(
            .commandAccepted(Greenhouse.order(.pwm), .pwm(level: 0.5), leaseSeconds: 30, []), at: Greenhouse.ago(5000))
        let tag = Lockout(name: "mara", reason: "new seal", seconds: 60, at: Greenhouse.now)
        let alarm = SafetyAlarm(.limitBroken, "the tank is empty")
        dimmed.apply(.alarmed(alarm), at: Greenhouse.now)
        let view = Greenhouse.full()
        #expect(view.json(of: dimmed).at("lease.counted_by_device") == false)
        #expect(view.json(of: dimmed).at("lease.owner") == "http:unknown")
        #expect(view.json(of: dimmed).at("last_alarm.kind") == "limit_broken")
        dimmed.apply(.lockedOut(tag), at: Greenhouse.now)
        #expect(view.json(of: dimmed).at("lockout.name") == "mara")
        #expect(view.json(of: dimmed).at("lockout.ends_at") == "2025-01-31T12:01:00.000Z")
    }
}
