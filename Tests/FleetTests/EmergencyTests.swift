import Fleet
import Testing
import TwinCore

@Suite struct EmergencyTests {
    private func running(
        _ specification: DeviceSpecification = .bench, _ script: (DeviceSide, ServerSide) -> Void
    ) {
        dialogue(specification) { device, server in
            device.connects()
            server.acknowledges()
            server.commands(26, "ON", duration: 600)
            server.commands(25, "PWM", value: 0.4)
            device.mumbles()
            script(device, server)
        }
    }

    private func expectAllOff(_ device: DeviceSide, location: SourceLocation = #_sourceLocation) {
        #expect(device.state.outputs.allSatisfy { !$0.isOn && $0.isEmergencyStopped }, sourceLocation: location)
        #expect(device.state.isEmergencyStopped, sourceLocation: location)
    }

    @Test func switchesEverythingOffThenSaysSoForEachOutputThenAcknowledges() {
        running { device, server in
            server.stops("inc-9")
            expectAllOff(device)
            for gpio in [14, 25, 26, 27] {
                device.says("actuator/\(gpio)/alert", #""alert_type":"emergency_stop""#)
                device.says("actuator/\(gpio)/status", #""state":false,"pwm":0"#, #""emergency":"active""#)
            }
            device.says(
                "actuator/emergency/ack", #""correlation_id":"inc-9","command":"emergency_stop","gpio_count":4"#,
                #""outcome":"executed""#)
            device.saysNothing()
        }
    }

    @Test(arguments: [
        #"{"command":"emergency_stop","reason":"leak","timestamp":"2026-05-01T01:46:40+00:00"}"#,
        #"{"command":"stop_all"}"#,
        #"{"action":"stop_all","reason":"drill"}"#,
        #"{"action":"emergency_stop"}"#,
        #"{"command":"stop_all","action":"stop_all"}"#,
    ])
    func obeysABroadcastStop(payload: String) {
        running { device, server in
            server.broadcasts(payload)
            expectAllOff(device)
        }
    }

    @Test(arguments: [
        #"{"command":"clear_emergency"}"#, #"{"command":"emergency_stop","timestamp":1777600000}"#,
        #"{"command":"halt"}"#, #"{"reason":"leak"}"#, #"{"command":"emergency_stop""#, "",
    ])
    func refusesABroadcastItDoesNotKnow(payload: String) throws {
        running { device, server in
            server.broadcasts(payload)
            device.saysNothing()
            #expect(device.output(26).isOn)
            #expect(device.state.refusedMessages == 1)
        }
    }

    @Test(arguments: [
        #"{"command":1}"#, #"{"command":{"x":1}}"#, #"{"command":["emergency_stop"]}"#, #"{"action":true}"#,
        #"{"command":"clear_emergency","action":"emergency_stop"}"#,
        #"{"command":"emergency_stop","action":"stop_all"}"#,
        #"{"command":"emergency_stop","auth_token":5}"#, #"{"command":7,"timestamp":1777600000}"#,
    ])
    func stopsWhenNobodyCanTellWhatABroadcastMeans(payload: String) {
        running(.bench.withTokens) { device, server in
            server.broadcasts(payload)
            expectAllOff(device)
        }
    }

    @Test func stopsWhenItsOwnEmergencyMessageIsUnclear() {
        running { device, server in
            server.says("actuator/emergency", #"{"command":42}"#)
            expectAllOff(device)
        }
    }

    @Test func refusesEveryCommandWhileStopped() {
        running { device, server in
            server.stops()
            device.mumbles()
            device.waits(20)
            for word in ["ON", "OFF", "PWM", "BLINK"] {
                server.commands(26, word)
                device.says("actuator/26/response", #""success":false,"message":"Emergency stop active""#)
                device.says("actuator/26/alert", #""alert_type":"emergency_stop""#)
                device.says("actuator/26/status", #""state":false"#, #""emergency":"active""#)
            }
            #expect(!device.output(26).isOn)
        }
    }

    @Test func refusesAClearingWithinFiveSeconds() {
        running { device, server in
            server.stops()
            device.mumbles()
            device.waits(4.999)
            server.clears()
            device.says("actuator/255/alert", #""gpio":255,"alert_type":"verification_failed""#)
            device.says("actuator/emergency/error", #""error":"clear_failed""#)
            device.saysNothing()
            expectAllOff(device)
        }
    }

    @Test func settlesTwoSecondsAfterAClearingAndRestoresNothing() {
        running { device, server in
            server.stops()
            device.mumbles()
            device.waits(5)
            server.clears("inc-9")
            device.saysNothing()
            device.waits(1.9)
            server.commands(26, "ON")
            device.says("actuator/26/response", #""success":false"#)
            device.says("actuator/26/alert")
            device.says("actuator/26/status", #""emergency":"clearing""#)
            device.saysNothing()
            device.waits(0.1)
            for gpio in [14, 25, 26, 27] {
                device.says("actuator/\(gpio)/status", #""state":false"#, #""emergency":"normal""#)
            }
            device.says(
                "actuator/recovery_confirm", #""correlation_id":"inc-9","command":"clear_emergency","state":"cleared""#)
            device.says("actuator/emergency/response", #""status":"emergency_cleared","timestamp":7000"#)
            device.saysNothing()
            #expect(device.state.outputs.allSatisfy { !$0.isOn && !$0.isEmergencyStopped })
            server.commands(26, "ON")
            #expect(device.output(26).isOn)
        }
    }

    @Test func beginsAnewWhenStoppedAgainWhileSettling() {
        running { device, server in
            server.stops()
            device.waits(5)
            server.clears()
            device.waits(1)
            server.stops()
            device.mumbles()
            device.waits(4)
            device.saysNothing()
            server.clears()
            device.says("actuator/255/alert")
            expectAllOff(device)
        }
    }

    @Test func stopsBeforeItIsRegisteredWithoutAWordAndShowsItAfterwards() {
        running { device, server in
            device.losesConnection()
            device.connects()
            device.mumbles()
            #expect(device.output(26).isOn)
            server.stops()
            expectAllOff(device)
            device.saysNothing()
            server.clears()
            device.says("actuator/emergency/error", #""error":"clear_failed""#)
            server.acknowledges()
            device.says("actuator/14/status", #""emergency":"active""#)
        }
    }

    @Test func wantsItsTokens() {
        running(.bench.withTokens) { device, server in
            server.stops()
            device.says("actuator/emergency/error", #""error":"unauthorized","message":"Invalid auth_token""#)
            device.says("system/error", #""error_code":3500,"severity":3,"category":"COMMUNICATION""#)
            server.broadcasts(#"{"command":"stop_all","auth_token":"t0ken"}"#)
            device.says("actuator/emergency/error", #""error":"unauthorized""#)
            #expect(!device.state.isEmergencyStopped)
            server.says("actuator/emergency", #"{"command":"emergency_stop","auth_token":"t0ken"}"#)
            expectAllOff(device)
            device.waits(5)
            server.clears()
            device.waits(2)
            #expect(device.state.isEmergencyStopped)
            server.says("actuator/emergency", #"{"command":"clear_emergency","auth_token":"t0ken"}"#)
            device.waits(2)
            #expect(!device.state.isEmergencyStopped)
            server.broadcasts(#"{"command":"stop_all","auth_token":"every0ne"}"#)
            expectAllOff(device)
        }
    }

    @Test func confirmsAClearingThatFindsNothingStoppedAndLeavesOutputsAlone() {
        running { device, server in
            server.clears("inc-9")
            server.commands(27, "ON")
            device.says("actuator/27/response", #""success":true"#)
            device.mumbles()
            device.waits(2)
            device.says("actuator/14/status", #""emergency":"normal""#)
            device.mumbles()
            #expect(!device.state.isEmergencyStopped)
            #expect(device.output(26).isOn && device.output(27).isOn)
        }
    }
}
