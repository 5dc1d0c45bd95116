import Fleet
import Testing
import TwinCore

@Suite struct MeasureTests {
    /// Everything but sensors.
    static let rest = ["system", "actuator", "session"]

    @Test func sendsTheReadingAndThenTheAnswer() {
        registered(hiding: Self.rest) { device, server in
            server.measures(34, request: "m-204")
            device.says("sensor/34/data", #""sensor_type":"ph""#)
            device.says(
                "sensor/34/response", #""request_id":"m-204","gpio":34,"command":"measure","success":true"#,
                #""measurement_ok":true,"publish_ok":true,"timeout":false,"reason_code":"NONE","quality":"good""#,
                #""sensor_type":"ph""#, #""intent_id":"m-204","correlation_id":"m-204","ttl_ms":5000"#)
            device.saysNothing()
        }
    }

    @Test func measuresEveryValueOfThePinAndAnswersOnce() {
        registered(hiding: Self.rest) { device, server in
            server.measures(0)
            device.says("sensor/0/data", "sht31_temp")
            device.says("sensor/0/data", "sht31_humidity")
            device.says("sensor/0/response", "sht31_temp")
            device.saysNothing()
        }
    }

    @Test func answersNobodyWhoGaveNoId() {
        registered(hiding: Self.rest) { device, server in
            server.says("sensor/34/command", #"{"command":"measure"}"#)
            device.says("sensor/34/data")
            server.says("sensor/34/command", #"{"command":"MEASURE","request_id":"m"}"#)
            device.saysNothing()
        }
    }

    @Test func saysWhyItCannot() {
        let device = DeviceSpecification.bench.with { $0.failingPins = [.pin(35)] }
        registered(device, hiding: ["actuator", "session", "system/heartbeat", "system/diag", "system/intent"]) {
            device, server in
            server.measures(33)
            device.says("sensor/33/response", #""success":false,"measurement_ok":false"#, #""SENSOR_NOT_FOUND""#)
            server.measures(35)
            device.says("system/error", #""error_code":1040"#)
            device.says("sensor/35/response", #""reason_code":"MEASUREMENT_FAILED","quality":"error""#)
            server.configures(
                #""sensors":[{"gpio":34,"sensor_type":"ph","sensor_name":"p","operating_mode":"paused"}]"#)
            device.says("config_response")
            server.measures(34)
            device.says("sensor/34/response", #""reason_code":"SENSOR_INACTIVE""#)
            device.losesConnection()
            device.connects()
            server.measures(32)
            device.says(
                "sensor/32/response", #""success":false,"measurement_ok":true,"publish_ok":false"#,
                #""reason_code":"PUBLISH_SKIPPED""#)
        }
    }

    @Test func takesItsTimeOrRunsOutOfIt() {
        registered(.bench.with { $0.measuringMilliseconds = 3000 }, hiding: Self.rest + ["sensor/4", "sensor/0"]) {
            device, server in
            server.configures(
                #""sensors":[{"gpio":34,"sensor_type":"ph","sensor_name":"p","operating_mode":"on_demand"}]"#)
            device.mumbles()
            server.measures(34)
            device.saysNothing()
            device.waits(2.9)
            #expect(device.count(of: "sensor/34") == 0)
            device.waits(0.1)
            #expect(device.count(of: "sensor/34/data") == 1)
            #expect(device.count(of: "sensor/34/response") == 1)
            device.mumbles()
            server.measures(34, timeout: 1000)
            device.waits(1)
            while device.count(of: "sensor/3") > 1 { device.says("sensor/32/data") }
            device.says("sensor/34/response", #""timeout":true,"reason_code":"MEASURE_TIMEOUT""#)
        }
    }
}
