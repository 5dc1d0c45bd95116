import Foundation
import Testing

extension WholeProgram {
    @Suite struct `After kill -9 and a restart` {
        private let id = "ESP_7C19F2"

        @Test func `an output is unknown until its device speaks, and still ends with its lease`() async throws {
            try await withSite { site in
                var server = try await site.serveReady()
                let device = site.device(id)
                try await device.join()
                try await runPump(of: device, at: server, seconds: 8)
                #expect(try await server.http.actuator(id, 26)["confirmed"]["on"].flag == true)

                await device.leave()
                try await server.program.kill()
                server = try await site.serveReady()
                let unknown = try await server.http.actuator(id, 26)
                #expect(unknown["id"].text == "\(id):26")
                #expect(unknown["confirmed"] == .null)
                #expect(unknown["lease"]["seconds"].number == 8)
                #expect(try await server.http.twin(id)["status"].text == "approved")

                device.forget()
                try await device.join()
                try await device.register(expecting: "online")
                try await device.show(isOn: true)
                try await eventually("the output is known again") {
                    try await server.http.actuator(id, 26)["confirmed"]["on"].flag == true
                }
                try await eventually("the device is told that its lease is over", within: .seconds(20)) {
                    device.heard("actuator/26/command").last?["command"].text == "OFF"
                }
                #expect(device.heard("actuator/26/command").allSatisfy { $0["command"].text == "OFF" })
                try await device.show(isOn: false)
                try await eventually("the output is known to be off") {
                    let actuator = try await server.http.actuator(id, 26)
                    return actuator["confirmed"]["on"].flag == false && actuator["lease"] == .null
                }
            }
        }

        @Test func `a command that was under way is not sent again, and its output is switched off`() async throws {
            try await withSite { site in
                var server = try await site.serveReady()
                let device = site.device(id)
                try await device.join()
                try await device.register(expecting: "online")
                try await device.show(isOn: false)
                try await eventually("the pump is known") {
                    try await server.http.actuator(id, 26)["confirmed"]["on"].flag == false
                }
                let order = try await server.http.command(id, 26, "ON")
                let command = try #require(order.json["id"].text)
                try await eventually("the device hears it") { !device.heard("actuator/26/command").isEmpty }

                await device.leave()
                try await server.program.kill()
                device.forget()
                server = try await site.serveReady()
                try await device.join()
                try await device.register(expecting: "online")
                try await eventually("the device is told to switch off") {
                    device.heard("actuator/26/command").last?["command"].text == "OFF"
                }
                #expect(device.heard("actuator/26/command").allSatisfy { $0["command"].text == "OFF" })
                #expect(try await server.http.get("/api/v1/commands/\(command)").json["state"].text == "failed")
            }
        }

        @Test func `an emergency stop holds, and a device that returns hears of it first`() async throws {
            try await withSite { site in
                var server = try await site.serveReady()
                let device = site.device(id)
                try await device.join()
                try await runPump(of: device, at: server)
                let stop = try await server.http.post(
                    "/api/v1/emergency-stop", #"{"scope":"all","reason":"a hose has burst"}"#)
                #expect(stop.status == 200)
                #expect(stop.json["durable"].flag == true)
                let incident = try #require(stop.json["incidents"][0]["id"].text)
                try await eventually("the device hears of the stop") { !device.heard("actuator/emergency").isEmpty }
                #expect(device.messages.contains { $0.topic == "kaiser/broadcast/emergency" })

                await device.leave()
                try await server.program.kill()
                server = try await site.serveReady()
                let report = try await server.http.get("/api/v1/emergency-stop").json
                #expect(report["active"].flag == true)
                #expect(report["incidents"][0]["id"].text == incident)
                #expect(report["incidents"][0]["reason"].text == "a hose has burst")
                #expect(report["counts"]["offline"].number == 1)

                device.forget()
                try await device.join()
                try await device.register(expecting: "online")
                let topics = device.messages.map(\.topic)
                let order = try #require(topics.firstIndex(of: "\(device.base)/actuator/emergency"))
                let welcome = try #require(topics.firstIndex(of: "\(device.base)/system/heartbeat/ack"))
                #expect(order < welcome, "\(topics)")
                #expect(device.heard("actuator/emergency")[0]["command"].text == "emergency_stop")
                let refused = try await server.http.command(id, 26, "ON")
                #expect(refused.status == 409, "\(refused)")
                #expect(refused.json["limit"].text == "latch")

                try await device.show(isOn: false, emergency: "active")
                try await eventually("the scoreboard shows it stopped") {
                    let counts = try await server.http.get("/api/v1/emergency-stop").json["counts"]
                    return counts["stopped"].number == 1 && counts["unconfirmed"].number == 0
                }
            }
        }

        /// Switches a device's pump on, with the device's answers.
        private func runPump(of device: RawDevice, at server: Server, seconds: Int = 300) async throws {
            try await device.register(expecting: "online")
            try await device.show(isOn: false)
            try await eventually("the pump is known") {
                try await server.http.actuator(device.id, 26)["confirmed"]["on"].flag == false
            }
            let order = try await server.http.post(
                "/api/v1/twins/\(device.id)/actuators/26/commands",
                #"{"command":"ON","duration_seconds":\#(seconds)}"#)
            #expect(order.status == 202, "\(order)")
            try await eventually("the device hears it") { !device.heard("actuator/26/command").isEmpty }
            let command = try #require(order.json["id"].text)
            try await device.say(
                "actuator/26/response",
                """
                {"esp_id":"\(device.id)","seq":9,"ts":\(RawDevice.now),"gpio":26,"command":"ON","value":1.0,\
                "duration":\(seconds),"success":true,"message":"Command executed","correlation_id":"\(command)"}
                """)
            try await device.show(isOn: true)
            try await eventually("the command is confirmed") {
                try await server.http.get("/api/v1/commands/\(command)").json["state"].text == "confirmed"
            }
        }
    }
}
