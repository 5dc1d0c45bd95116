import Foundation
import Testing

extension WholeProgram {
    @Suite struct `The demonstration` {
        private let device = "ESP_7C19F2"

        @Test func `comes up, obeys, stops, is released, and ends with every output off`() async throws {
            try await withSite { site in
                let scenario = Site.repository.appending(path: "simulator/scenarios/greenhouse.yaml").path
                let server = try await site.serveReady(["--demo", "--scenario", scenario])
                let url = ["--url", server.http.url]
                try await eventually("25 twins are online, with their outputs") {
                    let twins = try await server.http.get("/api/v1/twins?status=online&limit=100").json["items"].items
                    return twins.count == 25 && twins.allSatisfy { !$0["actuators"].items.isEmpty }
                }

                let list = try await site.run(["twin", "list"] + url)
                #expect(list.exit == .code(0))
                // One line for the headings.
                #expect(list.output.split(separator: "\n").count == 26, "\(list.tail)")

                let on = try await site.run(["twin", "command", device, "10", "ON", "--wait", "20"] + url)
                #expect(on.exit == .code(0), "\(on.tail)")
                #expect(on.output.contains("confirmed"))
                let actuator = try await server.http.actuator(device, 10)
                #expect(actuator["confirmed"]["on"].flag == true)
                #expect(actuator["lease"]["seconds"].number == 300)

                let stop = try await site.run(["stop", "--all", "--reason", "test", "--wait", "30"] + url)
                #expect(stop.exit == .code(0), "\(stop.tail)")
                let report = try await server.http.get("/api/v1/emergency-stop").json
                #expect(report["incidents"][0]["reason"].text == "test")
                // 4 climate stations and 1 bench with two outputs each, 16 beds with one, 4 tanks with three.
                #expect(report["counts"]["stopped"].number == 38)
                #expect(report["counts"]["unconfirmed"].number == 0)
                #expect(report["counts"]["offline"].number == 0)
                #expect(try await server.http.actuator(device, 10)["confirmed"]["on"].flag == false)

                let refused = try await site.run(["twin", "command", device, "10", "ON"] + url)
                #expect(refused.exit == .code(1))
                #expect(refused.complaints.contains("'latch'"), "\(refused.tail)")

                let clear = try await site.run(["stop", "clear"] + url)
                #expect(clear.exit == .code(0), "\(clear.tail)")
                try await eventually("every device has let go of the stop") {
                    let report = try await server.http.get("/api/v1/emergency-stop").json
                    return report["active"].flag == false && report["clearing"] == .list([])
                }
                #expect(try await server.http.actuator(device, 10)["confirmed"]["on"].flag == false)
                let again = try await site.run(["twin", "command", device, "10", "ON", "--wait", "20"] + url)
                #expect(again.exit == .code(0), "\(again.tail)")

                #expect(try await server.interrupt(within: .seconds(10)) == .code(0))
                try lastWordsAreOff(site)
                #expect(site.processes(named: "mosquitto") == [])
            }
        }

        /// Each output's last status in the store says off.
        private func lastWordsAreOff(_ site: Site) throws {
            let snapshots = try Store(site).snapshots()
            #expect(snapshots.count == 25)
            let actuators = snapshots.flatMap { $0["actuators"].items }
            #expect(actuators.count == 38)
            for actuator in actuators {
                #expect(actuator["confirmed"]["status"]["state"].text == "off", "\(actuator)")
            }
        }
    }
}
