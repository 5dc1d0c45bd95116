import Foundation
import Testing

extension WholeProgram {
    @Suite struct `A stop of a part` {
        @Test func `of one zone switches that zone off and leaves the other alone`() async throws {
            try await withSite { site in
                let server = try await site.serveReady()
                let (wet, dry) = (site.device("ESP_57A001"), site.device("ESP_57A002"))
                (wet.standing.zone, dry.standing.zone) = ("wet", "dry")
                for device in [wet, dry] {
                    try await device.join()
                    try await device.register(expecting: "online")
                    try await device.show(isOn: device.id == wet.id)
                    try await eventually("the pump of \(device.id) is known") {
                        try await server.http.actuator(device.id, 26)["confirmed"]["on"].flag == (device.id == wet.id)
                    }
                    device.forget()
                }

                let stop = try await server.http.post(
                    "/api/v1/emergency-stop", #"{"scope":{"zone":"wet"},"reason":"exercise","drill":true}"#)
                #expect(stop.status == 200, "\(stop)")
                let incident = try #require(stop.json["incidents"][0]["id"].text)
                _ = try await wet.hear("actuator/emergency")
                #expect(try await wet.hear("actuator/26/command")["command"].text == "OFF")
                try await wet.show(isOn: false, emergency: "active")
                try await eventually("the pump is seen off") {
                    try await server.http.get("/api/v1/emergency-stop").json["counts"]["stopped"].number == 1
                }
                let report = try await server.http.get("/api/v1/emergency-stop").json
                #expect(report["lines"].items.map { $0["device"].text } == [wet.id])
                #expect(report["timings"][0]["drill"].flag == true)
                #expect(report["timings"][0]["total"].number == 1)
                #expect(report["timings"][0]["confirmed"].number == 1)
                #expect((report["timings"][0]["last_ms"].number ?? -1) >= 0)

                // The other zone heard nothing, and works.
                #expect(dry.messages.allSatisfy { !$0.topic.contains("emergency") && !$0.topic.hasSuffix("command") })
                #expect(try await server.http.command(wet.id, 26, "ON").json["limit"].text == "latch")
                #expect(try await server.http.command(dry.id, 26, "ON").status == 202)
                #expect(try await dry.hear("actuator/26/command")["command"].text == "ON")
                #expect(!dry.messages.contains { $0.topic.contains("emergency") })

                let unknown = try await server.http.post("/api/v1/emergency-stop/clear", #"{"incident":"inc-none"}"#)
                #expect(unknown.status == 404)
                let clear = try await server.http.post(
                    "/api/v1/emergency-stop/clear", #"{"incident":"\#(incident)"}"#)
                #expect(clear.status == 200)
                #expect(clear.json["active"].flag == false)
            }
        }

        @Test func `of everything gets through a flood of requests and watchers that read nothing`() async throws {
            try await withSite { site in
                let server = try await site.serveReady()
                let devices = ["ESP_57A011", "ESP_57A012", "ESP_57A013"].map(site.device)
                for device in devices {
                    try await device.join()
                    try await device.register(expecting: "online")
                    try await device.show(isOn: true)
                    try await eventually("the pump of \(device.id) is known to be on") {
                        try await server.http.actuator(device.id, 26)["confirmed"]["on"].flag == true
                    }
                    device.forget()
                }
                let readings = (0..<10_000).map { number in
                    let id = devices[number % devices.count].id
                    return (
                        topic: "kaiser/god/esp/\(id)/sensor/34/data",
                        payload: RawDevice.reading(of: id, raw: number % 4000, at: RawDevice.now * 1000 + number)
                    )
                }
                let telemetry = Flood(readings, port: site.brokerPort, perSecond: 200)
                let watchers = try SlowWatchers(count: 200, at: server.http.url)
                let requests = RequestFlood(server.http.url, lanes: 50)
                await telemetry.start()
                requests.start()
                try await eventually("requests and readings flow") {
                    requests.answered >= 50 && telemetry.acknowledged >= 200
                }

                let begin = ContinuousClock.now
                let stop = try await server.http.post("/api/v1/emergency-stop", #"{"scope":"all","reason":"leak"}"#)
                let answered = begin.duration(to: .now)
                #expect(stop.status == 200, "\(stop)")
                #expect(stop.json["durable"].flag == true)
                for device in devices {
                    #expect(try await device.hear("actuator/26/command")["command"].text == "OFF")
                    try await device.show(isOn: false, emergency: "active")
                }
                try await eventually("all pumps are seen off") {
                    try await server.http.get("/api/v1/emergency-stop").json["counts"]["stopped"].number == 3
                }
                let off = begin.duration(to: .now)
                #expect(answered < .seconds(3), "the caller waited \(answered)")
                #expect(off < .seconds(8), "the last pump was seen off after \(off)")

                await requests.end()
                watchers.leave()
                await telemetry.end()
                #expect(server.program.exit == nil)
            }
        }
    }
}
