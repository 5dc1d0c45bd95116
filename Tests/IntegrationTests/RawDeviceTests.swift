import Foundation
import Testing

extension WholeProgram {
    @Suite struct `A device that speaks MQTT by hand` {
        private let id = "ESP_51E0B7"

        @Test func `is heard only after an operator has approved it`() async throws {
            try await withSite { site in
                let server = try await site.serveReady([], ["DOPPEL_APPROVAL": "manual"])
                let device = site.device(id)
                try await device.join()
                let pending = try await device.register(expecting: "pending_approval")
                #expect(pending["handover_epoch"].number == 1)
                #expect(pending["ack_type"].text == "heartbeat")
                #expect(try await server.http.twin(id)["status"].text == "pending_approval")

                try await device.measure(raw: 1700)
                try await eventually("the reading is refused") {
                    try await server.http.refusals("not_approved") == 1
                }
                let letter = try await server.http.get("/api/v1/dead-letters").json["items"][0]
                #expect(letter["reason"].text == "not_approved")
                #expect(letter["topic"].text == "kaiser/god/esp/\(id)/sensor/34/data")
                #expect(letter["payload"].text?.contains(#""raw":1700"#) == true)
                #expect(try await server.http.twin(id)["sensors"] == .list([]))

                #expect(try await server.http.post("/api/v1/twins/\(id)/approve").status == 200)
                try await device.register(expecting: "online")
                try await device.measure(raw: 2350)
                try await eventually("the reading is in the twin") {
                    try await server.http.twin(id)["sensors"][0]["raw"].number == 2350
                }
                let sensor = try await server.http.twin(id)["sensors"][0]
                #expect(sensor["type"].text == "moisture")
                #expect(sensor["unit"].text == "%")
                #expect(sensor["value"].number == 50)
                #expect(sensor["quality"].text == "good")
                let history = try await server.http.get("/api/v1/twins/\(id)/sensors/34/history?type=moisture")
                #expect(history.json["items"].items.map { $0["raw"].number } == [2350])
                #expect(history.json["items"][0]["value"] == sensor["value"])
                #expect(try await server.interrupt() == .code(0))
            }
        }

        @Test func `has its retained will erased once it is heard again`() async throws {
            try await withSite { site in
                let server = try await site.serveReady()
                let device = site.device(id)
                try await device.join()
                try await device.register(expecting: "online")
                await device.drop()
                try await eventually("the twin is offline") {
                    try await server.http.twin(id)["status"].text == "offline"
                }
                let will = try await site.retained("\(device.base)/system/will")
                #expect(will?.contains("offline") == true)

                try await device.register(expecting: "online")
                try await eventually("the broker keeps no will") {
                    try await site.retained("\(device.base)/system/will") == nil
                }
                #expect(try await server.http.twin(id)["status"].text == "online")
            }
        }

        @Test func `finds what was refused among the dead letters, with the reason`() async throws {
            try await withSite { site in
                let server = try await site.serveReady()
                let device = site.device(id)
                try await device.join()
                try await device.register(expecting: "online")
                let good = RawDevice.reading(of: id, raw: 1500, at: RawDevice.now)
                try await device.say("sensor/34/data", good.replacing("\"raw\":1500", with: "\"raw\":NaN"))
                try await device.say("sensor/34/data", good.replacing("\"raw\":1500", with: "\"raw\":1e999"))
                try await device.say("sensor/34/data", good.replacing("\"%\"", with: "\"\(filler)\""))
                try await device.say("sensor/34/data", good.replacing(id, with: "ESP_000000"))
                let stranger = "ESP_FFFFFF"
                let strange = good.replacing(id, with: stranger)
                try await device.publish("kaiser/god/esp/\(stranger)/sensor/34/data", Array(strange.utf8))
                try await device.measure(raw: 1500)
                try await eventually("the good reading is in the twin") {
                    try await server.http.twin(id)["sensors"][0]["raw"].number == 1500
                }
                // Read in the order of arrival, so those before the good one have been judged.
                let letters = try await server.http.get("/api/v1/dead-letters?limit=10").json
                let reasons = letters["items"].items.reversed().map { $0["reason"].text ?? "" }
                #expect(reasons == ["malformed_json", "not_finite", "too_large", "id_mismatch", "unknown_device"])
                for reason in reasons { #expect(letters["counts"][reason].number == 1) }
                let oversized = letters["items"][2]
                #expect((oversized["payload_length"].number ?? 0) > 65_536)
                #expect(oversized["receipt_time"].text?.hasSuffix("Z") == true)
                #expect(try await server.http.twin(id)["sensors"][0]["count"].number == 1)
            }
        }

        @Test func `gets a command once, at QoS 2, with the members the firmware reads`() async throws {
            try await withSite { site in
                let server = try await site.serveReady()
                let device = site.device(id)
                try await device.join()
                try await device.register(expecting: "online")
                try await device.show(isOn: false)
                try await eventually("the pump is known to be off") {
                    try await server.http.actuator(id, 26)["confirmed"]["on"].flag == false
                }
                let topic = "\(device.base)/actuator/26/command"
                let observer = try await site.observe(topic)
                let order = try await server.http.post(
                    "/api/v1/twins/\(id)/actuators/26/commands", #"{"command":"ON","duration_seconds":90}"#)
                #expect(order.status == 202, "\(order)")
                let command = try #require(order.json["id"].text)
                try await eventually("the device hears it") { !device.heard("actuator/26/command").isEmpty }
                let heard = device.heard("actuator/26/command")[0]
                #expect(heard["command"].text == "ON")
                #expect(heard["value"].number == 1)
                #expect(heard["duration"].number == 90)
                #expect(abs((heard["timestamp"].number ?? 0) - Double(RawDevice.now)) < 60)
                #expect(heard["correlation_id"].text == command)
                #expect(heard["intent_id"].text == command)
                #expect(heard["issued_by"].text?.isEmpty == false)
                try await eventually("the observer hears it") { !observer.messages.isEmpty }
                #expect(observer.messages[0].qos == 2)
                #expect(!observer.messages[0].isRetained)
                #expect(observer.messages[0].expirySeconds != nil)

                try await device.say("actuator/26/response", response(to: command))
                try await device.show(isOn: true)
                try await eventually("the command is confirmed") {
                    try await server.http.get("/api/v1/commands/\(command)").json["state"].text == "confirmed"
                }
                let evidence = try await server.http.get("/api/v1/commands/\(command)").json["evidence"].items
                let steps = ["accepted", "sent", "acknowledged", "answered", "shown", "confirmed"]
                #expect(evidence.map { $0["step"].text } == steps)
                #expect(device.heard("actuator/26/command").count == 1)
            }
        }

        private var filler: String { String(repeating: "x", count: 66_000) }

        private func response(to command: String) -> String {
            """
            {"esp_id":"\(id)","seq":9,"zone_id":"tent_a","ts":\(RawDevice.now),"gpio":26,"command":"ON","value":1.000,\
            "duration":90,"success":true,"message":"Command executed","correlation_id":"\(command)"}
            """
        }
    }
}
