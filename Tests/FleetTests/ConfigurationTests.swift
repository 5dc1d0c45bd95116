import Fleet
import Testing
import TwinCore

@Suite struct ConfigurationTests {
    static let probe =
        #"{"gpio":4,"sensor_type":"ds18b20","sensor_name":"bench probe","subzone_id":"bench_1","#
        + #""measurement_interval_seconds":10,"onewire_address":"28AA11BB22CC33D4"}"#

    @Test func answersEachSectionWithThePushesIdAndTellsTheOutcome() {
        registered(hiding: ["system/heartbeat", "system/diagnostics", "sensor/"]) { device, server in
            server.configures(
                #""sensors":[\#(Self.probe)],"actuators":[{"gpio":33,"type":"relay","name":"lamp"}]"#, id: "cfg-51")
            device.says(
                "system/intent_outcome", #""flow":"config","intent_id":"cfg-51""#, #""outcome":"accepted""#)
            device.says(
                "config_response", #""status":"success","type":"sensor","count":1"#, #""correlation_id":"cfg-51""#)
            device.says(
                "config_response", #""status":"success","type":"actuator","count":1"#, #""correlation_id":"cfg-51""#)
            device.says("system/intent_outcome", #""outcome":"persisted""#, #""critical":true"#)
            device.saysNothing()
        }
    }

    @Test func keepsWhatItIsToldAndRunsIt() throws {
        registered(hiding: ["system/intent", "system/diagnostics", "config_response", "sensor/3", "sensor/0"]) {
            device, server in
            server.configures(
                #""sensors":[\#(Self.probe)],"actuators":[{"gpio":33,"actuator_type":"pwm","actuator_name":"fan","#
                    + #""aux_gpio":255,"critical":true,"inverted_logic":true,"max_runtime_ms":5000}]"#)
            let sensor = device.state.configuration.asDesired.sensors.first { $0.key.type == "ds18b20" }
            #expect(sensor?.key.address == .oneWire("28AA11BB22CC33D4"))
            #expect(
                sensor?.value
                    == SensorWish(name: "bench probe", subzone: "bench_1", mode: .continuous, intervalSeconds: 10))
            var fan = ActuatorWish(type: "pwm", name: "fan", isCritical: true, isInverted: true)
            fan.maximumRuntimeMilliseconds = 5000
            #expect(device.state.configuration.asDesired.actuators[.pin(33)] == fan)
            server.commands(33, "PWM", value: 0.5)
            #expect(device.output(33).level == 127)
            device.mumbles()
            device.waits(5)
            device.says("actuator/33/alert", #""alert_type":"runtime_protection""#)
            device.mumbles()
            server.attends(seconds: 60)
            #expect(device.count(of: "sensor/4/data") == 6)
            #expect(device.count(of: "system/heartbeat") >= 1)
        }
    }

    @Test func reportsHowManyPartsItRuns() {
        registered(hiding: ["system/intent", "system/diagnostics", "config_response", "actuator", "sensor/"]) {
            device, server in
            server.configures(#""actuators":[{"gpio":26,"type":"pump","name":"p","active":false}]"#)
            device.waits(60)
            // Five chips, one of which has two values.
            device.says("system/heartbeat", #""sensor_count":6,"actuator_count":3"#)
        }
    }

    @Test func switchesOffWhatItIsToldToForget() {
        registered { device, server in
            server.commands(26, "ON")
            device.mumbles()
            server.configures(#""actuators":[{"gpio":26,"type":"pump","name":"p","active":false}]"#)
            device.says("actuator/26/status", #""state":false"#)
            device.says("config_response", #""count":1"#)
            #expect(!device.state.outputs.contains { $0.gpio == .pin(26) })
            server.commands(26, "ON")
            device.says("actuator/26/response", #""success":false,"message":"Actuator not configured"#)
        }
    }

    @Test func leavesARunningOutputAloneWhenOnlyItsSettingsChange() {
        registered { device, server in
            server.commands(26, "ON")
            device.mumbles()
            server.configures(#""actuators":[{"gpio":26,"type":"pump","name":"p","max_runtime_ms":9000}]"#)
            #expect(device.output(26).isOn)
            device.waits(9)
            #expect(!device.output(26).isOn && device.output(26).isEmergencyStopped)
        }
    }

    @Test(arguments: [
        (#"{"gpio":34,"sensor_type":"ph"}"#, "MISSING_FIELD", "sensor_name"),
        (#"{"gpio":34,"sensor_type":"ph","sensor_name":""}"#, "MISSING_FIELD", "sensor_name"),
        (#"{"sensor_type":"ph","sensor_name":"x"}"#, "MISSING_FIELD", "gpio"),
        (#"{"gpio":"34","sensor_type":"ph","sensor_name":"x"}"#, "TYPE_MISMATCH", "gpio"),
        (#"{"gpio":12,"sensor_type":"ds18b20","sensor_name":"x"}"#, "GPIO_CONFLICT", "reserved"),
        (#"{"gpio":26,"sensor_type":"ds18b20","sensor_name":"x"}"#, "GPIO_CONFLICT", "actuator"),
        (#"{"gpio":34,"sensor_type":"ds18b20","sensor_name":"x"}"#, "GPIO_CONFLICT", "another sensor"),
        (#"{"gpio":21,"sensor_type":"ds18b20","sensor_name":"x"}"#, "GPIO_CONFLICT", "I2C"),
        (#"{"gpio":40,"sensor_type":"ph","sensor_name":"x"}"#, "OUT_OF_RANGE", "40"),
        (#"{"gpio":34,"sensor_type":"dht22","sensor_name":"x"}"#, "VALIDATION_FAILED", "dht22"),
        (#"{"gpio":25,"sensor_type":"ph","sensor_name":"x"}"#, "VALIDATION_FAILED", "voltage"),
        (
            #"{"gpio":34,"sensor_type":"ph","sensor_name":"x","measurement_interval_seconds":301}"#, "OUT_OF_RANGE",
            "301"
        ),
        (#"{"gpio":34,"sensor_type":"ph","sensor_name":"x","operating_mode":"often"}"#, "VALIDATION_FAILED", "often"),
        (#"{"gpio":0,"sensor_type":"sht31_temp","sensor_name":"x","i2c_address":3}"#, "OUT_OF_RANGE", "i2c"),
        (#"{"gpio":4,"sensor_type":"ds18b20","sensor_name":"x","onewire_address":"28"}"#, "VALIDATION_FAILED", "16"),
        (#"7"#, "TYPE_MISMATCH", "object"),
    ])
    func refusesASensorAndSaysWhy(item: String, word: String, piece: String) {
        registered { device, server in
            let before = device.state.configuration
            server.configures(#""sensors":[\#(item)]"#)
            device.says("config_response", #""status":"error","type":"sensor""#, #""error_code":"\#(word)""#, piece)
            device.saysNothing()
            #expect(device.state.configuration == before)
        }
    }

    @Test(arguments: [
        (#"{"gpio":33,"actuator_type":"pump"}"#, "MISSING_FIELD", "actuator_name"),
        (#"{"gpio":34,"type":"pump","name":"x"}"#, "GPIO_CONFLICT", "input only"),
        (#"{"gpio":13,"type":"pump","name":"x"}"#, "GPIO_CONFLICT", "reserved"),
        (#"{"gpio":32,"type":"pump","name":"x"}"#, "GPIO_CONFLICT", "sensor"),
        (#"{"gpio":33,"type":"valve","name":"x","aux_gpio":26}"#, "GPIO_CONFLICT", "another actuator"),
        (#"{"gpio":33,"type":"servo","name":"x"}"#, "VALIDATION_FAILED", "servo"),
        (#"{"gpio":33,"type":"pwm","name":"x","default_pwm":256}"#, "OUT_OF_RANGE", "256"),
        (#"{"gpio":33,"type":"pwm","name":"x","max_runtime_ms":0}"#, "OUT_OF_RANGE", "max_runtime_ms"),
    ])
    func refusesAnActuatorAndSaysWhy(item: String, word: String, piece: String) {
        registered { device, server in
            server.configures(#""actuators":[\#(item)]"#)
            device.says(
                "config_response", #""status":"error","type":"actuator","count":0"#, #""error_code":"\#(word)""#, piece)
            device.saysNothing()
        }
    }

    @Test func answersAPartlyRefusedSensorSectionOnceAndAnActuatorSectionForEachRefusedItem() {
        registered { device, server in
            let bad = #"{"gpio":12,"sensor_type":"ds18b20","sensor_name":"x"}"#
            server.configures(
                #""sensors":[\#(Self.probe),\#(bad)],"actuators":[{"gpio":33,"type":"relay","name":"lamp"},"#
                    + #"{"gpio":12,"type":"pump","name":"x"},{"gpio":13,"type":"pump","name":"x"}]"#)
            device.says(
                "config_response", #""status":"partial_success","type":"sensor","count":1"#, #""failed_count":1"#,
                #""failures":[{"type":"ds18b20","gpio":12,"error_code":1001,"error":"GPIO_CONFLICT""#)
            for gpio in [12, 13] {
                device.says(
                    "config_response", #""status":"error","type":"actuator""#, #""failed_item":{"gpio":\#(gpio)"#)
            }
            device.saysNothing()
            #expect(device.state.outputs.contains { $0.gpio == .pin(33) })
        }
    }

    @Test func wantsAnIdAndTakesNothingTooLarge() {
        registered(hiding: ["system/heartbeat", "system/diagnostics", "sensor/"]) { device, server in
            server.says("config", #"{"sensors":[\#(Self.probe)]}"#)
            device.says("system/intent_outcome", #""outcome":"rejected""#, #""code":"CONTRACT_CORRELATION_MISSING""#)
            device.says("config_response", #""status":"error""#, #""error_code":"CONTRACT_MISSING_CORRELATION""#)
            server.configures(#""sensors":[\#(Self.probe)],"padding":"\#(String(repeating: "x", count: 4400))""#)
            device.says("system/intent_outcome", #""code":"PAYLOAD_TOO_LARGE""#)
            device.says("config_response", #""error_code":"PAYLOAD_TOO_LARGE""#)
            server.says("config", "{")
            device.says("config_response", #""error_code":"JSON_PARSE_ERROR""#)
            device.saysNothing()
            #expect(device.state.refusedMessages == 3)
        }
    }

    @Test func ignoresAnOlderConfigurationAndANumberThatDoesNotFit() {
        registered { device, server in
            let lamp = #""actuators":[{"gpio":33,"type":"relay","name":"lamp"}]"#
            server.configures(lamp + #","generation":9"#)
            device.says("config_response", "success")
            server.configures(#""actuators":[{"gpio":33,"type":"relay","name":"l","active":false}],"generation":8"#)
            device.says("config_response", #""error_code":"STALE_SCOPE""#)
            server.configures(lamp + #","generation":1777500000123"#)
            device.says("config_response", "success")
        }
    }

    @Test func keepsItsConfigurationOverARebootUntilItIsReset() {
        registered { device, server in
            server.configures(#""actuators":[{"gpio":33,"type":"relay","name":"lamp"}]"#)
            let configuration = device.state.configuration
            device.reboots()
            #expect(device.state.configuration == configuration)
            device.connects()
            server.acknowledges()
            device.mumbles()
            server.orders("factory_reset", #","confirm":true"#)
            device.says("system/command/response", #""status":"factory_reset_initiated""#)
            #expect(!device.state.isConnected)
            #expect(device.state.configuration.asDesired == Desired(zone: ZoneWish(id: "")))
            #expect(device.state.outputs.isEmpty)
        }
    }

    @Test func measuresWhenItsModeSaysSoAndAtOnceWhenItBegins() {
        registered(hiding: ["system", "actuator", "config_response"]) { device, server in
            for (mode, count) in [("paused", 0), ("on_demand", 0), ("scheduled", 0), ("continuous", 7)] {
                server.configures(
                    #""sensors":[{"gpio":34,"sensor_type":"ph","sensor_name":"p","operating_mode":"\#(mode)","#
                        + #""measurement_interval_seconds":10}]"#)
                device.mumbles()
                server.attends(seconds: 60)
                #expect(device.count(of: "sensor/34/") == count, "\(mode)")
            }
        }
    }

    @Test func takesAChipForAllItsValuesAndAPinForOneSensor() {
        registered(.pump) { device, server in
            server.configures(#""sensors":[{"gpio":0,"sensor_type":"bme280","sensor_name":"air"}]"#)
            #expect(
                device.state.configuration.sensors.map(\.key.id) == [
                    "0:bme280_temp:118", "0:bme280_pressure:118", "0:bme280_humidity:118",
                ])
            server.configures(#""sensors":[{"gpio":34,"sensor_type":"ph","sensor_name":"tank"}]"#)
            server.configures(#""sensors":[{"gpio":34,"sensor_type":"ec","sensor_name":"tank"}]"#)
            #expect(device.state.configuration.sensors.last?.key.id == "34:ec")
            #expect(device.state.configuration.sensors.count == 4)
        }
    }

    @Test func hasRoomForSoManyAndNoMore() {
        registered(.pump) { device, server in
            for number in 0..<21 {
                let rom = "28" + String(repeating: "0", count: 12) + (number < 10 ? "0\(number)" : "\(number)")
                server.configures(
                    #""sensors":[{"gpio":4,"sensor_type":"ds18b20","sensor_name":"s","onewire_address":"\#(rom)"}]"#)
            }
            for _ in 0..<20 { device.says("config_response", "success") }
            device.says("config_response", "No room for another sensor")
            #expect(device.state.configuration.sensors.count == 20)
        }
    }
}
