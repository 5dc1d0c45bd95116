import KaiserProtocol
import Testing
import TwinCore

@Suite struct SessionDecodingTests {
    @Test func `an announcement gives the epoch`() throws {
        let payload = """
            {"esp_id":"ESP_7C19F2","handover_epoch":3,"session_epoch":3,"reason":"reconnect","ts_ms":1777599940250,\
            "boot_ts":"1777589940"}
            """
        #expect(
            try message("session/announce", payload)
                == .announcement(SessionAnnouncement(epoch: 3, reason: "reconnect")))
    }

    @Test func `stand-ins and odd words of an announcement are flagged`() throws {
        let standIn = SessionAnnouncement(
            epoch: 2, reason: "unknown", flags: ["session_epoch stands in for handover_epoch", "missing reason"])
        #expect(try message("session/announce", "{\"session_epoch\":2}") == .announcement(standIn))
        let odd = SessionAnnouncement(
            epoch: 2, reason: "whim", flags: ["session_epoch 1 contradicts handover_epoch", "unknown reason 'whim'"])
        let payload = "{\"handover_epoch\":2,\"session_epoch\":1,\"reason\":\"whim\"}"
        #expect(try message("session/announce", payload) == .announcement(odd))
    }

    @Test(
        arguments: [
            ("{\"reason\":\"boot\"}", .missingField), ("{\"handover_epoch\":0}", .outOfRange),
            ("{\"handover_epoch\":4294967296}", .outOfRange), ("{\"handover_epoch\":1.0}", .wrongType),
            ("{\"handover_epoch\":1,\"esp_id\":\"ESP_000000\"}", .idMismatch),
            ("{\"handover_epoch\":1,\"ts_ms\":\"soon\"}", .wrongType),
        ] as [(String, Refusal.Reason)])
    func `an announcement without a usable epoch is refused`(payload: String, reason: Refusal.Reason) {
        #expect(refusal("session/announce", payload) == reason)
    }

    @Test func `a will gives the canonical reason`() throws {
        let payload = """
            {"status":"offline","esp_id":"ESP_7C19F2","reason":"wdt_reset","timestamp":0}
            """
        let will = WillReport(reason: "watchdog_reset", isRetained: true)
        #expect(try message("system/will", payload, isRetained: true) == .will(will))
    }

    @Test func `what a will lacks or invents is flagged`() throws {
        let bare = WillReport(
            reason: "unexpected_disconnect", isRetained: false, flags: ["missing status", "missing reason"])
        #expect(try message("system/will", "{\"esp_id\":\"ESP_7C19F2\",\"timestamp\":1777600000}") == .will(bare))
        let odd = WillReport(reason: "boredom", isRetained: false, flags: ["unknown reason 'boredom'"])
        #expect(try message("system/will", "{\"status\":\"offline\",\"reason\":\"boredom\"}") == .will(odd))
    }

    @Test func `an erased, foreign or contradictory will is refused`() {
        #expect(refusal("system/will", "") == .emptyPayload)
        #expect(refusal("system/will", "{\"status\":\"online\"}") == .unknownValue)
        #expect(refusal("system/will", "{\"esp_id\":\"ESP_000000\"}") == .idMismatch)
    }
}

@Suite struct EmergencyDecodingTests {
    @Test func `a stop that was executed is acknowledged`() throws {
        let payload = """
            {"ts":1777599999,"esp_id":"ESP_7C19F2","correlation_id":"inc-7","command":"emergency_stop","gpio_count":3,\
            "outcome":"executed","seq":161}
            """
        #expect(
            try message("actuator/emergency/ack", payload)
                == .emergency(.acknowledged(correlation: "inc-7", outputs: 3)))
    }

    @Test func `a stop that was not executed is no acknowledgement`() throws {
        let payload = "{\"esp_id\":\"ESP_7C19F2\",\"outcome\":\"failed\"}"
        #expect(
            try message("actuator/emergency/ack", payload)
                == .emergency(.refused(error: "failed", message: "the stop was not executed")))
    }

    @Test(
        arguments: [
            ("{\"ts\":1777599999,\"seq\":162}", .missingField), ("{\"esp_id\":\"ESP_7C19F2\"}", .missingField),
            ("{\"outcome\":\"executed\"}", .missingField),
            ("{\"esp_id\":\"ESP_000000\",\"outcome\":\"executed\"}", .idMismatch),
            ("{\"esp_id\":\"ESP_7C19F2\",\"outcome\":\"executed\",\"command\":\"clear_emergency\"}", .unknownValue),
        ] as [(String, Refusal.Reason)])
    func `an acknowledgement without identity, outcome or a stop is refused`(payload: String, reason: Refusal.Reason) {
        #expect(refusal("actuator/emergency/ack", payload) == reason)
    }

    @Test func `errors and answers need no identity`() throws {
        #expect(
            try message("actuator/emergency/error", "{\"error\":\"clear_failed\",\"message\":\"m\",\"seq\":168}")
                == .emergency(.refused(error: "clear_failed", message: "m")))
        #expect(
            try message("actuator/emergency/response", "{\"status\":\"emergency_cleared\",\"timestamp\":10110342}")
                == .emergency(.clearAnswered(status: "emergency_cleared")))
        #expect(refusal("actuator/emergency/error", "{}") == .missingField)
        #expect(refusal("actuator/emergency/response", "{}") == .missingField)
    }

    @Test func `a recovery says that the stop is cleared`() throws {
        let payload = "{\"esp_id\":\"ESP_7C19F2\",\"correlation_id\":\"inc-7\",\"state\":\"cleared\"}"
        #expect(try message("actuator/recovery_confirm", payload) == .emergency(.recovered(correlation: "inc-7")))
        #expect(refusal("actuator/recovery_confirm", "cleared") == .malformedJSON)
        #expect(refusal("actuator/recovery_confirm", "{\"state\":\"cleared\"}") == .missingField)
        #expect(
            refusal("actuator/recovery_confirm", "{\"esp_id\":\"ESP_7C19F2\",\"state\":\"active\"}") == .unknownValue)
    }
}
