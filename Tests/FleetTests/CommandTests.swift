import Fleet
import Testing
import TwinCore

@Suite struct CommandTests {
    @Test func answersACommandThenReportsItsEffect() {
        registered { device, server in
            server.commands(26, "ON", duration: 90, id: "c-17")
            device.says(
                "actuator/26/response", #""command":"ON","value":1.000,"duration":90,"success":true"#,
                #""message":"Command executed","correlation_id":"c-17","issued_by":"user:mara""#)
            device.says(
                "actuator/26/status", #""type":"pump","state":true,"pwm":255,"runtime_ms":0,"emergency":"normal""#,
                #""command_source":"user:mara""#)
            device.saysNothing()
            #expect(device.output(26).onSince == device.dialogue.now.uptime)
        }
    }

    @Test func endsAnOnByItselfAfterItsDuration() {
        registered { device, server in
            server.commands(26, "ON", duration: 12)
            device.mumbles()
            device.waits(11.9)
            device.saysNothing()
            device.waits(0.1)
            device.says(
                "actuator/26/status", #""state":false,"pwm":0,"runtime_ms":12000"#,
                #""command_source":"firmware:auto_duration""#)
        }
    }

    @Test func endsADurationBeforeItTakesALaterMessage() {
        registered { device, server in
            server.commands(26, "ON", duration: 12)
            device.mumbles()
            device.dialogue.passUnnoticed(seconds: 13)
            server.commands(27, "ON")
            device.says("actuator/26/status", #""state":false"#)
            device.says("actuator/27/response", #""success":true"#)
        }
    }

    @Test func heedsADurationOnlyWithOn() {
        registered { device, server in
            server.commands(25, "PWM", value: 0.5, duration: 5)
            server.commands(27, "TOGGLE", duration: 5)
            device.waits(60)
            #expect(device.output(25).isOn)
            #expect(device.output(27).isOn)
        }
    }

    @Test func carriesTheSameCommandOutAgainWithAFreshDuration() {
        registered { device, server in
            server.commands(26, "ON", duration: 10, id: "c-1")
            device.waits(8)
            server.commands(26, "ON", duration: 10, id: "c-1")
            device.waits(9)
            #expect(device.output(26).isOn)
            device.waits(1)
            #expect(!device.output(26).isOn)
        }
    }

    @Test(arguments: [
        (26, "ON", 1.0, 255), (26, "on", 0.2, 255), (26, "PWM", 0.5, 255), (26, "PWM", 0.49, 0),
        (14, "PWM", 1.0, 255), (26, "TOGGLE", 0.0, 255), (27, "ON", 1.0, 254), (27, "pwm", 0.3, 0),
        (27, "PWM", 0.33, 127), (27, "PWM", 0.65, 127), (27, "PWM", 0.66, 254), (25, "PWM", 0.4, 102),
        (25, "PWM", 1.0, 255), (25, "PWM", 7.0, 255), (25, "PWM", -1.0, 0), (25, "ON", 1.0, 255), (25, "ON", 0.4, 102),
    ])
    func drivesEachKindInItsOwnWay(gpio: Int, word: String, value: Double, level: Int) throws {
        registered { device, server in
            server.commands(gpio, word, value: value)
            device.says("actuator/\(gpio)/response", #""command":"\#(word)""#, #""success":true"#)
            device.says("actuator/\(gpio)/status", #""pwm":\#(level),"#, #""state":\#(level > 0)"#)
            #expect(device.output(gpio).level == level)
        }
    }

    @Test(arguments: [14, 25, 26, 27])
    func switchesEachKindOffAndToggles(gpio: Int) {
        registered { device, server in
            server.commands(gpio, "ON")
            server.commands(gpio, "OFF", value: 0)
            #expect(!device.output(gpio).isOn)
            server.commands(gpio, "TOGGLE")
            #expect(device.output(gpio).isOn)
            server.commands(gpio, "toggle")
            #expect(!device.output(gpio).isOn)
            #expect(device.output(gpio).onSince == nil)
        }
    }

    @Test func refusesWhatItCannotDo() {
        registered { device, server in
            server.commands(33, "ON")
            device.says(
                "actuator/33/response", #""gpio":33"#,
                #""success":false,"message":"Actuator not configured on GPIO 33.""#)
            device.says("system/error", #""error_code":1052,"severity":2"#)
            server.commands(26, "BLINK")
            device.says("actuator/26/response", #""command":"BLINK""#, #""message":"Unknown command""#)
            server.says("actuator/26/command", #"{"action":"set","mode":"digital","value":1}"#)
            device.says("actuator/26/response", #""command":"","#, #""success":false,"message":"Unknown command""#)
            server.commands(26, "ON", value: 1.5)
            device.says("actuator/26/response", #""message":"Failed to turn actuator ON""#)
            server.says("actuator/27/command", #"{"command":"PWM"}"#)
            device.says("actuator/27/response", #""message":"Failed to set actuator PWM""#)
            device.saysNothing()
            server.says("actuator/26/command", #"{"command":"ON""#)
            server.says("actuator/x/command", #"{"command":"ON"}"#)
            device.saysNothing()
            #expect(device.state.outputs.allSatisfy { !$0.isOn })
        }
    }

    @Test func refusesTheSixtyFirstActivationWithinAnHour() {
        registered(.pump) { device, server in
            for _ in 1...60 {
                server.commands(26, "ON")
                server.commands(26, "OFF", value: 0)
                device.waits(10)
            }
            device.mumbles()
            server.commands(26, "ON")
            device.says("actuator/26/response", #""success":false,"message":"Failed to turn actuator ON""#)
            #expect(!device.output(26).isOn)
            device.waits(3000)
            server.acknowledges()
            device.mumbles()
            server.commands(26, "ON")
            device.says("actuator/26/response", #""success":true"#)
        }
    }

    @Test func doesNotCountActivationsOfDimmersAndValves() {
        registered { device, server in
            for _ in 1...61 {
                server.commands(25, "ON")
                server.commands(25, "OFF", value: 0)
            }
            server.commands(25, "ON")
            #expect(device.output(25).isOn)
        }
    }

    @Test func stopsAnOutputThatRunsTooLongAndWantsAClear() {
        registered { device, server in
            server.commands(14, "ON")
            server.attends(seconds: 540)
            server.commands(14, "ON")
            device.waits(59.9)
            #expect(device.output(14).isOn)
            device.mumbles()
            device.waits(0.1)
            device.says("actuator/14/alert", #""alert_type":"runtime_protection""#)
            device.says("actuator/14/status", #""state":false"#, #""runtime_ms":600000"#, #""emergency":"active""#)
            device.mumbles()
            server.commands(14, "ON")
            device.says("actuator/14/response", #""success":false"#)
            device.says("actuator/14/alert", #""alert_type":"emergency_stop""#)
            device.says("actuator/14/status", #""emergency":"active""#)
            server.commands(26, "ON")
            device.says("actuator/26/response", #""success":true"#)
            device.mumbles()
            server.clears()
            device.waits(2)
            device.mumbles()
            server.commands(14, "ON")
            device.says("actuator/14/response", #""success":true"#)
        }
    }

    @Test func reportsAllOutputsEveryThirtySeconds() {
        registered { device, server in
            server.commands(25, "PWM", value: 0.4)
            device.mumbles()
            device.waits(29.9)
            device.saysNothing()
            device.waits(0.1)
            device.says("actuator/14/status", #""state":false"#)
            device.says("actuator/25/status", #""pwm":102,"runtime_ms":30000"#)
            device.says("actuator/26/status")
            device.says("actuator/27/status")
            device.saysNothing()
        }
    }

    @Test func refusesCommandsUntilItIsRegisteredOffIncluded() {
        registered { device, server in
            server.commands(26, "ON", duration: 600)
            device.losesConnection()
            device.connects()
            device.mumbles()
            server.commands(26, "OFF", value: 0)
            device.says("actuator/26/response", #""success":false,"message":"Command refused, registration pending""#)
            #expect(device.output(26).isOn)
        }
    }

    @Test func cutsTextsToItsBuffers() {
        registered { device, server in
            let long = String(repeating: "x", count: 62) + "äy"
            server.says("actuator/26/command", #"{"command":"ON","value":1,"issued_by":"\#(long)"}"#)
            let kept = String(repeating: "x", count: 62)
            device.says("actuator/26/response", #""issued_by":"\#(kept)""#)
            device.says("actuator/26/status", #""command_source":"\#(kept)""#)
        }
    }
}
