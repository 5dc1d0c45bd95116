import Foundation
import Testing

extension WholeProgram {
    @Suite struct `A wish` {
        private let id = "ESP_0C0F17"

        @Test func `waits for a device that is away, outlives kill -9, and only what still holds is told`()
            async throws
        {
            try await withSite { site in
                var server = try await site.serveReady()
                let device = site.device(id)
                try await device.join()
                try await device.register(expecting: "online")
                #expect(try await server.http.wish(id, probe(every: 30)).status == 200)
                try await device.takeIn("sensor", of: try await device.hear("config"))
                try await applied(probePath, server)

                try await device.vanish(from: server)
                for wish in [
                    #"{"zone":{"id":"tent_x"}}"#, #"{"zone":{"id":"tent_b"}}"#, probe(every: 60), probe(every: 90),
                    #"{"actuators":{"26":{"type":"pump","name":"mistake"}}}"#, #"{"actuators":{"26":null}}"#,
                    #"{"actuators":{"27":{"type":"relay","name":"stirrer"}}}"#,
                ] { #expect(try await server.http.wish(id, wish).status == 200, "\(wish)") }
                let brief = #"{"sensors":{"34:moisture":{"name":"bed"}}}"#
                #expect(try await server.http.wish(id, brief, query: "?valid_for=1").status == 200)
                try await eventually("what was wished for a second is over") {
                    try await state("sensors/34:moisture", server) == "expired"
                }
                let delta = try await server.http.twin(id)["delta"]
                try await server.program.kill()
                server = try await site.serveReady()
                #expect(try await server.http.twin(id)["delta"] == delta)
                #expect(try await state("sensors/34:moisture", server) == "expired")
                #expect(try await state("actuators/27", server) == "pending")

                device.forget()
                try await device.join()
                try await device.register(expecting: "online")
                try await device.settle(in: try await device.hear("zone/assign"))
                #expect(device.heard("zone/assign").map { $0["zone_id"].text } == ["tent_b"])
                let push = try await device.hear("config")
                let topics = device.messages.map { $0.topic.dropFirst(device.base.count + 1) }
                let told = topics.filter { ["system/heartbeat/ack", "zone/assign", "config"].contains($0) }
                #expect(told.first == "system/heartbeat/ack" && Array(told.suffix(2)) == ["zone/assign", "config"])
                #expect(push["sensors"].items.map { $0["measurement_interval_seconds"].number } == [90])
                #expect(push["actuators"].items.map { $0["gpio"].number } == [27])

                try await device.takeIn("sensor", of: push)
                try await device.answer(
                    push,
                    #""status":"error","type":"actuator","count":0,"error_code":"GPIO_CONFLICT","#
                        + #""message":"pin 27 is in use","failed_item":{"gpio":27,"actuator_type":"relay"}"#)
                try await eventually("the relay is refused") {
                    try await state("actuators/27", server) == "refused"
                }
                let why = try await server.http.twin(id)["properties"]["actuators/27"]["why"].text
                #expect(why == "GPIO_CONFLICT: pin 27 is in use")
                try await device.ask(server)
                #expect(device.heard("config").count == 1)

                // Wished once more, it is tried once more, and nothing else is.
                let again = #"{"actuators":{"27":{"type":"relay","name":"stirrer"}}}"#
                #expect(try await server.http.wish(id, again).status == 200)
                let second = try await device.hear("config", number: 2)
                #expect(second["sensors"] == .null)
                #expect(second["actuators"].items.map { $0["gpio"].number } == [27])
                try await device.takeIn("actuator", of: second)
                try await applied("actuators/27", server)
                #expect(try await server.http.twin(id)["delta"] == .list([.text("sensors/34:moisture")]))
            }
        }

        @Test func `that was decided on an old view, loosens a limit unseen, or takes a pin is refused`() async throws {
            try await withSite { site in
                let server = try await site.serveReady()
                let device = site.device(id)
                try await device.join()
                try await device.register(expecting: "online")
                try await device.vanish(from: server)
                let stale = try #require(try await server.http.get("/api/v1/twins/\(id)").headers["etag"])
                let pump = #"{"actuators":{"26":{"type":"pump","name":"drip","max_runtime_seconds":60}}}"#
                #expect(try await server.http.wish(id, pump).status == 200)
                let longer = #"{"actuators":{"26":{"max_runtime_seconds":3600}}}"#
                let seen = try #require(try await server.http.get("/api/v1/twins/\(id)").headers["etag"])
                let before = try await server.http.twin(id)

                for (match, status, word) in [
                    (nil, 428, "revision-required"), ("*", 428, "revision-required"),
                    (stale, 412, "revision-changed"), ("W/\(seen)", 412, "revision-changed"),
                    ("\"999999\"", 412, "revision-changed"), ("4711", 400, "invalid-request"),
                ] {
                    let answer = try await server.http.wish(id, longer, match: match)
                    #expect(answer.status == status, "If-Match: \(match ?? "none"): \(answer)")
                    #expect(answer.json["type"].text == "urn:problem-type:doppel:\(word)")
                    if status == 412 { #expect(answer.headers["etag"] == seen) }
                }
                for (wish, query, type, status, conflict) in [
                    (#"{"sensors":{"26:moisture":{"name":"bed"}}}"#, "", merge, 409, "actuator"),
                    (#"{"actuators":{"0":{"type":"relay","name":"fan"}}}"#, "", merge, 409, "system"),
                    (
                        #"{"actuators":{"27":{"type":"relay","name":"fan","auxiliary_gpio":26}}}"#, "", merge, 409,
                        "actuator"
                    ),
                    (#"{"actuators":{"27":{"type":"relay","nam":"fan"}}}"#, "", merge, 422, "none"),
                    (#"{"zone":{"id":"no blanks"}}"#, "", merge, 422, "none"),
                    (#"{"name":"bench"}"#, "?validate=maybe", merge, 400, nil),
                    (#"{"name":"bench"}"#, "", "application/json", 415, nil),
                ] as [(String, String, String, Int, String?)] {
                    let answer = try await server.http.wish(id, wish, query: query, type: type)
                    #expect(answer.status == status, "\(wish)\(query): \(answer)")
                    #expect(answer.json["conflict_type"].text == conflict)
                }
                #expect(try await server.http.wish("ESP_FFFFFF", #"{"name":"x"}"#).status == 404)

                let judged = try await server.http.wish(id, longer, match: seen, query: "?validate=only")
                #expect(judged.status == 200, "\(judged)")
                #expect(judged.json["desired"]["actuators"]["26"]["max_runtime_seconds"].number == 3600)
                #expect(judged.headers["etag"] == nil)
                #expect(try await server.http.twin(id) == before, "nothing of all that changed anything")

                let done = try await server.http.wish(id, longer, match: seen)
                #expect(done.status == 200, "\(done)")
                #expect(done.json["desired"]["actuators"]["26"]["max_runtime_seconds"].number == 3600)
            }
        }

        private let merge = "application/merge-patch+json"
        private let probePath = "sensors/4:ds18b20:28AA11BB22CC33D4"

        private func probe(every seconds: Int) -> String {
            #"{"sensors":{"4:ds18b20:28AA11BB22CC33D4":{"name":"probe","interval_seconds":\#(seconds)}}}"#
        }

        private func state(_ path: String, _ server: Server) async throws -> String? {
            try await server.http.twin(id)["properties"][path]["state"].text
        }

        private func applied(_ path: String, _ server: Server) async throws {
            try await eventually("\(path) is applied") { try await state(path, server) == "applied" }
        }
    }
}
