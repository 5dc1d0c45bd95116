import Fleet
import Testing
import TwinCore

@Suite struct HealthTests {
    @Test func sendsDiagnosticsEveryMinuteWithItsUptimeForATime() {
        registered(hiding: ["system/heartbeat", "system/intent", "sensor", "actuator"]) { device, _ in
            device.waits(0)
            device.says("system/diagnostics", #"{"ts":0,"esp_id":"ESP_7C19F2","heap_free":17"#, #""OPERATIONAL""#)
            device.waits(59.9)
            device.saysNothing()
            device.waits(0.1)
            device.says("system/diagnostics", #"{"ts":60,"#, #""sensor_count":6,"actuator_count":4"#)
        }
    }

    @Test func sendsThemAtOnceWhenWhatTheyTellHasChanged() {
        registered(hiding: ["system/heartbeat", "system/intent", "sensor", "actuator", "config"]) { device, server in
            device.waits(10)
            device.mumbles()
            server.configures(#""actuators":[{"gpio":26,"type":"pump","name":"p","active":false}]"#)
            device.waits(0)
            device.says("system/diagnostics", #""actuator_count":3"#)
            device.saysNothing()
        }
    }

    @Test func reportsAnErrorOnceAMinute() {
        registered(.bench.with { $0.failingPins = [.pin(0)] }, hiding: Dialogue.chatter + ["actuator"]) {
            device, server in
            server.attends(seconds: 60)
            device.says(
                "system/error",
                #""error_code":1040,"severity":2,"category":"HARDWARE","message":"read failed on pin 0""#)
            device.saysNothing()
            server.attends(seconds: 60)
            device.says("system/error", #""error_code":1040"#)
            device.saysNothing()
        }
    }

    @Test func shedsReadingsWhileItsQueueIsFull() {
        registered(.bench.with { $0.congestedEverySeconds = 100 }, hiding: ["system/h", "system/d", "actuator"]) {
            device, server in
            server.attends(seconds: 60)
            device.waits(39)
            device.mumbles()
            device.waits(1)
            while device.count(of: "sensor") > 0 { _ = device.dialogue.next() }
            #expect(device.state.isRegistered)
            device.mumbles()
            device.waits(9.9)
            #expect(device.count(of: "sensor") == 0)
            device.waits(0.1)
            device.says("system/queue_pressure", #""event":"recovered""#, #""threshold":6"#)
            device.waits(30)
            #expect(device.count(of: "sensor") > 0)
        }
    }

    @Test func announcesItsHardwareTheOldWayIfAsked() {
        dialogue(.bench.with { $0.announcesHardware = true }) { device, _ in
            device.connects()
            device.says("session/announce")
            device.says(
                "kaiser/god/discovery/esp32_nodes", #""hardware_type":"ESP32_WROOM","mac_address":"24:0A:C4:"#,
                #""max_sensors":20"#)
        }
    }

    @Test func tellsEachOutcomeOfACommand() {
        registered(hiding: ["system/h", "system/d", "sensor", "actuator"]) { device, server in
            server.commands(26, "ON", id: "c-9")
            device.says(
                "system/intent_outcome", #""flow":"command","intent_id":"c-9","correlation_id":"c-9""#,
                #""outcome":"accepted","contract_version":2,"semantic_mode":"target","legacy_status":"processing""#,
                #""code":"COMMAND_ACCEPTED""#)
            device.says("system/intent_outcome", #""outcome":"applied""#)
            server.commands(26, "ON", value: 2)
            device.says("system/intent_outcome", "accepted")
            device.says("system/intent_outcome", #""outcome":"failed""#, #""code":"EXECUTE_FAIL""#)
            server.says("actuator/26/command", #"{"command":"OFF","value":0,"data":{"intent_id":"i-1"}}"#)
            device.says("system/intent_outcome", #""intent_id":"i-1","correlation_id":"i-1""#)
            device.mumbles()
            server.says("actuator/26/command", #"{"command":"OFF","value":0}"#)
            device.says("system/intent_outcome", #""intent_id":"ESP_7C19F2-b1-i"#)
            device.mumbles()
            device.waits(5)
            server.says("actuator/26/command", #"{"command":"ON","value":1,"created_at_ms":1,"ttl_ms":1000}"#)
            device.says("system/intent_outcome", #""outcome":"expired""#, #""code":"TTL_EXPIRED""#)
            server.stops("inc-1")
            device.says("system/intent_outcome", #""code":"EMERGENCY_STOP_TRIGGERED""#, #""epoch":2"#)
            server.commands(26, "ON")
            device.says("system/intent_outcome", #""outcome":"rejected""#, #""code":"SAFETY_LOCKED""#)
            server.clears()
            device.says("system/intent_outcome", #""outcome":"failed""#, #""code":"EMERGENCY_CLEAR_REJECTED""#)
            device.waits(5)
            server.clears()
            device.says("system/intent_outcome", #""outcome":"applied""#, #""code":"EMERGENCY_CLEAR_APPLIED""#)
            device.saysNothing()
        }
    }
}
