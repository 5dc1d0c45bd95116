import Fleet
import Testing
import TwinCore

@Suite struct RegistrationTests {
    @Test func subscribesInTheFirmwaresOrderThenAnnouncesItselfThenSendsAHeartbeat() {
        var device = SimulatedDevice(specification: .bench, seed: 1)
        let actions = device.connected(at: Dialogue.start)
        #expect(actions.count == 3)
        let prefix = "kaiser/god/esp/ESP_7C19F2/"
        #expect(
            actions.first
                == .subscribe([
                    Subscription(filter: prefix + "system/heartbeat/ack", qos: 1),
                    Subscription(filter: prefix + "config", qos: 2),
                    Subscription(filter: prefix + "system/command", qos: 2),
                    Subscription(filter: "kaiser/broadcast/emergency", qos: 2),
                    Subscription(filter: prefix + "actuator/+/command", qos: 2),
                    Subscription(filter: prefix + "actuator/emergency", qos: 1),
                    Subscription(filter: prefix + "zone/assign", qos: 1),
                    Subscription(filter: prefix + "subzone/assign", qos: 1),
                    Subscription(filter: prefix + "subzone/remove", qos: 1),
                    Subscription(filter: prefix + "subzone/safe", qos: 1),
                    Subscription(filter: prefix + "sensor/+/command", qos: 2),
                    Subscription(filter: "kaiser/god/server/status", qos: 1),
                ]))
        let topics = actions.dropFirst().map { action in
            guard case .publish(let message) = action else { return "" }
            return "\(message.topic) \(message.qos)"
        }
        #expect(topics == [prefix + "session/announce 1", prefix + "system/heartbeat 0"])
    }

    @Test func announcesABootOnceAndThenReconnectsWithRisingEpochs() {
        dialogue { device, _ in
            device.connects()
            device.says(
                "session/announce", #""handover_epoch":1,"session_epoch":1,"reason":"boot""#,
                #""ts_ms":1777600000000,"boot_ts":"1777600000""#)
            device.losesConnection()
            device.waits(5)
            device.connects()
            device.says("session/announce", #""handover_epoch":2"#, #""reason":"reconnect""#)
            #expect(device.state.handoverEpoch == 2)
        }
    }

    @Test func sendsHeartbeatsEveryFiveSecondsUntilAcknowledgedThenEveryMinute() {
        dialogue(hiding: ["session", "actuator", "sensor", "system/heartbeat_metrics", "system/diagnostics"]) {
            device, server in
            device.connects()
            device.says("system/heartbeat", #""active_handover_epoch":1,"handover_completed_epoch":0"#, #""state":10"#)
            device.waits(20)
            #expect(device.count(of: "system/heartbeat") == 4)
            device.mumbles()
            server.acknowledges()
            device.waits(59.9)
            device.saysNothing()
            device.waits(0.1)
            device.says("system/heartbeat", #""handover_completed_epoch":1"#, #""state":9"#, #""uptime":80,"#)
        }
    }

    @Test func letsNoSensorDataNoStatusAndNoAlertOutBeforeItIsAcknowledged() {
        dialogue(hiding: ["system/heartbeat", "session"]) { device, server in
            device.connects()
            device.waits(100)
            device.saysNothing()
            server.acknowledges()
            #expect(device.state.isRegistered)
            for gpio in [14, 25, 26, 27] { device.says("actuator/\(gpio)/status", #""state":false,"pwm":0"#) }
            device.saysNothing()
            device.waits(30)
            #expect(device.count(of: "sensor/") > 0)
        }
    }

    @Test(arguments: [
        #"{"status":"online","server_time":1777600000}"#,
        #"{"status":"online","handover_epoch":0}"#,
        #"{"status":"online","handover_epoch":2}"#,
        #"{"status":"online","handover_epoch":"1"}"#,
        #"{"handover_epoch":1}"#,
        #"{"status":"flying","handover_epoch":1}"#,
        #"{"status":"online","handover_epoch":1"#,
        "",
    ])
    func ignoresAnAcknowledgementThatBreaksTheContract(payload: String) {
        dialogue(hiding: ["system/heartbeat", "session"]) { device, server in
            device.connects()
            server.says("system/heartbeat/ack", payload)
            device.saysNothing()
            #expect(!device.state.isRegistered)
            #expect(device.state.refusedMessages == 1)
        }
    }

    @Test func takesAnyEpochOnceItIsRegistered() {
        dialogue { device, server in
            device.connects()
            server.acknowledges()
            server.acknowledges("online", epoch: 9)
            #expect(device.state.refusedMessages == 0)
            device.losesConnection()
            device.connects()
            server.acknowledges("online", epoch: 1)
            #expect(!device.state.isRegistered)
            server.acknowledges("online", epoch: 2)
            #expect(device.state.isRegistered)
        }
    }

    @Test func keepsTheGateShutWhilePendingButSlowsItsHeartbeats() {
        dialogue(hiding: ["session", "system/heartbeat_metrics"]) { device, server in
            device.connects()
            server.acknowledges("pending_approval")
            device.mumbles()
            device.waits(59)
            device.saysNothing()
            server.commands(26, "ON")
            device.says("actuator/26/response", #""success":false,"message":"Command refused, approval pending""#)
            #expect(!device.output(26).isOn)
            device.waits(1)
            device.says("system/heartbeat", #""system_configured":false"#, #""state":10"#)
            server.acknowledges("approved")
            #expect(device.state.standing == .operational)
            device.says("actuator/14/status")
        }
    }

    @Test func goesIntoItsErrorStateWhenRejectedWithEverythingOff() {
        dialogue { device, server in
            device.connects()
            server.acknowledges()
            server.commands(26, "ON")
            device.mumbles()
            server.acknowledges("rejected")
            device.says("actuator/26/alert", #""alert_type":"safety_forced_off""#)
            device.says("actuator/26/status", #""state":false"#)
            #expect(device.state.standing == .error)
            #expect(!device.output(26).isOn)
            server.commands(26, "ON")
            device.says("actuator/26/response", #""success":false"#)
            device.waits(120)
            device.saysNothing()
        }
    }

    @Test func startsAfreshAfterAPowerCycle() {
        dialogue { device, server in
            device.connects()
            server.acknowledges()
            server.commands(26, "ON", duration: 90)
            server.stops()
            device.mumbles()
            device.reboots()
            #expect(dialogueEnd(of: device) == .disconnect)
            #expect(device.state.bootCount == 2)
            #expect(!device.state.isRegistered && !device.state.isConnected && !device.state.isEmergencyStopped)
            #expect(device.output(26) == SimulatedDevice(specification: .bench, seed: 0).outputs[2])
            #expect(device.state.nextDeadline == nil)
            device.connects()
            device.says("session/announce", #""handover_epoch":1"#, #""reason":"boot""#)
            server.acknowledges()
            device.says("actuator/14/status", #""seq":1,"#)
            let last = device.dialogue.actions.last { action in
                guard case .publish(let message) = action else { return false }
                return message.topic.hasSuffix("system/heartbeat")
            }
            guard case .publish(let heartbeat)? = last else {
                Issue.record("no heartbeat")
                return
            }
            #expect(String(decoding: heartbeat.payload, as: UTF8.self).contains("ESP_7C19F2-b2-r1"))
        }
    }

    private func dialogueEnd(of device: DeviceSide) -> DeviceAction? { device.dialogue.actions.last }

    @Test func adoptsTheServersTimeWhenItHasNone() {
        var clockless = DeviceSpecification.pump
        clockless.hasNetworkTime = false
        dialogue(clockless, hiding: ["session"]) { device, server in
            device.connects()
            device.says("system/heartbeat", #""ts":0,"time_valid":false"#)
            server.acknowledges()
            device.waits(60)
            device.says("actuator/26/status", #""ts":1777600000,"#)
        }
    }

    @Test func leavesAWillThatTheBrokerKeeps() {
        let device = SimulatedDevice(specification: .bench, seed: 1)
        let will = device.will(at: Dialogue.start)
        #expect(will.topic == "kaiser/god/esp/ESP_7C19F2/system/will")
        #expect(will.qos == 1 && will.isRetained)
        let expected =
            #"{"status":"offline","esp_id":"ESP_7C19F2","reason":"unexpected_disconnect","timestamp":1777600000}"#
        #expect(String(decoding: will.payload, as: UTF8.self) == expected)
        #expect(device.clientID == "ESP_7C19F2")
        expectDecodable(will)
    }
}
