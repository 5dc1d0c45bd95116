import Fleet
import Testing
import TwinCore

@Suite struct OfflineTests {
    /// Registers a device and switches its pump on for a time.
    private func runPump(_ device: DeviceSide, _ server: ServerSide, duration: Int = 0) {
        device.connects()
        server.acknowledges()
        server.commands(26, "ON", duration: duration)
        device.mumbles()
    }

    @Test func keepsItsOutputsForThirtySecondsWithoutAConnection() {
        dialogue { device, server in
            runPump(device, server)
            device.losesConnection()
            device.waits(29.9)
            #expect(device.output(26).isOn)
            device.waits(0.1)
            #expect(!device.output(26).isOn)
            #expect(device.state.isOffline)
            device.saysNothing()
        }
    }

    @Test func keepsItsOutputsWhenTheConnectionComesBackInTime() {
        dialogue { device, server in
            runPump(device, server)
            device.losesConnection()
            device.waits(20)
            device.connects()
            device.waits(20)
            #expect(device.output(26).isOn)
            device.mumbles()
            server.acknowledges()
            device.says("actuator/14/status")
            device.says("actuator/25/status")
            device.says("actuator/26/status", #""state":true"#)
        }
    }

    @Test func endsADurationWithoutAConnectionToo() {
        dialogue { device, server in
            runPump(device, server, duration: 10)
            device.losesConnection()
            device.waits(9.9)
            #expect(device.output(26).isOn)
            device.waits(0.1)
            #expect(!device.output(26).isOn)
            #expect(device.output(26).commandSource == "firmware:auto_duration")
        }
    }

    @Test func goesOfflineAfterTwoMinutesWithoutAnAcknowledgement() {
        dialogue { device, server in
            runPump(device, server)
            device.waits(60)
            server.acknowledges()
            device.waits(119.9)
            #expect(device.output(26).isOn)
            device.mumbles()
            device.waits(0.1)
            device.says("actuator/26/alert", #""alert_type":"safety_forced_off""#)
            device.says("actuator/26/status", #""state":false"#)
            #expect(device.state.isOffline)
            server.acknowledges()
            #expect(!device.state.isOffline)
            #expect(!device.output(26).isOn)
        }
    }

    @Test func goesOfflineAtOnceWhenTheServerSaysItIsGone() {
        dialogue { device, server in
            runPump(device, server)
            server.publishes("kaiser/god/server/status", #"{"status":"online","timestamp":1777600000}"#)
            #expect(device.output(26).isOn)
            server.publishes(
                "kaiser/god/server/status",
                #"{"status":"offline","timestamp":1777600000,"reason":"unexpected_disconnect"}"#)
            device.says("actuator/26/alert", #""alert_type":"safety_forced_off""#)
            device.says("actuator/26/status", #""state":false"#)
            #expect(device.state.isOffline)
        }
    }

    @Test func takesServerOfflineForStaleRightAfterConnecting() {
        dialogue { device, server in
            runPump(device, server)
            device.losesConnection()
            device.waits(1)
            device.connects()
            device.waits(14.9)
            server.publishes("kaiser/god/server/status", #"{"status":"offline","timestamp":1777600000}"#)
            #expect(device.output(26).isOn)
            device.waits(0.1)
            server.publishes("kaiser/god/server/status", #"{"status":"offline","timestamp":1777600000}"#)
            #expect(!device.output(26).isOn)
        }
    }

    @Test func neverHearsAnythingWithoutAConnection() {
        dialogue { device, server in
            runPump(device, server)
            device.losesConnection()
            server.commands(27, "ON")
            server.stops()
            device.saysNothing()
            #expect(!device.output(27).isOn)
            #expect(device.output(26).isOn)
        }
    }

    @Test func saysInItsCountersHowOftenItWasOffline() {
        dialogue(hiding: ["session", "sensor", "actuator", "system/heartbeat"]) { device, server in
            runPump(device, server)
            device.losesConnection()
            device.waits(31)
            device.connects()
            server.acknowledges()
            device.waits(60)
            let metrics = device.dialogue.actions.last { action in
                guard case .publish(let message) = action else { return false }
                return message.topic.hasSuffix("heartbeat_metrics")
            }
            guard case .publish(let message)? = metrics else {
                Issue.record("no counters")
                return
            }
            let text = String(decoding: message.payload, as: UTF8.self)
            #expect(text.contains(#""offline_enter_count":1,"adopting_enter_count":1"#))
        }
    }
}
