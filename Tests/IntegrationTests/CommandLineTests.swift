import Foundation
import Testing

extension WholeProgram {
    @Suite struct `The command line` {
        private let bench = "ESP_7C19F2"

        @Test func `configures every device of the demonstration, and asks, calibrates and removes one`() async throws {
            try await withSite { site in
                let scenario = Site.repository.appending(path: "simulator/scenarios/greenhouse.yaml").path
                let server = try await site.serveReady(["--demo", "--scenario", scenario])
                let line = Line(site: site, url: server.http.url)
                try await eventually("25 twins are online, with their sensors") {
                    let twins = try await server.http.get("/api/v1/twins?status=online&limit=100").json["items"].items
                    return twins.count == 25 && twins.allSatisfy { !$0["sensors"].items.isEmpty }
                }
                try await configure(line, server)
                try await ask(line, server)
                try await calibrate(line)

                let gone = try await line.run(["twin", "delete", bench])
                #expect(gone.exit == .code(0), "\(gone.tail)")
                #expect(try await server.http.twin(bench)["status"].text == "deleted")
                #expect(try await !line.run(["twin", "list"]).output.contains(bench))
                let nobody = try await line.run(["twin", "delete", "ESP_FFFFFF"])
                #expect(nobody.exit == .code(1))
                #expect(nobody.complaints.contains("ESP_FFFFFF"), "\(nobody.tail)")

                #expect(try await server.interrupt(within: .seconds(10)) == .code(0))
                let late = try await line.run(["models", "list"])
                #expect(late.exit == .code(3), "\(late.tail)")
            }
        }

        @Test func `checks, lists and describes the models`() async throws {
            try await withSite { site in
                let folder = try ModelFolder(site)
                let good = try await site.run(["models", "check"], folder.environment)
                #expect(good.exit == .code(0), "\(good.tail)")
                #expect(good.output.hasPrefix("ok: "))

                let schema = try await site.run(["models", "schema"])
                #expect(schema.exit == .code(0))
                #expect(schema.output + "\n" == (try folder.text("schema.json")))
                let copy = site.folder.appending(path: "schema.json")
                #expect(try await site.run(["models", "schema", "--output", copy.path]).exit == .code(0))
                #expect(try String(contentsOf: copy, encoding: .utf8) == (try folder.text("schema.json")))
                let nowhere = try await site.run(["models", "schema", "--output", "\(site.folder.path)/none/x.json"])
                #expect(nowhere.exit == .code(1))

                try folder.save([("kinds/ph.yaml", try folder.text("kinds/ph.yaml") + "colour: red\n")])
                let bad = try await site.run(["models", "check", "--twins-directory", folder.url.path])
                #expect(bad.exit == .code(1))
                #expect(bad.complaints.contains(/kinds\/ph\.yaml:[0-9]+:1: unknown member .colour./), "\(bad.tail)")
                #expect(bad.complaints.hasSuffix("1 problem"))
                let started = try await site.run(["serve"], folder.environment)
                #expect(started.exit != .code(0))
                #expect(started.complaints.contains("kinds/ph.yaml:"), "\(started.tail)")
            }
        }

        /// A program that asks one server.
        private struct Line {
            let site: Site
            let url: String

            func run(_ arguments: [String]) async throws -> Program { try await site.run(arguments + ["--url", url]) }
        }

        /// Gives each device another zone and its first sensor another interval.
        private func configure(_ line: Line, _ server: Server) async throws {
            let twins = try await server.http.get("/api/v1/twins?limit=100").json["items"].items
            for twin in twins {
                let (id, key) = (twin["id"].text ?? "", twin["sensors"][0]["id"].text ?? "")
                let wish = #"{"zone":{"id":"hall"},"sensors":{"\#(key)":{"name":"first","interval_seconds":7}}}"#
                if id == bench {
                    let program = try await line.run(["twin", "set", id, wish])
                    #expect(program.exit == .code(0), "\(program.tail)")
                    #expect(program.output.hasPrefix("Wished. Revision "), "\(program.tail)")
                } else {
                    #expect(try await server.http.wish(id, wish).status == 200)
                }
            }
            try await eventually("every device is as it was wished") {
                let twins = try await server.http.get("/api/v1/twins?limit=100").json["items"].items
                return twins.allSatisfy { twin in
                    twin["zone"].text == "hall" && twin["delta"] == .list([])
                        && twin["properties"].members.values.allSatisfy { $0["state"].text == "applied" }
                }
            }
            let shown = try await line.run(["twin", "show", bench])
            #expect(shown.exit == .code(0))
            #expect(!shown.output.contains("Wished and not yet so"), "\(shown.tail)")

            let taken = #"{"actuators":{"2":{"type":"relay","name":"fan"}},"sensors":{"2:moisture":{"name":"tray"}}}"#
            let refused = try await line.run(["twin", "set", bench, taken, "--check"])
            #expect(refused.exit == .code(1))
            #expect(refused.complaints.contains("actuators/2: pin 2 is taken by sensor 2:moisture"), "\(refused.tail)")
            let judged = try await line.run(["twin", "set", bench, #"{"name":"propagation"}"#, "--check"])
            #expect(judged.exit == .code(0))
            #expect(judged.output.hasPrefix("It would be taken; nothing was changed."), "\(judged.tail)")
            #expect(try await line.run(["twin", "set", bench, #"{"name":"#]).exit == .code(64))
        }

        private func ask(_ line: Line, _ server: Server) async throws {
            let measured = try await line.run(["twin", "measure", bench, "2", "--wait", "20"])
            #expect(measured.exit == .code(0), "\(measured.tail)")
            #expect(measured.output.contains(": answered"))
            let nothing = try await line.run(["twin", "measure", bench, "7", "--wait", "20"])
            #expect(nothing.exit == .code(1), "\(nothing.tail)")

            let status = try await line.run(["twin", "operate", bench, "status", "--wait", "20"])
            #expect(status.exit == .code(0), "\(status.tail)")
            #expect(status.output.hasPrefix("status o-"), "\(status.tail)")
            let level = try await line.run(["twin", "operate", bench, "set_log_level", "level=DEBUG", "--wait", "20"])
            #expect(level.exit == .code(0), "\(level.tail)")
            let unsure = try await line.run(["twin", "operate", bench, "factory_reset"])
            #expect(unsure.exit == .code(1))
            #expect(unsure.complaints.contains("confirm"), "\(unsure.tail)")
            let unknown = try await line.run(["twin", "operate", bench, "dance"])
            #expect(unknown.exit == .code(1))
            #expect(unknown.complaints.contains("onewire_scan"), "\(unknown.tail)")
            #expect(try await line.run(["twin", "operate", bench, "status", "oops"]).exit == .code(64))

            let models = try await line.run(["models", "list"])
            #expect(models.exit == .code(0))
            #expect(models.output.contains(/ds18b20 +sensor +°C +[0-9a-f]{8}/), "\(models.tail)")
        }

        private func calibrate(_ line: Line) async throws {
            let probe = ["twin", "calibrate", bench, "2:moisture"]
            #expect(try await line.run(probe + ["apply"]).exit == .code(1))
            #expect(try await line.run(probe + ["begin"]).exit == .code(64))
            for step in [
                ["begin", "--method", "moisture"], ["point", "--reference", "0", "--raw", "3000"],
                ["point", "--reference", "100", "--raw", "1400"], ["apply"],
            ] {
                let program = try await line.run(probe + step)
                #expect(program.exit == .code(0), "\(step): \(program.tail)")
            }
            let shown = try await line.run(probe + ["show"])
            #expect(shown.exit == .code(0))
            #expect(shown.output.contains("in use: number 1, moisture, slope -0.0625, offset 187.5"), "\(shown.tail)")
        }
    }
}
