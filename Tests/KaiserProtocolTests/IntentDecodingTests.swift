import KaiserProtocol
import Testing
import TwinCore

@Suite struct IntentOutcomeDecodingTests {
    private static let example = Example(
        topic: "system/intent_outcome",
        members: [
            "flow": "\"command\"", "intent_id": "\"c-89\"", "correlation_id": "\"c-88\"", "outcome": "\"rejected\"",
            "code": "\"SAFETY_LOCKED\"", "reason": "\"stop active\"", "ts": "1777600600",
        ])

    private func outcome(_ changes: [String: String?] = [:]) throws -> IntentOutcome {
        guard case .intent(let outcome) = try Self.example.message(changes) else {
            throw Refusal(.unknownTopic, "no outcome")
        }
        return outcome
    }

    @Test func `an outcome is read whole`() throws {
        let expected = IntentOutcome(
            intent: "c-89", correlation: "c-88", flow: "command", outcome: .rejected, code: "SAFETY_LOCKED",
            reason: "stop active", isRetryable: true, isRecovered: true, clock: DeviceClock(wire: 1_777_600_600))
        #expect(try outcome(["retryable": "true", "recovered": "true"]) == expected)
        #expect(try outcome(["retryable": "true", "delivery_mode": "\"recovered\""]) == expected)
        #expect(try outcome(["delivery_mode": "\"direct\""]).isRecovered == false)
    }

    @Test func `the ids may stand within data`() throws {
        let nested = try outcome([
            "intent_id": nil, "correlation_id": nil, "data": #"{"intent_id":"c-96","correlation_id":"c-97"}"#,
        ])
        #expect(nested.intent == "c-96")
        #expect(nested.correlation == "c-97")
        #expect(nested.flags.isEmpty)
        #expect(try outcome(["data": #"{"intent_id":"x"}"#]).intent == "c-89")
    }

    @Test func `a missing id is flagged, none at all refused`() throws {
        let unbound = try outcome(["correlation_id": nil])
        #expect(unbound.correlation == nil)
        #expect(unbound.flags == ["missing correlation_id"])
        let standIn = try outcome(["intent_id": nil])
        #expect(standIn.intent == "c-88")
        #expect(standIn.flags == ["correlation_id stands in for intent_id"])
        #expect(Self.example.reason(["intent_id": nil, "correlation_id": nil]) == .missingField)
        #expect(Self.example.reason(["intent_id": "\"\"", "correlation_id": "\"\""]) == .missingField)
    }

    @Test(
        arguments: [
            ("cmd", "command", false), ("commands", "command", false), ("cfg", "config", false),
            ("configuration", "config", false), ("pub", "publish", false), ("zone", "zone", false),
            ("subzone_assign", "subzone_assign", false), ("subzone_remove", "subzone_remove", false),
            ("subzone_safe", "subzone_safe", false), ("offline_rules", "offline_rules", false),
            ("publish", "publish", false), ("heartbeat", "contract", true), ("dance", "contract", true),
        ])
    func `a flow has a canonical word`(wire: String, flow: String, isFlagged: Bool) throws {
        let outcome = try outcome(["flow": "\"\(wire)\""])
        #expect(outcome.flow == flow)
        #expect(outcome.flags == (isFlagged ? ["unknown flow '\(wire)'"] : []))
    }

    @Test(
        arguments: [
            ("accepted", .accepted), ("processing", .accepted), ("applied", .applied), ("persisted", .persisted),
            ("success", .persisted), ("ok", .persisted), ("failed", .failed), ("error", .failed),
            ("expired", .expired), ("timeout", .expired), ("rejected", .rejected),
        ] as [(String, IntentOutcome.Word)])
    func `an outcome has a canonical word`(wire: String, word: IntentOutcome.Word) throws {
        #expect(try outcome(["outcome": "\"\(wire)\""]).outcome == word)
        #expect(try outcome(["outcome": "\"\(wire)\""]).flags.isEmpty)
    }

    @Test func `an unknown outcome counts as failed, flagged`() throws {
        let odd = try outcome(["outcome": "\"meh\""])
        #expect(odd.outcome == .failed)
        #expect(odd.flags == ["unknown outcome 'meh'"])
    }

    @Test(arguments: [
        "NONE", "TTL_EXPIRED", "SENSOR_ALLOWLIST_ACCEPTED", "ZONE_CONFIG_ACCEPTED", "STALE_SCOPE_SENSOR",
        "EMERGENCY_CLEAR_APPLIED", "HEARTBEAT_REJECTED", "CONTRACT_UNKNOWN_CODE",
    ])
    func `the contract's codes are known`(code: String) throws {
        #expect(try outcome(["code": "\"\(code)\""]).code == code)
        #expect(try outcome(["code": "\"\(code)\""]).flags.isEmpty)
    }

    @Test func `an unknown code is replaced and flagged, a missing one only where something went wrong`() throws {
        let odd = try outcome(["code": "\"MOOD\""])
        #expect(odd.code == "CONTRACT_UNKNOWN_CODE")
        #expect(odd.flags == ["unknown code 'MOOD'"])
        #expect(try outcome(["code": nil]).flags == ["missing code"])
        let fine = try outcome(["code": nil, "outcome": "\"applied\""])
        #expect(fine.code == "NONE")
        #expect(fine.flags.isEmpty)
        #expect(try outcome(["flow": nil]).flags == ["missing flow"])
    }

    @Test(
        arguments: [
            (["outcome": nil], .missingField), (["outcome": "7"], .wrongType), (["ts": nil], .missingField),
            (["ts": "\"later\""], .wrongType), (["ts": "1.5"], .wrongType), (["data": "[]"], .wrongType),
            (["retryable": "\"no\""], .wrongType), (["esp_id": "\"ESP_51E0B7\""], .idMismatch),
            (["intent_id": "\"\(String(repeating: "i", count: 65))\""], .outOfRange),
        ] as [([String: String?], Refusal.Reason)])
    func `an outcome that cannot be used is refused`(changes: [String: String?], reason: Refusal.Reason) {
        #expect(Self.example.reason(changes) == reason)
    }
}

@Suite struct IntentLifecycleDecodingTests {
    private static let pending = Example(
        topic: "system/intent_outcome/lifecycle",
        members: [
            "schema": "\"config_pending_lifecycle_v1\"", "event_type": "\"entered_config_pending\"",
            "reason_code": "\"RUNTIME_CONFIG_LOST\"", "sensor_count": "0", "actuator_count": "1",
        ])
    private static let stage = Example(
        topic: "system/intent_outcome/lifecycle",
        members: [
            "schema": "\"intent_chain_stage_v1\"", "event_type": "\"intent_chain_stage\"", "flow": "\"cmd\"",
            "stage": "\"queued\"", "intent_id": "\"c-89\"", "code": "\"NONE\"",
        ])

    @Test(arguments: [
        ("entered_config_pending", true, false), ("exited_config_pending", false, false),
        ("exit_blocked_config_pending", true, true),
    ])
    func `a device waits for its configuration or not`(event: String, isPending: Bool, isExitBlocked: Bool) throws {
        let expected = ConfigurationPending(
            isPending: isPending, isExitBlocked: isExitBlocked, reason: "RUNTIME_CONFIG_LOST", sensorCount: 0,
            actuatorCount: 1)
        #expect(
            try Self.pending.message(["event_type": "\"\(event)\""])
                == .intentLifecycle(.configurationPending(expected)))
    }

    @Test func `a stage names its intent`() throws {
        let expected = IntentStage(intent: "c-89", flow: "command", stage: "queued", code: "NONE")
        #expect(try Self.stage.message() == .intentLifecycle(.stage(expected)))
        #expect(try Self.stage.message(["code": nil]) == .intentLifecycle(.stage(expected)))
    }

    @Test func `what has no known schema and event is refused`() {
        for example in [Self.pending, Self.stage] {
            #expect(example.reason(["schema": nil]) == .missingField)
            #expect(example.reason(["event_type": nil]) == .missingField)
            #expect(example.reason(["schema": "\"v9\""]) == .unknownValue)
            #expect(example.reason(["event_type": "\"party\""]) == .unknownValue)
        }
        #expect(Self.pending.reason(["event_type": "\"intent_chain_stage\""]) == .unknownValue)
        #expect(Self.stage.reason(["stage": nil]) == .missingField)
        #expect(Self.stage.reason(["intent_id": nil]) == .missingField)
        #expect(Self.pending.reason(["sensor_count": "-1"]) == .outOfRange)
    }
}
