import HTTPTypes
import Testing
import TwinCore
import TwinRuntime

@testable import Gateway

@Suite("Operations over HTTP")
struct DeviceOperationTests {
    static let path = "/api/v1/twins/ESP_AABB01/operations"
    static let token = EmergencyToken("s3cret-t0ken")!

    private func record(
        _ kind: TwinCore.Operation.Kind, _ state: OperationRecord.State = .accepted, answer: [String: String] = [:]
    ) -> OperationRecord {
        OperationRecord(
            operation: TwinCore.Operation(
                id: CommandID("op-1"), kind: kind, issuedBy: "http:unknown", issuedAt: Greenhouse.noon),
            state: state, since: Greenhouse.now, detail: "", answer: answer, deadline: Greenhouse.now.uptime)
    }

    private func twins(_ record: OperationRecord, later: OperationRecord? = nil) -> FakeTwins {
        let twins = FakeTwins([Greenhouse.full()])
        twins.change {
            $0.operation = record
            $0.laterOperation = later
        }
        return twins
    }

    @Test(
        arguments: [
            (#"{"operation":"measure","gpio":34}"#, .measure(GPIO(34)!, timeoutMilliseconds: 5000)),
            (
                #"{"operation":"measure","gpio":34,"timeout_ms":60000}"#,
                .measure(GPIO(34)!, timeoutMilliseconds: 60_000)
            ),
            (#"{"operation":"status"}"#, .status), (#"{"operation":"diagnostics"}"#, .diagnostics),
            (#"{"operation":"get_config"}"#, .readConfiguration), (#"{"operation":"safe_mode"}"#, .enterSafeMode),
            (#"{"operation":"exit_safe_mode"}"#, .leaveSafeMode),
            (#"{"operation":"set_log_level","level":"DEBUG"}"#, .setLogLevel("DEBUG")),
            (#"{"operation":"onewire_scan"}"#, .scanOneWire(nil)),
            (#"{"operation":"onewire_scan","gpio":4}"#, .scanOneWire(GPIO(4)!)),
            (#"{"operation":"factory_reset","confirm":true}"#, .factoryReset),
            (
                #"{"operation":"set_emergency_token","token":"s3cret-t0ken","use":"esp"}"#,
                .setEmergencyToken(token, .device)
            ),
            (
                #"{"operation":"update_credentials","enabled":true,"username":"mara","password":"longenough","#
                    + #""force_reconnect":true}"#,
                .updateCredentials(
                    Credentials(isEnabled: true, username: "mara", password: "longenough", reconnects: true))
            ),
            (
                #"{"operation":"isolate_subzone","subzone":"bench_1","isolated":true,"reason":"leak"}"#,
                .isolateSubzone("bench_1", isIsolated: true, reason: "leak")
            ),
        ] as [(String, TwinCore.Operation.Kind)])
    func everyOperationIsReadAndAnswered202(body: String, kind: TwinCore.Operation.Kind) async throws {
        let twins = twins(record(kind))
        try await converse(twins) { gateway async throws in
            let answer = try await gateway.post(Self.path, body)
            #expect(answer.status == 202)
            #expect(answer.headers[.location] == "\(Self.path)/op-1")
            #expect(try answer.json["operation"] == JSONValue(parsing: body)["operation"])
            #expect(!answer.text.contains("s3cret") && !answer.text.contains("longenough"))
        }
        #expect(twins.seen.operations.map(\.kind) == [kind])
    }

    @Test(arguments: [
        (#"{}"#, ["operation"]), (#"{"operation":"reboot"}"#, ["operation"]), (#"{"operation":"measure"}"#, ["gpio"]),
        (#"{"operation":"measure","gpio":34,"timeout_ms":0}"#, ["timeout_ms"]),
        (#"{"operation":"status","gpio":3}"#, ["gpio"]), (#"{"operation":"set_log_level"}"#, ["level"]),
        (#"{"operation":"factory_reset"}"#, ["confirm"]),
        (#"{"operation":"factory_reset","confirm":false}"#, ["confirm"]),
        (#"{"operation":"set_emergency_token","token":"has blank","use":"esp"}"#, ["token"]),
        (#"{"operation":"set_emergency_token","token":"x"}"#, ["use"]),
        (
            #"{"operation":"update_credentials","enabled":true,"username":"ma","password":"2short"}"#,
            ["username", "password"]
        ),
        (#"{"operation":"isolate_subzone","subzone":"","isolated":true,"reason":"x"}"#, ["subzone"]),
        (#"{"operation":"status","force":true}"#, ["force"]),
    ])
    func whatCannotBeReadIsNamed(body: String, members: [String]) async throws {
        let twins = twins(record(.status))
        try await converse(twins) { gateway async throws in
            let answer = try await gateway.post(Self.path, body)
            #expect(answer.status == 400)
            #expect(Set(answer.members) == Set(members))
            #expect(!answer.text.contains("has blank") && !answer.text.contains("2short"))
        }
        #expect(twins.seen.operations.isEmpty)
    }

    @Test func whoPrefersToWaitGetsTheAnswer() async throws {
        let answered = record(
            .readConfiguration, .answered,
            answer: [
                "heap": "1024", "wifi": #"{"ssid":"greenhouse","password":"hush-hush"}"#, "mqtt_password": "hush-hush",
                "token_type": "esp", "broken": #"{"password":"hush-hush"#,
            ])
        let twins = twins(record(.readConfiguration), later: answered)
        try await converse(twins) { gateway async throws in
            let answer = try await gateway.post(
                Self.path, #"{"operation":"get_config"}"#, headers: [.prefer: "wait=3"])
            #expect(answer.status == 200)
            #expect(answer.headers[.preferenceApplied] == "wait=3")
            #expect(try answer.json.at("answer.wifi.ssid") == "greenhouse")
            #expect(try answer.json.at("answer.token_type") == "esp")
            #expect(!answer.text.contains("hush-hush"))
            let later = try await gateway.get("\(Self.path)/op-1")
            #expect(try later.json["state"] == "answered")
            #expect(try await gateway.get("\(Self.path)/op-2").status == 404)
        }
        #expect(twins.seen.waits == [3000, 0, 0])
    }

    @Test func aPinIsMeasuredByItsOwnPath() async throws {
        let twins = twins(record(.measure(GPIO(34)!, timeoutMilliseconds: 5000)))
        try await converse(twins) { gateway async throws in
            let path = "/api/v1/twins/ESP_AABB01/sensors/34/measure"
            #expect(try await gateway.post(path).status == 202)
            #expect(try await gateway.post(path, #"{"timeout_ms":250}"#).status == 202)
            #expect(try await gateway.post(path, #"{"gpio":3}"#).members == ["gpio"])
        }
        #expect(
            twins.seen.operations.map(\.kind) == [
                .measure(GPIO(34)!, timeoutMilliseconds: 5000), .measure(GPIO(34)!, timeoutMilliseconds: 250),
            ])
    }

    @Test func theBroadcastTokenIsSetAndTakenBackAndNeverShown() async throws {
        let twins = FakeTwins()
        let path = "/api/v1/emergency/broadcast-token"
        try await converse(twins) { gateway async throws in
            let json: HTTPFields = [.contentType: "application/json"]
            let set = try await gateway.ask(.put, path, headers: json, body: #"{"token":"s3cret-t0ken"}"#)
            #expect(set.text == #"{"held":true}"#)
            #expect(try await gateway.ask(.delete, path).text == #"{"held":false}"#)
            let wrong = try await gateway.ask(.put, path, headers: json, body: #"{"token":"a b"}"#)
            #expect(wrong.members == ["token"])
            #expect(!wrong.text.contains("a b"))
        }
        #expect(twins.seen.broadcastTokens == [Self.token, nil])
    }
}
