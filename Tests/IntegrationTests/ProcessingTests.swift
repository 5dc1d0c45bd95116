import Foundation
import Testing

extension WholeProgram {
    @Suite struct `A raw value that a device wants processed` {
        private let id = "ESP_0B0CE5"
        /// 60.0 %RH in the high half, 25.0 °C in the low one.
        private let packed = 600 << 16 | 250

        @Test func `is answered on the wire, as one value or by name, and told where it was measured`() async throws {
            try await withSite { site in
                let (server, device) = try await start(site)
                try await device.want(
                    #""gpio":4,"raw_value":348,"type":"digital","sensor_type":"ds18b20","request_id":"r-1""#)
                let one = try await device.hear("pi_enhanced/response")
                #expect(one["value"].number == 21.75)
                #expect(one["unit"].text == "°C")
                #expect(one["status"].text == "ok")
                #expect(one["gpio"].number == 4)
                #expect(one["request_id"].text == "r-1")

                try await device.want(#""gpio":5,"raw_value":\#(packed),"type":"digital","sensor_type":"dht22""#)
                let several = try await device.hear("pi_enhanced/response", number: 2)
                #expect(several["temperature"].number == 25)
                #expect(several["humidity"].number == 60)
                #expect(several["status"].text == "ok")
                #expect(several["gpio"].number == 5)

                try await device.want(#""gpio":6,"raw_value":1,"sensor_type":"thermonuclear""#)
                let unknown = try await device.hear("pi_enhanced/response", number: 3)
                #expect(unknown["status"].text == "error")
                #expect(unknown["error"].text?.contains("thermonuclear") == true, "\(unknown)")
                #expect(unknown["gpio"].number == 6)
                #expect(try Store(site).count() == 0, "nothing of that is a reading")

                // The answer's other door: where the value was measured.
                #expect(device.heard("sensor/4/processed").map { $0["processed_value"].number } == [21.75])
                let now = RawDevice.now
                try await device.report(
                    "ds18b20", gpio: 4, raw: -88, address: #""onewire_address":"28AA11BB22CC33D4""#)
                let processed = try await device.hear("sensor/4/processed", number: 2)
                #expect(processed["processed_value"].number == -5.5)
                #expect(processed["unit"].text == "°C")
                #expect(processed["quality"].text == "good")
                #expect(abs((processed["timestamp"].number ?? 0) - Double(now)) <= 2)
                try await eventually("the reading is stored") {
                    try await server.http.twin(id)["sensors"][0]["value"].number == -5.5
                }
            }
        }

        @Test func `is not told where it was measured if that is switched off`() async throws {
            try await withSite { site in
                let (_, device) = try await start(site, ["DOPPEL_PUBLISH_PROCESSED": "false"])
                try await device.measure(raw: 2350)
                try await device.want(#""gpio":4,"raw_value":348,"sensor_type":"ds18b20""#)
                #expect(try await device.hear("pi_enhanced/response")["value"].number == 21.75)
                #expect(device.heard("sensor/34/processed").isEmpty)
            }
        }

        @Test func `is processed over HTTP by either name, with the twin's own calibration`() async throws {
            try await withSite { site in
                let (server, device) = try await start(site)
                for (body, value, unit) in [
                    (#""sensor_type":"ds18b20","raw_value":-88"#, -5.5, "°C"),
                    (#""sensor_type":"temperature_sht31","raw_data":26214"#, 25, "°C"),
                    (
                        #""sensor_type":"moisture","raw_value":2350,"calibration":{},"params":null,"timestamp":1"#, 50,
                        "%"
                    ),
                ] {
                    let answer = try await process(server, body)
                    #expect(answer["success"].flag == true, "\(answer)")
                    #expect(answer["processed_value"].number == value)
                    #expect(answer["unit"].text == unit)
                    #expect(answer["status"].text == "ok")
                }
                let several = try await process(server, #""sensor_type":"dht22","raw_data":\#(packed)"#)
                #expect(several["temperature"].number == 25 && several["humidity"].number == 60)
                let unknown = try await process(server, #""sensor_type":"thermonuclear","raw_value":1"#)
                #expect(unknown["success"].flag == false && unknown["status"].text == "error")
                #expect(unknown["error"].text?.contains("thermonuclear") == true)
                for body in [
                    #"{"sensor_type":"ph"}"#, #"{"sensor_type":"ph","raw_value":1,"raw_data":1}"#,
                    #"{"sensor_type":"ph","raw_value":1,"calibration":{"slope":2}}"#,
                    #"{"sensor_type":"ph","raw_value":"1"}"#, #"{"sensor_type":"ph","raw_value":1,"gain":2}"#,
                ] {
                    #expect(try await server.http.post("/api/v1/sensors/process", body).status == 400, "\(body)")
                }

                try await device.measure(raw: 2350)
                try await eventually("the probe is known") {
                    try await server.http.twin(id)["sensors"][0]["value"].number == 50
                }
                let wholly = #"""
                    {"esp_id":"\#(id)","gpio":34,"sensor_type":"moisture","method":"moisture","save_to_config":true,\#
                    "calibration_points":[{"raw":2000,"reference":0},{"raw":1000,"reference":100}]}
                    """#
                let saved = try await server.http.post("/api/v1/sensors/calibrate", wholly)
                #expect(saved.json["saved"].flag == true, "\(saved)")
                let own = try await process(
                    server, #""esp_id":"\#(id)","gpio":34,"sensor_type":"moisture","raw_value":1500"#)
                #expect(own["processed_value"].number == 50)
                let foreign = try await process(server, #""gpio":34,"sensor_type":"moisture","raw_value":1500"#)
                #expect(foreign["processed_value"].number == 100)
                #expect(try Store(site).count() == 1)
            }
        }

        private func start(_ site: Site, _ changes: [String: String] = [:]) async throws -> (Server, RawDevice) {
            let server = try await site.serveReady([], changes)
            let device = site.device(id)
            try await device.join()
            try await device.register(expecting: "online")
            return (server, device)
        }

        private func process(_ server: Server, _ members: String) async throws -> JSON {
            let answer = try await server.http.post("/api/v1/sensors/process", "{\(members)}")
            #expect(answer.status == 200, "\(answer)")
            return answer.json
        }
    }
}

extension RawDevice {
    /// Asks for a raw value to be processed.
    fileprivate func want(_ members: String) async throws { try await say("pi_enhanced/request", "{\(members)}") }
}
