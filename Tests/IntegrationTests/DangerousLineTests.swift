import Foundation
import Testing

extension WholeProgram {
    @Suite struct `The command line at dangerous outputs` {
        private let bench = "ESP_7C19F2"

        @Test func `renews, locks out, and stops a subzone as a drill that can be followed`() async throws {
            try await withSite { site in
                let scenario = Site.repository.appending(path: "simulator/scenarios/greenhouse.yaml").path
                let server = try await site.serveReady(["--demo", "--scenario", scenario])
                try await eventually("the bench is online, with its outputs") {
                    let twin = try await server.http.twin(bench)
                    return twin["status"].text == "online"
                        && twin["actuators"].items.count { $0["confirmed"] != .null } == 2
                }
                try await renew(site, server)
                try await lockOut(site, server)
                try await drill(site, server)
                #expect(try await server.interrupt(within: .seconds(10)) == .code(0))
            }
        }

        private func run(_ site: Site, _ server: Server, _ arguments: [String]) async throws -> Program {
            try await site.run(arguments + ["--url", server.http.url])
        }

        private func renew(_ site: Site, _ server: Server) async throws {
            let on = ["twin", "command", bench, "10", "ON", "--duration", "30", "--key", "job 1", "--json"]
            let first = try await run(site, server, on)
            #expect(first.exit == .code(0), "\(first.tail)")
            let id = try #require(try JSON(first.output)["id"].text)
            let again = try await run(site, server, on)
            #expect(try JSON(again.output)["id"].text == id)

            let renewal = try await run(
                site, server, ["twin", "command", bench, "10", "--renew", id, "--duration", "60"])
            #expect(renewal.exit == .code(0), "\(renewal.tail)")
            let lease = try await server.http.actuator(bench, 10)["lease"]
            #expect(lease["seconds"].number == 60)
            #expect(lease["owner"].text == "http:127.0.0.1")
            #expect(lease["counted_by_device"].flag == true)
            // The lease has a new name now, so the old one renews nothing.
            let late = try await run(site, server, ["twin", "command", bench, "10", "--renew", id])
            #expect(late.exit == .code(1))
            #expect(late.complaints.contains("Refused by the limit 'lease_owner'"), "\(late.tail)")
        }

        private func lockOut(_ site: Site, _ server: Server) async throws {
            let tag = ["twin", "lockout", bench, "10", "--reason", "new seal", "--for", "10m", "--name", "mara h"]
            let hung = try await run(site, server, tag)
            #expect(hung.exit == .code(0), "\(hung.tail)")
            #expect(hung.output.contains("GPIO 10 LOCKED OUT by mara h until "), "\(hung.tail)")
            #expect(try await server.http.actuator(bench, 10)["confirmed"]["on"].flag == false)
            let order = try await run(site, server, ["twin", "command", bench, "10", "ON"])
            #expect(order.exit == .code(1))
            #expect(order.complaints.contains("Refused by the limit 'lockout'"), "\(order.tail)")

            let stranger = try await run(site, server, ["twin", "unlock", bench, "10"])
            #expect(stranger.exit == .code(1))
            #expect(stranger.complaints.contains("the tag of 'mara h' hangs on it (new seal)"), "\(stranger.tail)")
            let own = try await run(site, server, ["twin", "unlock", bench, "10", "--name", "mara h"])
            #expect(own.exit == .code(0), "\(own.tail)")
            #expect(try await server.http.actuator(bench, 10)["lockout"] == .null)
            #expect(try await run(site, server, ["twin", "release", bench]).exit == .code(0))
        }

        private func drill(_ site: Site, _ server: Server) async throws {
            let follower = try await site.doppel(["stop", "status", "--follow", "--url", server.http.url])
            try await eventually("the scoreboard is followed") { follower.output.contains("No emergency stop holds.") }
            let stop = try await run(site, server, ["stop", "--subzone", "tray", "--drill", "--reason", "exercise"])
            #expect(stop.exit == .code(0), "\(stop.tail)")
            #expect(stop.output.contains("DRILL, EMERGENCY STOP of subzone tray"), "\(stop.tail)")
            let report = try await server.http.get("/api/v1/emergency-stop").json
            #expect(report["lines"].items.map { $0["gpio"].number } == [9])
            try await eventually("the follower sees the drill") {
                follower.output.contains("  1 of 1 outputs seen off")
            }
            await follower.signal(SIGINT)
            #expect(try await follower.ended() == .code(0))

            let nowhere = try await run(site, server, ["stop", "--zone", "nowhere"])
            #expect(nowhere.exit == .code(1))
            #expect(nowhere.complaints.contains("The stop holds NOTHING"), "\(nowhere.tail)")
            let incident = try #require(report["incidents"][0]["id"].text)
            #expect(try await run(site, server, ["stop", "clear", incident]).exit == .code(0))
            #expect(try await server.http.get("/api/v1/emergency-stop").json["incidents"].items.count == 1)
            #expect(try await run(site, server, ["stop", "clear", incident]).exit == .code(1))
            #expect(try await run(site, server, ["stop", "clear"]).exit == .code(0))
        }
    }
}
