import Fleet
import Testing
import TwinCore

@Suite struct SystemCommandTests {
    @Test(arguments: ["status", "diagnostics", "get_config", "safe_mode", "exit_safe_mode"])
    func answersTheWordsItKnows(word: String) {
        registered { device, server in
            server.orders(word)
            device.says(
                "system/command/response", #""command":"\#(word)","success":true,"esp_id":"ESP_7C19F2""#,
                #""ts":1777600000"#)
            device.saysNothing()
        }
    }

    @Test(arguments: ["STATUS", "Diagnostics", "reboot", "RESET", ""])
    func knowsNoOtherSpelling(word: String) {
        registered(hiding: ["system/heartbeat", "system/diagnostics", "sensor/"]) { device, server in
            server.orders(word)
            device.says("system/intent_outcome", #""outcome":"rejected""#, #""code":"UNKNOWN_COMMAND""#)
            device.says(
                "system/command/response", #""command":"\#(word)","success":false"#,
                #""error":"Unknown command","reason_code":"UNKNOWN_COMMAND","state":"OPERATIONAL""#)
            device.saysNothing()
        }
    }

    @Test func obeysSomeWordsBeforeItIsApproved() {
        dialogue { device, server in
            device.connects()
            server.acknowledges("pending_approval")
            device.mumbles()
            server.orders("status")
            device.says("system/command/response", #""success":true"#, #""system_state":"PENDING_APPROVAL""#)
            server.orders("set_emergency_token", #","token":"x","token_type":"esp""#)
            device.says("system/command/response", #""success":false"#, #""PENDING_APPROVAL_BLOCKED""#)
            #expect(device.state.emergencyToken == nil)
        }
    }

    @Test func keepsItsOutputsOffInSafeMode() {
        registered { device, server in
            server.commands(26, "ON")
            device.mumbles()
            server.orders("safe_mode")
            device.says("actuator/26/status", #""state":false"#)
            device.says("system/command/response", #""success":true"#)
            #expect(device.state.isInSafeMode)
            server.commands(26, "ON")
            device.says("actuator/26/response", #""success":false,"message":"Command refused, device in safe mode""#)
            server.orders("exit_safe_mode")
            device.says("system/command/response")
            server.commands(26, "ON")
            #expect(device.output(26).isOn)
        }
    }

    @Test func findsWhatIsWiredToTheBus() {
        registered { device, server in
            server.orders("onewire/scan", #","params":{"pin":4}"#)
            device.says(
                "onewire/scan_result", #"{"devices":[{"rom_code":"28AA11BB22CC33D4","device_type":"DS18B20","pin":4}]"#,
                #""found_count":1"#)
            device.says(
                "system/command/response", #"{"command":"onewire/scan","status":"ok","found_count":1,"pin":4}"#)
            server.orders("onewire/scan", #","pin":5"#)
            device.says("onewire/scan_result", #""devices":[],"found_count":0"#)
            device.says("system/command/response", #""found_count":0,"pin":5"#)
            server.orders("onewire/scan", #","pin":12"#)
            device.says("system/command/response", #""success":false"#, "VALIDATION_FAIL")
        }
    }

    @Test func takesALogLevelItKnows() {
        registered { device, server in
            server.orders("set_log_level", #","params":{"level":"debug"}"#)
            device.says("system/command/response", #""level":"DEBUG","persisted":true"#)
            server.orders("set_log_level", #","level":"LOUD""#)
            device.says("system/command/response", #""success":false"#)
        }
    }

    @Test func heedsTheTokensItIsGiven() {
        registered { device, server in
            server.orders("set_emergency_token", #","token":"s3cret","token_type":"esp""#)
            device.says("system/command/response", #""success":true"#, #""token_type":"esp""#)
            server.orders("set_emergency_token", #","params":{"token":"all","token_type":"broadcast"}"#)
            device.says("system/command/response", #""token_type":"broadcast""#)
            server.stops()
            device.says("actuator/emergency/error", "unauthorized")
            device.says("system/error", "3500")
            device.reboots()
            device.connects()
            server.acknowledges()
            server.broadcasts(#"{"command":"stop_all","auth_token":"s3cret"}"#)
            #expect(!device.state.isEmergencyStopped)
            server.broadcasts(#"{"command":"stop_all","auth_token":"all"}"#)
            #expect(device.state.isEmergencyStopped)
        }
    }

    @Test func resetsNothingWithoutAConfirmation() {
        registered { device, server in
            server.orders("factory_reset", #","params":{"confirm":true}"#)
            device.says("system/command/response", #""success":false"#, #""VALIDATION_FAIL""#)
            #expect(device.state.configuration.zone == "tent_a")
        }
    }

    @Test func takesCredentialsThatAreLongEnough() {
        registered { device, server in
            server.says("mqtt/auth_update", #"{"enabled":true,"username":"me","password":"long enough"}"#)
            device.says("mqtt/auth_status", #""success":false,"mode":"anonymous""#, #""error":"#)
            #expect(device.state.username == nil && device.state.isConnected)
            server.says("mqtt/auth_update", #"{"enabled":true,"username":"esp","password":"long enough"}"#)
            device.says("mqtt/auth_status", #""success":true,"mode":"authenticated","username":"esp""#)
            server.says("mqtt/auth_update", #"{"enabled":false,"force_reconnect":true}"#)
            device.says("mqtt/auth_status", #""success":true,"mode":"anonymous""#)
            #expect(device.dialogue.actions.last == .disconnect)
        }
    }

    @Test func leavesTheListsOutOfAConfigurationTooLongToSay() {
        registered { device, server in
            for number in 10..<24 {
                server.configures(
                    #""sensors":[{"gpio":4,"sensor_type":"ds18b20","sensor_name":"s","onewire_address":"28000000000000\#(number)"}]"#
                )
            }
            device.mumbles()
            server.orders("get_config")
            guard let answer = device.dialogue.next() else {
                Issue.record("the device does not answer")
                return
            }
            #expect(answer.payload.count <= Firmware.maximumOutboundBytes)
            #expect(String(decoding: answer.payload, as: UTF8.self).contains(#""sensor_count":20"#))
        }
    }
}
