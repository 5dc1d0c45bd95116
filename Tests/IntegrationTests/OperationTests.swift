import Foundation
import Testing

extension WholeProgram {
    @Suite struct `What a device is asked to do` {
        private let id = "ESP_0BE7A1"

        @Test func `is answered over HTTP once the device has answered`() async throws {
            try await withSite { site in
                let (server, device) = try await start(site)
                async let measured = server.http.post(
                    "/api/v1/twins/\(id)/sensors/34/measure", #"{"timeout_ms":4000}"#, wait: 20)
                let order = try await device.hear("sensor/34/command")
                #expect(order["command"].text == "measure")
                #expect(order["timeout_ms"].number == 4000)
                #expect(order["request_id"].text?.isEmpty == false)
                #expect(order["request_id"] == order["correlation_id"] && order["request_id"] == order["intent_id"])
                try await device.report("ph", gpio: 34, raw: 1990)
                try await device.answer(
                    measurement: order,
                    #""success":true,"measurement_ok":true,"publish_ok":true,"#
                        + #""timeout":false,"reason_code":"NONE","quality":"good","sensor_type":"ph","raw":1990"#)
                let answer = try await measured
                #expect(answer.status == 200, "\(answer)")
                #expect(answer.headers["preference-applied"] == "wait=20")
                #expect(answer.json["state"].text == "answered")
                #expect(answer.json["answer"]["raw"].text.flatMap(Double.init) == 1990)
                #expect(answer.json["id"] == order["request_id"])
                try await eventually("the reading came as any other") {
                    try await server.http.twin(id)["sensors"][0]["raw"].number == 1990
                }

                async let failing = server.http.post("/api/v1/twins/\(id)/sensors/35/measure", wait: 20)
                let second = try await device.hear("sensor/35/command")
                #expect(second["timeout_ms"].number == 5000)
                try await device.answer(
                    measurement: second,
                    #""success":false,"measurement_ok":false,"#
                        + #""publish_ok":false,"timeout":true,"reason_code":"SENSOR_NOT_FOUND""#)
                let failed = try await failing
                #expect(failed.status == 200)
                #expect(failed.json["state"].text == "failed")
                #expect(failed.json["detail"].text == "SENSOR_NOT_FOUND")

                let silent = try await server.http.post("/api/v1/twins/\(id)/sensors/36/measure", wait: 1)
                #expect(silent.status == 202)
                let place = try #require(silent.headers["location"])
                #expect(try await server.http.get(place).json["state"].text == "sent")
            }
        }

        @Test func `goes out in the firmware's own words, and no secret comes back`() async throws {
            try await withSite { site in
                let (server, device) = try await start(site)
                for (number, (operation, word, parameters)) in [
                    (#"{"operation":"status"}"#, "status", "{}"),
                    (#"{"operation":"diagnostics"}"#, "diagnostics", "{}"),
                    (#"{"operation":"get_config"}"#, "get_config", "{}"),
                    (#"{"operation":"set_log_level","level":"DEBUG"}"#, "set_log_level", #"{"level":"DEBUG"}"#),
                    (#"{"operation":"safe_mode"}"#, "safe_mode", "{}"),
                    (#"{"operation":"exit_safe_mode"}"#, "exit_safe_mode", "{}"),
                ].enumerated() {
                    async let answer = server.http.post("/api/v1/twins/\(id)/operations", operation, wait: 20)
                    let order = try await device.hear("system/command", number: number + 1)
                    #expect(order["command"].text == word)
                    #expect(order["params"] == (try JSON(parameters)))
                    try await device.answer(
                        systemCommand: word, #""uptime":77,"wifi_ssid":"hall","wifi_password":"swordfish""#)
                    let done = try await answer
                    #expect(done.json["state"].text == "answered", "\(done)")
                    #expect(done.json["answer"]["uptime"].text == "77")
                    #expect(!done.text.contains("swordfish"))
                }
                #expect(try await !server.http.get("/api/v1/twins/\(id)").text.contains("swordfish"))
            }
        }

        @Test func `may be to forget everything, and is only asked for when that is meant`() async throws {
            try await withSite { site in
                let (server, device) = try await start(site)
                for body in [#"{"operation":"factory_reset"}"#, #"{"operation":"factory_reset","confirm":false}"#] {
                    let refused = try await server.http.post("/api/v1/twins/\(id)/operations", body)
                    #expect(refused.status == 400, "\(refused)")
                    #expect(refused.json["errors"][0]["member"].text == "confirm")
                }
                async let answer = server.http.post(
                    "/api/v1/twins/\(id)/operations", #"{"operation":"factory_reset","confirm":true}"#, wait: 20)
                let order = try await device.hear("system/command")
                #expect(order["command"].text == "factory_reset")
                #expect(order["confirm"].flag == true)
                try await device.say("system/command/response", #"{"status":"factory_reset_initiated","seq":3}"#)
                #expect(try await answer.json["state"].text == "answered")
                #expect(device.heard("system/command").count == 1)
            }
        }

        @Test func `may be to look at its bus, and what it found is in the twin`() async throws {
            try await withSite { site in
                let (server, device) = try await start(site)
                async let answer = server.http.post(
                    "/api/v1/twins/\(id)/operations", #"{"operation":"onewire_scan","gpio":4}"#, wait: 20)
                let order = try await device.hear("system/command")
                #expect(order["command"].text == "onewire/scan")
                #expect(order["params"] == .object(["pin": .number(4)]))
                try await device.say(
                    "system/command/response", #"{"command":"onewire/scan","status":"ok","found_count":2,"pin":4}"#)
                try await device.say(
                    "onewire/scan_result",
                    """
                    {"devices":[{"rom_code":"28AA11BB22CC33D4","device_type":"DS18B20","pin":4},\
                    {"rom_code":"28AA11BB22CC33D5","device_type":"DS18B20","pin":4}],"found_count":2,"seq":8}
                    """)
                #expect(try await answer.json["answer"]["found_count"].text == "2")
                try await eventually("the chips are in the twin") {
                    let chips = try await server.http.twin(id)["bus_scan"]["devices"].items
                    return chips.map { $0["rom"].text } == ["28AA11BB22CC33D4", "28AA11BB22CC33D5"]
                }
            }
        }

        @Test func `may be to hold a token, which every stop carries from then on, also after kill -9`() async throws {
            try await withSite { site in
                let (first, device) = try await start(site)
                try await setToken("esp", "s3cret-esp", device, first.http, number: 1)
                async let broadcast = first.http.put("/api/v1/emergency/broadcast-token", #"{"token":"s3cret-all"}"#)
                let order = try await device.hear("system/command", number: 2)
                #expect(order["params"] == .object(["token": .text("s3cret-all"), "token_type": .text("broadcast")]))
                try await device.answer(systemCommand: "set_emergency_token", #""token_type":"broadcast""#)
                #expect(try await broadcast.json["held"].flag == true)
                try await eventually("both tokens are held") {
                    let tokens = try await first.http.twin(id)["tokens"]
                    return tokens["esp"]["held"].flag == true && tokens["broadcast"]["held"].flag == true
                }
                #expect(try await !first.http.get("/api/v1/twins/\(id)").text.contains("s3cret"))

                await device.leave()
                try await first.program.kill()
                #expect(!first.program.lines.contains { $0.contains("s3cret") })
                let server = try await site.serveReady()
                device.forget()
                try await device.join()
                try await device.register(expecting: "online")
                let stop = try await server.http.post(
                    "/api/v1/emergency-stop", #"{"scope":"all","reason":"smoke"}"#)
                #expect(stop.status == 200)
                let own = try await device.hear("actuator/emergency")
                #expect(own["command"].text == "emergency_stop")
                #expect(own["auth_token"].text == "s3cret-esp")
                try await eventually("the broadcast is heard") {
                    device.messages.contains { $0.topic == "kaiser/broadcast/emergency" }
                }
                let everybody = try #require(device.messages.first { $0.topic == "kaiser/broadcast/emergency" })
                #expect(everybody.json["auth_token"].text == "s3cret-all")
                try await server.http.clear()
                try await eventually("the clearing carries it, too") {
                    device.heard("actuator/emergency").contains {
                        $0["command"].text == "clear_emergency" && $0["auth_token"].text == "s3cret-esp"
                    }
                }
                let known = try await server.http.get("/api/v1/emergency-stop").text
                #expect(!known.contains("s3cret"))
            }
        }

        private func start(_ site: Site) async throws -> (Server, RawDevice) {
            let server = try await site.serveReady()
            let device = site.device(id)
            try await device.join()
            try await device.register(expecting: "online")
            return (server, device)
        }

        private func setToken(
            _ use: String, _ token: String, _ device: RawDevice, _ http: Interface, number: Int
        ) async throws {
            async let answer = http.post(
                "/api/v1/twins/\(id)/operations",
                #"{"operation":"set_emergency_token","token":"\#(token)","use":"\#(use)"}"#, wait: 20)
            let order = try await device.hear("system/command", number: number)
            #expect(order["command"].text == "set_emergency_token")
            #expect(order["params"] == .object(["token": .text(token), "token_type": .text(use)]))
            try await device.answer(systemCommand: "set_emergency_token", #""token_type":"\#(use)""#)
            let done = try await answer
            #expect(done.json["state"].text == "answered", "\(done)")
            #expect(!done.text.contains(token))
        }
    }
}

extension Interface {
    /// Releases every emergency stop.
    func clear() async throws {
        let answer = try await post("/api/v1/emergency-stop/clear")
        guard answer.status == 200 else { throw Hopeless(description: "the stop is not released: \(answer)") }
    }
}

extension RawDevice {
    /// Answers a measurement's order with some members.
    fileprivate func answer(measurement order: JSON, _ members: String) async throws {
        let gpio = messages.last { $0.json == order }.flatMap { $0.topic.split(separator: "/").dropLast().last } ?? ""
        let request = order["request_id"].text ?? ""
        try await say(
            "sensor/\(gpio)/response",
            #"{"request_id":"\#(request)","gpio":\#(gpio),"command":"measure",\#(members),"ts":\#(Self.now),"seq":4,"#
                + #""intent_id":"\#(request)","correlation_id":"\#(request)","ttl_ms":5000}"#)
    }
}
