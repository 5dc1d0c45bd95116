import Foundation
import Testing

extension WholeProgram {
    @Suite struct `What a device is to be` {
        private let id = "ESP_0C0F16"

        @Test func `is told in order, and counts once the device has answered that very part`() async throws {
            try await withSite { site in
                let server = try await site.serveReady()
                let device = site.device(id)
                try await device.join()
                try await device.register(expecting: "online")
                let observer = try await site.observe("\(device.base)/config")
                let seen = try #require(try await server.http.get("/api/v1/twins/\(id)").headers["etag"])
                let wish = try await server.http.wish(id, bench, match: seen)
                #expect(wish.status == 200, "\(wish)")
                #expect(wish.headers["etag"] == "\"\(Int(wish.json["revision"].number ?? 0))\"")
                #expect(wish.json["changed"].items.compactMap(\.text) == paths)

                let zone = try await device.hear("zone/assign")
                #expect(zone["zone_id"].text == "tent_b")
                #expect(zone["master_zone_id"].text == "greenhouse")
                #expect(zone["zone_name"].text == "Tent B")
                #expect(zone["kaiser_id"].text == "god")
                #expect(abs((zone["timestamp"].number ?? 0) - Double(RawDevice.now)) < 60)
                #expect(zone["correlation_id"].text?.isEmpty == false)
                #expect(try await states(server) == ["sent", "pending", "pending", "pending", "pending"])
                try await device.settle(in: zone)

                let push = try await device.hear("config")
                try check(push)
                #expect(device.heard("subzone/assign").isEmpty)
                try await device.takeIn("sensor", of: push)
                try await eventually("the sensors count, and the actuator does not yet") {
                    try await states(server) == ["applied", "applied", "applied", "sent", "pending"]
                }
                try await device.takeIn("actuator", of: push)
                let subzone = try await device.hear("subzone/assign")
                #expect(subzone["subzone_id"].text == "bench_1")
                #expect(subzone["subzone_name"].text == "Bench 1")
                #expect(subzone["parent_zone_id"].text == "tent_b")
                #expect(subzone["assigned_gpios"] == .list([.number(4), .number(26)]))
                #expect(subzone["safe_mode_active"].flag == false)
                #expect(subzone["sensor_count"].number == 1)
                #expect(subzone["actuator_count"].number == 1)
                try await device.assign(subzone)
                try await eventually("all of it counts") {
                    try await states(server) == [String](repeating: "applied", count: 5)
                }
                try await device.beat()
                let twin = try await server.http.twin(id)
                #expect(twin["delta"] == .list([]))
                #expect(twin["reported"]["sensors"] == twin["desired"]["sensors"])
                #expect(twin["reported"]["actuators"] == twin["desired"]["actuators"])

                // The same once more changes nothing and is not told again.
                #expect(try await server.http.wish(id, bench).json["changed"] == .list([]))
                try await device.ask(server)
                #expect(device.heard("config").count == 1)
                #expect(device.heard("zone/assign").count == 1)
                #expect(observer.messages.map(\.qos) == [2])
                #expect(observer.messages.allSatisfy { !$0.isRetained && $0.payload.utf8.count <= 4352 })
            }
        }

        @Test func `is taken over from the device where it is so already, and why a part was refused is shown`()
            async throws
        {
            try await withSite { site in
                let server = try await site.serveReady()
                let device = site.device(id)
                try await device.join()
                try await device.register(expecting: "online")
                try await device.vanish(from: server)
                _ = try await server.http.wish(id, #"{"zone":{"id":"tent_c"}}"#)
                #expect(try await server.http.twin(id)["properties"]["zone"]["state"].text == "pending")
                device.forget()
                device.standing.zone = "tent_c"
                try await device.join()
                try await device.register(expecting: "online")
                try await eventually("the device's own word counts") {
                    try await server.http.twin(id)["properties"]["zone"]["state"].text == "applied"
                }

                let sensors =
                    #"{"sensors":{"4:ds18b20:28AA11BB22CC33D4":{"name":"probe"},"34:moisture":{"name":"bed"}}}"#
                #expect(try await server.http.wish(id, sensors).status == 200)
                let push = try await device.hear("config")
                #expect(push["sensors"].items.count == 2)
                try await device.answer(
                    push,
                    """
                    "status":"partial_success","type":"sensor","count":1,"message":"1 of 2 sensors configured",\
                    "failed_count":1,"failures":[{"type":"moisture","gpio":34,"error_code":1002,\
                    "error":"GPIO_CONFLICT","detail":"pin 34 is in use"}]
                    """)
                try await eventually("one part counts, and one is refused") {
                    let properties = try await server.http.twin(id)["properties"]
                    return properties["sensors/4:ds18b20:28AA11BB22CC33D4"]["state"].text == "applied"
                        && properties["sensors/34:moisture"]["state"].text == "refused"
                }
                let why = try await server.http.twin(id)["properties"]["sensors/34:moisture"]["why"].text
                #expect(why?.contains("pin 34 is in use") == true, "\(why ?? "nothing")")
                try await device.ask(server)
                #expect(device.heard("zone/assign").isEmpty)
                #expect(device.heard("config").count == 1)
            }
        }

        // MARK: Words

        private let paths = [
            "name", "zone", "sensors/0:sht31_temp:68", "sensors/4:ds18b20:28AA11BB22CC33D4", "actuators/26",
            "subzones/bench_1",
        ]

        private let bench = """
            {"name":"north bench","zone":{"id":"tent_b","master_id":"greenhouse","name":"Tent B"},\
            "subzones":{"bench_1":{"name":"Bench 1","gpios":[4,26],"safe_mode":false}},\
            "sensors":{"4:ds18b20:28AA11BB22CC33D4":{"name":"bench probe","subzone":"bench_1","interval_seconds":15},\
            "0:sht31_temp:68":{"name":"air","mode":"on_demand"}},\
            "actuators":{"26":{"type":"pump","name":"drip","subzone":"bench_1","max_runtime_seconds":600,\
            "critical":true,"inverted":true}}}
            """

        /// How far each wished part but the name came.
        private func states(_ server: Server) async throws -> [String?] {
            let properties = try await server.http.twin(id)["properties"]
            return paths.dropFirst().map { properties[$0]["state"].text }
        }

        private func check(_ push: JSON) throws {
            let sensors = """
                [{"gpio":0,"sensor_type":"sht31_temp","sensor_name":"air","subzone_id":"","active":true,\
                "sample_interval_ms":30000,"raw_mode":true,"operating_mode":"on_demand",\
                "measurement_interval_seconds":30,"interface_type":"I2C","onewire_address":"","i2c_address":68},\
                {"gpio":4,"sensor_type":"ds18b20","sensor_name":"bench probe","subzone_id":"bench_1","active":true,\
                "sample_interval_ms":15000,"raw_mode":true,"operating_mode":"continuous",\
                "measurement_interval_seconds":15,"interface_type":"ONEWIRE","onewire_address":"28AA11BB22CC33D4",\
                "i2c_address":0}]
                """
            let actuators = """
                [{"gpio":26,"actuator_type":"pump","actuator_name":"drip","subzone_id":"bench_1","active":true,\
                "aux_gpio":255,"critical":true,"inverted_logic":true,"default_state":false,"default_pwm":0,\
                "max_runtime_ms":600000}]
                """
            #expect(push["sensors"] == (try JSON(sensors)))
            #expect(push["actuators"] == (try JSON(actuators)))
            #expect(push["correlation_id"].text?.isEmpty == false)
            #expect(push["correlation_id"] == push["intent_id"])
            #expect(push["config_fingerprint"].text?.count == 64)
            #expect(push["offline_rules"] == (try JSON("[]")))
            // Devices keep 32 bits of it.
            let generation = try #require(push["generation"].number)
            #expect(generation > 1_700_000_000 && generation <= Double(UInt32.max))
            #expect(abs((push["timestamp"].number ?? 0) - Double(RawDevice.now)) < 60)
        }
    }
}
