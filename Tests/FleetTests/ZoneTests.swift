import Fleet
import Testing
import TwinCore

@Suite struct ZoneTests {
    @Test func movesToAZoneAndSaysSoEverywhere() {
        registered(hiding: ["system/intent", "system/diagnostics", "sensor", "actuator"]) { device, server in
            server.assigns(zone: "tent_b")
            device.says(
                "zone/ack", #""status":"zone_assigned","zone_id":"tent_b","master_zone_id":"site_2""#,
                #""correlation_id":"z-1""#)
            device.waits(60)
            device.says("system/heartbeat", #""zone_id":"tent_b","master_zone_id":"site_2","zone_assigned":true"#)
            #expect(device.state.configuration.asDesired.zone == ZoneWish(id: "tent_b", masterID: "site_2", name: "Z"))
        }
    }

    @Test func leavesItsZoneWithItsSubzonesAndTakesNoCommandUntilItIsAcknowledged() {
        registered { device, server in
            server.assigns(zone: "", id: "z-2")
            device.says(
                "zone/ack", #""status":"zone_removed","zone_id":"","master_zone_id":"""#, #""correlation_id":"z-2""#)
            #expect(device.state.configuration.subzones.isEmpty)
            server.commands(26, "ON")
            device.says("actuator/26/response", "approval pending")
            server.acknowledges()
            server.commands(26, "ON")
            device.says("actuator/26/response", #""success":true"#)
        }
    }

    @Test(arguments: [
        (#"{"zone_id":7,"correlation_id":"z"}"#, "VALIDATION_ERROR"),
        (#"{"zone_id":"a23456789012345678901234567890123","correlation_id":"z"}"#, "VALIDATION_ERROR"),
        ("{", "JSON_PARSE_ERROR"),
    ])
    func refusesAZoneItCannotStore(payload: String, code: String) {
        registered { device, server in
            server.says("zone/assign", payload)
            device.says("zone/ack", #""status":"error","zone_id":"tent_a""#, #""reason_code":"\#(code)""#)
            #expect(device.state.configuration.zone == "tent_a")
        }
    }

    @Test func belongsToAnotherRelayFromThenOn() {
        registered { device, server in
            server.says("zone/assign", #"{"zone_id":"t","kaiser_id":"east","correlation_id":"z"}"#)
            device.says("zone/ack", "zone_assigned")
            guard case .subscribe(let filters)? = device.dialogue.actions.last else {
                Issue.record("the device does not subscribe anew")
                return
            }
            #expect(filters.map(\.filter).contains("kaiser/east/esp/ESP_7C19F2/config"))
            server.says("zone/assign", #"{"zone_id":"u"}"#)
            device.saysNothing()
            server.publishes("kaiser/east/esp/ESP_7C19F2/zone/assign", #"{"zone_id":"u"}"#)
            #expect(device.state.configuration.zone == "u")
        }
    }

    @Test func assignsAndRemovesASubzone() {
        registered { device, server in
            server.assigns(subzone: "s_1", pins: "26,25")
            device.says(
                "subzone/ack", #""status":"subzone_assigned","subzone_id":"s_1","timestamp":1777600000"#,
                #""correlation_id":"sz-1""#)
            #expect(
                device.state.configuration.asDesired.subzones["s_1"]
                    == SubzoneWish(name: "S", gpios: [.pin(25), .pin(26)], isSafeModeActive: false))
            server.commands(26, "ON")
            device.says("actuator/26/response")
            device.says("actuator/26/status", #""subzone_id":"s_1""#)
            server.says("subzone/remove", #"{"subzone_id":"s_1","reason":"manual"}"#)
            device.says("subzone/ack", #""status":"subzone_removed""#)
            server.says("subzone/remove", #"{"subzone_id":"s_1","reason":"manual"}"#)
            device.says("subzone/ack", #""error_code":2503,"reason_code":"SUBZONE_NOT_FOUND""#)
        }
    }

    @Test func refusesASubzoneThatDoesNotFit() {
        registered { device, server in
            server.assigns(subzone: "s_1", in: "tent_b")
            device.says("subzone/ack", #""status":"error","subzone_id":"s_1""#, #""error_code":2502"#)
            server.assigns(subzone: "bad id")
            device.says("subzone/ack", #""error_code":2500,"reason_code":"VALIDATION_ERROR""#)
            server.assigns(subzone: "s_1", pins: "4")
            device.says("subzone/ack", #""error_code":2501"#)
            server.assigns(subzone: "s_1", pins: "77")
            device.says("subzone/ack", #""error_code":2504"#)
            for number in 0..<7 {
                server.assigns(subzone: "n_\(number)", pins: "")
                device.says("subzone/ack", "subzone_assigned")
            }
            server.assigns(subzone: "n_8", pins: "")
            device.says("subzone/ack", #""error_code":2506"#)
        }
    }

    @Test func keepsTheOutputsOfAnIsolatedSubzoneOff() {
        registered { device, server in
            server.commands(26, "ON")
            device.mumbles()
            server.assigns(subzone: "s_1", isSafe: true)
            device.says("actuator/26/status", #""state":false"#)
            device.says("subzone/ack", "subzone_assigned")
            server.commands(26, "ON")
            device.says("actuator/26/response", #""success":false"#)
            server.commands(26, "OFF")
            device.says("actuator/26/response", #""success":true"#)
            device.mumbles()
            server.says("subzone/safe", #"{"subzone_id":"s_1","action":"disable","reason":"done"}"#)
            device.saysNothing()
            server.commands(26, "ON")
            #expect(device.output(26).isOn)
            device.mumbles()
            server.says("subzone/safe", #"{"subzone_id":"s_1","action":"enable","reason":"leak"}"#)
            device.says("actuator/26/status", #""state":false"#)
            device.saysNothing()
            server.says("subzone/safe", #"{"subzone_id":"s_1","action":"maybe"}"#)
            device.says("subzone/ack", "VALIDATION_ERROR")
        }
    }
}
