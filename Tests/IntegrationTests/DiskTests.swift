import Foundation
import Testing

extension WholeProgram {
    @Suite struct `A disk that takes nothing` {
        enum Fault: String, CaseIterable, Sendable {
            case full = "the disk is full"
            case readOnly = "its file system is read-only"
        }

        @Test(arguments: Fault.allCases)
        func `lets outputs be switched off and none on, and needs no restart to go on`(_ fault: Fault) async throws {
            try await withDisk { site, disk in
                _ = try await site.startBroker()
                let server = try await site.serveReady([], site.external.merging(disk.environment) { $1 })
                let device = try await pump(at: site, server)

                try await fault == .full ? disk.fill() : disk.refuseWrites()
                try await storesNothing(server, device, because: fault)
                let on = try await server.http.command(device.id, 26, "ON")
                #expect(on.json["limit"].text == "journal", "\(on)")
                let off = try await server.http.command(device.id, 26, "OFF")
                #expect((200..<300).contains(off.status), "\(off)")
                #expect(try await device.hear("actuator/26/command")["command"].text == "OFF")
                #expect(device.heard("actuator/26/command").allSatisfy { $0["command"].text == "OFF" })
                let journal = try await server.http.get("/api/v1/supervision").json["children"].items
                    .first { $0["name"].text == "journal" }
                #expect(journal?["condition"].text == "failing")
                #expect(journal?["condition_reason"].text?.contains(fault.rawValue) == true, "\(journal ?? .null)")
                let complaints = server.program.lines.filter { $0.contains("The journal takes no facts") }
                #expect(complaints.count == 1 && complaints[0].contains(fault.rawValue), "\(server.program.tail)")

                try await fault == .full ? disk.makeRoom() : disk.heal()
                try await server.ready()
                try await eventually("what the device said is stored, each once") {
                    try Store(site).readings()[device.id]?.filter { $0.value == 1 }.count == Self.readings
                }
                try await device.show(isOn: false)
                try await eventually("the pump may be switched on") {
                    try await server.http.command(device.id, 26, "ON").status == 202
                }
                #expect(try await server.interrupt() == .code(0))
            }
        }

        @Test func `that is full lets Doppel start with its own broker, switch off, and go on when there is room`()
            async throws
        {
            try await withDisk { site, disk in
                var server = try await site.serveReady([], disk.environment)
                var device = try await pump(at: site, server)
                guard disk.isMounted else { return print("NOT SHOWN: a start on a full disk needs a real one.") }
                try await disk.fill()
                try await storesNothing(server, device, because: .full)
                await device.leave()
                try await server.program.kill()
                try await eventually("its broker is gone") { site.processes(named: "mosquitto").isEmpty }

                server = try await site.serve([], disk.environment)
                device = site.device(device.id)
                try await device.join()
                try await eventually("it stores nothing") {
                    let answer = try await server.http.get("/readyz")
                    return answer.status == 503 && answer.text.contains(Fault.full.rawValue)
                }
                #expect((200..<300).contains(try await server.http.command(device.id, 26, "OFF").status))
                #expect(try await device.hear("actuator/26/command")["command"].text == "OFF")
                try await disk.makeRoom()
                try await server.ready()
                #expect(try await server.interrupt() == .code(0))
            }
        }

        @Test func `that is full with nothing in the log lets Doppel start, and keeps a stop that is ordered then`()
            async throws
        {
            try await withDisk { site, disk in
                var server = try await site.serveReady([], disk.environment)
                let device = try await pump(at: site, server)
                guard disk.isMounted else { return print("NOT SHOWN: a start on a full disk needs a real one.") }
                try await eventually("the log is empty") { try Store.emptyLog(of: site) }
                try await disk.fill()
                try await storesNothing(server, device, because: .full)
                await device.leave()
                server = try await startAgain(server, at: site, disk)
                #expect(server.program.lines.contains { $0.contains("opened in room that was kept for it") })
                #expect(try await server.http.get("/api/v1/emergency-stop").json["active"].flag == false)
                let stop = try await server.http.post("/api/v1/emergency-stop", #"{"scope":"all","reason":"leak"}"#)
                #expect(stop.status == 200, "\(stop)")
                try await eventually("the stop is stored, on a full disk") {
                    let report = try await server.http.get("/api/v1/emergency-stop").json
                    return report["active"].flag == true && report["durable"].flag == true
                }
                #expect((1..<Self.reserveBytes).contains(try reserve(of: site)))

                server = try await startAgain(server, at: site, disk)
                let report = try await server.http.get("/api/v1/emergency-stop").json
                #expect(report["active"].flag == true, "\(report)")
                let journal = try await server.http.get("/api/v1/supervision").json["children"].items
                    .first { $0["name"].text == "journal" }
                #expect(journal?["condition"].text != "ok", "\(journal ?? .null)")

                try await disk.makeRoom()
                try await server.ready()
                #expect(try await server.interrupt() == .code(0))
                #expect(try await site.serveReady([], disk.environment).interrupt() == .code(0))
                #expect(try reserve(of: site) == Self.reserveBytes)
            }
        }

        /// How much room is kept for a full disk, in bytes.
        private static let reserveBytes = 4 * 1024 * 1024

        private func reserve(of site: Site) throws -> Int {
            let path = site.data.appending(path: "doppel.reserve").path
            return try FileManager.default.attributesOfItem(atPath: path)[.size] as? Int ?? 0
        }

        /// Kills Doppel on a full disk, and starts it there once more.
        private func startAgain(_ server: Server, at site: Site, _ disk: SmallDisk) async throws -> Server {
            try await server.program.kill()
            try await eventually("its broker is gone") { site.processes(named: "mosquitto").isEmpty }
            return try await site.serve([], disk.environment)
        }

        @Test func `that is read-only is named at the start, and nothing is changed`() async throws {
            try await withDisk { site, disk in
                #expect(try await site.serveReady([], disk.environment).interrupt() == .code(0))
                try await disk.mountReadOnly()
                let program = try await site.run(["serve"], disk.environment)
                #expect(program.exit == .code(2))
                let line = program.lines.last ?? ""
                #expect(line.contains("doppel.lock: Read-only file system. Nothing was changed. Mount its"), "\(line)")
                try await disk.mountForWriting()
                #expect(try await site.serveReady([], disk.environment).interrupt() == .code(0))
            }
        }

        /// How many readings a device sends while nothing is stored.
        private static let readings = 20

        /// A device that is online and shows its pump off.
        private func pump(at site: Site, _ server: Server) async throws -> RawDevice {
            let device = site.device("ESP_D15C01")
            try await device.join()
            try await device.register(expecting: "online")
            try await device.show(isOn: false)
            try await eventually("the pump is known") {
                try await server.http.actuator(device.id, 26)["confirmed"]["on"].flag == false
            }
            device.forget()
            return device
        }

        /// Sends readings and waits until Doppel says that it stores nothing.
        private func storesNothing(_ server: Server, _ device: RawDevice, because fault: Fault) async throws {
            for raw in 0..<Self.readings { try await device.measure(raw: raw) }
            try await eventually("Doppel says why it stores nothing") {
                let answer = try await server.http.get("/readyz")
                return answer.status == 503 && answer.text.contains(fault.rawValue)
            }
        }

        /// Runs a test at a site whose data folder is a disk of its own.
        private func withDisk(_ body: (Site, SmallDisk) async throws -> Void) async throws {
            try await withSite { site in
                let disk = try await SmallDisk(at: site.data, of: site)
                do {
                    try await body(site, disk)
                } catch {
                    try await disk.discard()
                    throw error
                }
                try await disk.discard()
            }
        }
    }
}
