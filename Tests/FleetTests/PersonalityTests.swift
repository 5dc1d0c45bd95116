import Fleet
import Testing
import TwinCore

@Suite struct PersonalityTests {
    private static let twoSections =
        #""sensors":[{"gpio":34,"sensor_type":"ph","sensor_name":"p"}],"#
        + #""actuators":[{"gpio":26,"type":"pump","name":"drip"},{"gpio":25,"type":"pwm","name":"fan"}]"#

    @Test func refusesSomeItemsUntilItGivesIn() {
        let device = DeviceSpecification.bench.with {
            $0.refusedPins = [.pin(26)]
            $0.refusals = 2
        }
        registered(device) { device, server in
            for _ in 0..<2 {
                server.configures(Self.twoSections)
                device.says("config_response", #""type":"sensor""#, "success")
                device.says("config_response", #""status":"error","type":"actuator""#, #""NVS_WRITE_FAILED""#)
                device.saysNothing()
                #expect(device.state.configuration.actuators.first { $0.gpio == .pin(26) }?.name == "pump 26")
            }
            server.configures(Self.twoSections)
            device.says("config_response", "success")
            device.says("config_response", #""type":"actuator","count":2"#)
        }
    }

    @Test func answersOnlyTheFirstSection() {
        registered(.bench.with { $0.answersFirstSectionOnly = true }) { device, server in
            server.configures(Self.twoSections)
            device.says("config_response", #""type":"sensor""#)
            device.saysNothing()
            #expect(device.state.configuration.actuators.contains { $0.name == "drip" })
        }
    }

    @Test func losesEveryAnswerAndSaysEverythingElse() {
        registered(.bench.with { $0.lostAnswers = 1 }) { device, server in
            server.configures(Self.twoSections)
            server.assigns(zone: "tent_b")
            server.orders("status")
            device.saysNothing()
            server.commands(26, "ON")
            device.says("actuator/26/status", #""state":true"#)
            server.stops()
            device.says("actuator/14/alert")
            #expect(device.state.configuration.zone == "tent_b")
        }
    }

    @Test func losesSomeAnswersAndTheSameOnesEachTime() {
        func answers(seed: UInt64) -> [Int] {
            let run = Dialogue(.bench.with { $0.lostAnswers = 0.5 }, seed: seed, hiding: Dialogue.chatter)
            let server = ServerSide(dialogue: run)
            run.absorb(run.device.connected(at: run.now))
            server.acknowledges()
            run.forget()
            return (0..<40).map { number in
                server.orders("status")
                defer { run.forget() }
                return run.unread.isEmpty ? 0 : number
            }
        }
        let first = answers(seed: 3)
        #expect(first == answers(seed: 3))
        #expect(first != answers(seed: 4))
        #expect((10...30).contains(first.count { $0 > 0 }))
    }

    @Test func answersTwiceWithTheSameNumber() {
        registered(.bench.with { $0.repeatedAnswers = 1 }) { device, server in
            server.assigns(zone: "tent_b")
            let first = device.dialogue.next()
            #expect(first != nil && first == device.dialogue.next())
            device.saysNothing()
        }
    }

    @Test func answersLateInOrderUnlessTheConnectionBreaks() {
        registered(.bench.with { $0.answerDelayMilliseconds = 1500 }) { device, server in
            server.configures(Self.twoSections)
            device.waits(0.5)
            server.assigns(zone: "tent_b")
            device.saysNothing()
            device.waits(1)
            device.says("config_response", "sensor")
            device.says("config_response", "actuator")
            device.saysNothing()
            device.waits(0.5)
            device.says("zone/ack")
            server.orders("status")
            device.losesConnection()
            device.connects()
            device.mumbles()
            device.waits(4)
            device.saysNothing()
        }
    }

    @Test func forgetsItsConfigurationAndTakesNoCommandUntilItHasAnother() {
        let chatter = ["system/heartbeat", "system/diagnostics", "sensor/", "session", "system/intent_outcome"]
        let device = DeviceSpecification.bench.with { $0.forgets = [.sensors, .actuators, .zone] }
        registered(device, hiding: chatter) { device, server in
            device.reboots()
            #expect(device.state.configuration.asDesired == Desired(zone: ZoneWish(id: "")))
            #expect(device.state.awaitsConfiguration)
            device.connects()
            server.acknowledges()
            device.saysNothing()
            server.configures(#""actuators":[{"gpio":26,"type":"pump","name":"drip"}]"#)
            device.says("config_response")
            server.commands(26, "ON")
            device.says("actuator/26/response", #""message":"Command refused, configuration pending""#)
            server.configures(Self.twoSections)
            #expect(!device.state.awaitsConfiguration)
            device.mumbles()
            server.commands(26, "ON")
            device.says("actuator/26/response", #""success":true"#)
        }
    }

    @Test func tellsOfItsWaitForAConfiguration() {
        registered(
            .bench.with { $0.forgets = [.actuators] }, hiding: Dialogue.chatter.filter { $0 != "system/intent_outcome" }
        ) {
            device, server in
            device.reboots()
            device.connects()
            device.mumbles()
            server.acknowledges()
            device.says(
                "system/intent_outcome/lifecycle", #""event_type":"entered_config_pending""#,
                #""reason_code":"RUNTIME_CONFIG_LOST""#, #""state_after":"CONFIG_PENDING_AFTER_RESET""#,
                #""sensor_count":6,"actuator_count":0"#)
            server.configures(#""sensors":[{"gpio":34,"sensor_type":"ph","sensor_name":"p"}]"#)
            device.says("system/intent_outcome")
            device.says("config_response")
            device.says("system/intent_outcome")
            device.says("system/intent_outcome/lifecycle", "exit_blocked_config_pending")
            server.configures(Self.twoSections)
            for _ in 0..<4 { _ = device.dialogue.next() }
            device.says("system/intent_outcome/lifecycle", "exited_config_pending", #""state_after":"OPERATIONAL""#)
        }
    }

    @Test func restoresOnlyTenSensors() {
        registered(.bench.with { $0.restoresTenSensors = true }) { device, server in
            for number in 10..<18 {
                server.configures(
                    #""sensors":[{"gpio":4,"sensor_type":"ds18b20","sensor_name":"s","onewire_address":"28000000000000\#(number)"}]"#
                )
            }
            #expect(device.state.configuration.sensors.count == 14)
            device.reboots()
            #expect(device.state.configuration.sensors.count == 10)
        }
    }

    @Test func liesAboutWhatItRuns() {
        let device = DeviceSpecification.bench.with {
            $0.sensorCountError = 2
            $0.actuatorCountError = -9
        }
        dialogue(device, hiding: ["session"]) { device, _ in
            device.connects()
            device.says("system/heartbeat", #""sensor_count":8,"actuator_count":0"#)
        }
    }

    @Test func hasAClockOfItsOwn() {
        dialogue(.bench.with { $0.clockOffsetMilliseconds = -90_000 }, hiding: ["session"]) { device, _ in
            device.connects()
            device.says("system/heartbeat", #""ts":1777599910,"time_valid":true"#)
        }
        dialogue(.bench.with { $0.clockDriftPartsPerMillion = 100_000 }, hiding: ["session"]) { device, _ in
            device.connects()
            device.mumbles()
            device.waits(50)
            device.mumbles()
            device.waits(5)
            device.says("system/heartbeat", #""ts":1777600060,"time_valid":true"#)
        }
        dialogue(.bench.with { $0.hasNoClock = true }, hiding: ["session", "actuator", "system/d", "sensor"]) {
            device, server in
            device.connects()
            server.acknowledges()
            device.mumbles()
            device.waits(60)
            device.says("system/heartbeat", #""ts":0,"time_valid":false"#)
        }
    }

    @Test func wantsATokenThatItDoesNotHold() {
        registered(.bench.with { $0.needsTokens = true }) { device, server in
            server.stops()
            device.says("actuator/emergency/error", "unauthorized")
            device.says("system/error", "3501")
            #expect(!device.state.isEmergencyStopped)
            server.orders("set_emergency_token", #","token":"t","token_type":"esp""#)
            server.says("actuator/emergency", #"{"command":"emergency_stop","auth_token":"t"}"#)
            #expect(device.state.isEmergencyStopped)
        }
    }

    @Test func usesTheDocumentedTopics() {
        let device = DeviceSpecification.bench.with {
            $0.usesDocumentedTopics = true
            $0.asksForProcessing = true
        }
        dialogue(device, hiding: ["session", "system", "actuator"]) { device, server in
            device.connects()
            guard case .subscribe(let filters)? = device.dialogue.actions.first else {
                Issue.record("the device does not subscribe")
                return
            }
            #expect(filters.map(\.filter).contains("kaiser/god/esp/ESP_7C19F2/library/chunk"))
            server.acknowledges()
            device.says("status", #""system_state":"OPERATIONAL""#, #""sensors_configured":6"#)
            server.orders("safe_mode")
            device.says("safe_mode", #""safe_mode_active":true"#)
            server.says("subzone/safe", #"{"subzone_id":"bench_1","action":"enable"}"#)
            device.says("subzone/status", #""subzone_id":"bench_1","safe_mode":true"#)
            server.measures(34)
            device.says("sensor/34/data")
            device.says("pi_enhanced/request", #"{"gpio":34,"raw_value":"#, #""type":"analog","sensor_type":"ph"}"#)
        }
    }

    @Test func tellsStagesIfAsked() {
        registered(.bench.with { $0.tellsStages = true }, hiding: ["system/h", "system/d", "sensor", "actuator"]) {
            device, server in
            server.commands(26, "ON", id: "c-4")
            device.says(
                "system/intent_outcome/lifecycle", #""schema":"intent_chain_stage_v1""#,
                #""stage":"accepted","intent_id":"c-4""#)
            device.says("system/intent_outcome")
        }
    }

    @Test func waitsToBeConfiguredAsADeviceFromTheShelf() {
        registered(.bench.with { $0.startsUnconfigured = true }) { device, server in
            #expect(device.state.outputs.isEmpty && !device.state.awaitsConfiguration)
            server.assigns(zone: "tent_a")
            server.configures(Self.twoSections)
            #expect(device.state.outputs.map(\.gpio) == [.pin(25), .pin(26)])
        }
    }

    @Test func drivesDefaultsOnlyWhereTheyAreConfigured() {
        registered { device, server in
            server.configures(
                #""actuators":[{"gpio":25,"type":"pwm","name":"fan","default_state":true,"default_pwm":100},"#
                    + #"{"gpio":26,"type":"pump","name":"p","default_state":true}]"#)
            server.commands(14, "ON")
            device.losesConnection()
            device.waits(30)
            #expect(device.output(25).level == 100 && device.output(26).isOn && !device.output(14).isOn)
        }
    }
}
