import KaiserProtocol
import Testing
import TwinCore

@Suite struct ActuatorDecodingTests {
    private func status(_ members: String) throws -> ActuatorStatus {
        let payload = "{\"esp_id\":\"ESP_7C19F2\",\"gpio\":26,\"ts\":1777599997,\(members)}"
        guard case .actuatorStatus(let status) = try message("actuator/26/status", payload) else {
            throw Refusal(.unknownTopic, "no status")
        }
        return status
    }

    private func statusReason(_ members: String) -> Refusal.Reason? {
        refusal("actuator/26/status", "{\"esp_id\":\"ESP_7C19F2\",\"gpio\":26,\"ts\":1777599997,\(members)}")
    }

    private func response(_ payload: String) throws -> ActuatorResponse {
        guard case .actuatorResponse(let response) = try message("actuator/26/response", payload) else {
            throw Refusal(.unknownTopic, "no response")
        }
        return response
    }

    @Test func `a full status becomes a report`() throws {
        let status = try status(
            """
            "seq":140,"zone_id":"tent_a","type":"pump","state":true,"pwm":255,"runtime_ms":4210,"emergency":"normal",\
            "command_source":"user:mara"
            """)
        let expected = ActuatorStatus(
            gpio: GPIO(26)!, type: "pump", state: .on, level: 255, runtimeMilliseconds: 4210, emergency: .normal,
            commandSource: "user:mara", clock: DeviceClock(wire: 1_777_599_997))
        #expect(status == expected)
    }

    @Test func `aliases and absent members are understood`() throws {
        let status = try status("\"actuator_type\":\"relay\",\"state\":false,\"value\":0,\"error\":null")
        #expect(
            status
                == ActuatorStatus(
                    gpio: GPIO(26)!, type: "relay", state: .off, level: 0, clock: DeviceClock(wire: 1_777_599_997)))
        #expect(status.provesOff)
    }

    @Test(
        arguments: [
            ("true", .on), ("false", .off), ("\"on\"", .on), ("\"off\"", .off), ("\"pwm\"", .pwm),
            ("\"error\"", .error),
            ("\"unknown\"", .unknown),
        ] as [(String, ActuatorStatus.State)])
    func `a state is a boolean or one of five words`(wire: String, state: ActuatorStatus.State) throws {
        #expect(try status("\"type\":\"pump\",\"pwm\":0,\"state\":\(wire)").state == state)
    }

    @Test func `any other state is refused`() {
        #expect(statusReason("\"type\":\"pump\",\"pwm\":0,\"state\":\"ON\"") == .unknownValue)
        #expect(statusReason("\"type\":\"pump\",\"pwm\":0,\"state\":1") == .wrongType)
        #expect(statusReason("\"type\":\"pump\",\"pwm\":0") == .missingField)
    }

    @Test func `a level that is not quite nothing is no proof of off`() throws {
        let fraction = try status("\"type\":\"fan\",\"state\":\"pwm\",\"value\":0.2")
        #expect(fraction.level == 1)
        #expect(fraction.flags == ["fractional level 0.2"])
        #expect(!fraction.provesOff)
        let contradiction = try status("\"type\":\"fan\",\"state\":false,\"pwm\":9")
        #expect(contradiction.flags == ["state off contradicts level 9"])
        #expect(!contradiction.provesOff)
    }

    @Test(
        arguments: [
            ("\"type\":\"pump\",\"state\":true,\"pwm\":999", .outOfRange),
            ("\"type\":\"pump\",\"state\":true,\"pwm\":-1", .outOfRange),
            ("\"type\":\"pump\",\"state\":true,\"pwm\":\"full\"", .wrongType),
            ("\"type\":\"pump\",\"state\":true", .missingField), ("\"state\":true,\"pwm\":1", .missingField),
            ("\"type\":\"\",\"state\":true,\"pwm\":1", .missingField),
            ("\"type\":\"pump\",\"state\":true,\"pwm\":1,\"runtime_ms\":-1", .outOfRange),
        ] as [(String, Refusal.Reason)])
    func `a status that says too little or too much is refused`(members: String, reason: Refusal.Reason) {
        #expect(statusReason(members) == reason)
    }

    @Test func `a status needs its device, its pin and a whole number of seconds`() {
        let rest = "\"type\":\"pump\",\"state\":true,\"pwm\":1}"
        let topic = "actuator/26/status"
        #expect(refusal(topic, "{\"gpio\":26,\"ts\":1,\(rest)") == .missingField)
        #expect(refusal(topic, "{\"esp_id\":\"ESP_7C19F2\",\"ts\":1,\(rest)") == .missingField)
        #expect(refusal(topic, "{\"esp_id\":\"ESP_7C19F2\",\"gpio\":26,\(rest)") == .missingField)
        #expect(refusal(topic, "{\"esp_id\":\"ESP_7C19F2\",\"gpio\":26,\"ts\":1.5,\(rest)") == .wrongType)
        #expect(refusal(topic, "{\"esp_id\":\"ESP_7C19F2\",\"gpio\":25,\"ts\":1,\(rest)") == .gpioMismatch)
        #expect(refusal(topic, "{\"esp_id\":\"ESP_000000\",\"gpio\":26,\"ts\":1,\(rest)") == .idMismatch)
    }

    @Test func `an unknown emergency word counts as a stop`() throws {
        let status = try status("\"type\":\"pump\",\"state\":false,\"pwm\":0,\"emergency\":\"odd\"")
        #expect(status.emergency == .active)
        #expect(status.flags == ["unknown emergency 'odd'"])
    }

    @Test func `a response answers its command`() throws {
        let done = try response(
            """
            {"esp_id":"ESP_7C19F2","gpio":26,"command":"ON","value":1.0,"duration":90,"success":true,\
            "message":"Command executed","correlation_id":"c-90","issued_by":"user:mara"}
            """)
        #expect(
            done
                == ActuatorResponse(
                    gpio: GPIO(26)!, command: CommandID("c-90"), isSuccess: true, message: "Command executed"))
        #expect(try response("{\"success\":false,\"correlation_id\":\"c\"}").isSuccess == false)
    }

    @Test func `a response without a usable correlation id is kept and flagged`() throws {
        let long = String(repeating: "c", count: CommandID.maximumLength + 1)
        for id in [
            "", ",\"correlation_id\":\"\"", ",\"correlation_id\":\"c\\u0000\"", ",\"correlation_id\":\"\(long)\"",
        ] {
            let response = try response("{\"success\":true\(id)}")
            #expect(response.command == nil)
            #expect(response.flags == ["missing correlation_id"])
        }
    }

    @Test func `in a response the topic wins over the payload, flagged`() throws {
        let response = try response(
            "{\"esp_id\":\"ESP_51E0B7\",\"gpio\":99,\"success\":true,\"correlation_id\":\"c-93\"}")
        #expect(response.gpio == GPIO(26))
        #expect(response.flags == ["esp_id 'ESP_51E0B7' contradicts the topic", "gpio 99 contradicts the topic"])
    }

    @Test(arguments: [
        ("\"status\":\"ok\"", true), ("\"status\":\"error\"", false), ("\"success\":\"YES\"", true),
        ("\"success\":\"0\"", false), ("\"success\":\"on\"", true), ("\"success\":\"n\"", false),
    ])
    func `other ways of saying success are understood and flagged`(member: String, isSuccess: Bool) throws {
        let response = try response("{\(member),\"correlation_id\":\"c\",\"mode\":\"digital\",\"value\":1}")
        #expect(response.isSuccess == isSuccess)
        #expect(response.flags.count == 1)
    }

    @Test(
        arguments: [
            ("\"success\":\"maybe\"", .unknownValue), ("\"success\":1", .wrongType),
            ("\"message\":\"x\"", .missingField),
            ("\"status\":\"fine\"", .unknownValue), ("\"success\":true,\"gpio\":\"26\"", .wrongType),
        ] as [(String, Refusal.Reason)])
    func `a response that says neither yes nor no is refused`(member: String, reason: Refusal.Reason) {
        #expect(refusal("actuator/26/response", "{\(member)}") == reason)
    }

    @Test func `free text is cut and made printable`() throws {
        let long = String(repeating: "é", count: 300)
        let message = try response("{\"success\":true,\"message\":\"a\\u0000\\n\(long)\"}").message
        #expect(message.hasPrefix("a  é"))
        #expect(message.utf8.count == 255)
    }

    @Test func `an alert names a pin or the whole device`() throws {
        let rest = "\"esp_id\":\"ESP_7C19F2\",\"ts\":1777599998.5,\"message\":\"m\"}"
        let clock = DeviceClock(wire: 1_777_599_998.5)
        let pin = ActuatorAlert(gpio: GPIO(26)!, type: "runtime_protection", message: "m", clock: clock)
        let whole = ActuatorAlert(gpio: nil, type: "hardware_error", message: "m", clock: clock)
        #expect(
            try message("actuator/26/alert", "{\"gpio\":26,\"alert_type\":\"runtime_protection\",\(rest)")
                == .actuatorAlert(pin))
        #expect(
            try message("actuator/255/alert", "{\"gpio\":255,\"type\":\"hardware_error\",\(rest)")
                == .actuatorAlert(whole))
        #expect(refusal("actuator/26/alert", "{\"gpio\":255,\"type\":\"x\",\(rest)") == .gpioMismatch)
        #expect(refusal("actuator/255/alert", "{\"gpio\":26,\"type\":\"x\",\(rest)") == .gpioMismatch)
        #expect(refusal("actuator/26/alert", "{\"gpio\":26,\(rest)") == .missingField)
        #expect(refusal("actuator/26/alert", "{\"gpio\":26,\"type\":\"a\\nb\",\(rest)") == .outOfRange)
    }
}
