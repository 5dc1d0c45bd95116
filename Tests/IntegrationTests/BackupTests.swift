import Foundation
import Testing

extension WholeProgram {
    @Suite struct `A backup of a Doppel that is at work` {
        private let count = 6_000
        private let id = "ESP_7C19F2"
        private let devices = (0..<20).map { "ESP_" + String(0xD1_0000 + $0, radix: 16, uppercase: true) }

        @Test func `is whole, and what is restored from it starts stopped and knows everything`() async throws {
            try await withSite { site in
                _ = try await site.startBroker()
                let server = try await site.serveReady([], site.external)
                try await site.introduce(devices, to: server)
                let flood = Flood(readings, port: site.brokerPort, perSecond: 1_500)
                await flood.start()
                try await eventually("readings flow") { try Store(site).count() > 500 }
                let acknowledged = flood.acknowledged
                // Facts are stored in order: what was received before one that is stored is stored, too.
                let stored = try #require(try Store(site).modelledReadings().last).receipt
                let file = site.folder.appending(path: "doppel.backup").path
                let told = try await site.run(["admin", "backup", file])
                #expect(told.exit == .code(0), "\(told.tail)")
                let storedAtEnd = try Store(site).count()
                let instant = Self.time(stored - 1)
                let path = "/api/v1/twins?limit=500&at=\(instant)"
                let past = try await server.http.get(path)
                #expect(past.status == 200, "\(past)")
                try await eventually("the broker has all readings") { flood.acknowledged == count }
                await flood.end()

                let verified = try await site.run(["admin", "verify", file])
                #expect(verified.exit == .code(0), "\(verified.tail)")
                let refused = try await site.run(["admin", "restore", file, "--force"])
                #expect(refused.exit == .code(1))
                #expect(refused.complaints.contains("another doppel"), "\(refused.tail)")
                #expect(try await server.interrupt() == .code(0))

                let other = try Site()
                do {
                    try await check(file, at: other, acknowledged...storedAtEnd, path, past.text)
                } catch {
                    await other.discard()
                    throw error
                }
                await other.discard()
                try await findDamage(in: file, site)
            }
        }

        /// Restores into another folder and starts on it.
        private func check(
            _ file: String, at site: Site, _ bounds: ClosedRange<Int>, _ path: String, _ past: String
        ) async throws {
            let restored = try await site.run(["admin", "restore", file])
            #expect(restored.exit == .code(0), "\(restored.tail)")
            #expect(restored.output.contains("STOPPED"), "\(restored.tail)")
            let count = try Store(site).count()
            #expect(bounds.contains(count), "\(bounds)")
            let again = try await site.run(["admin", "restore", file])
            #expect(again.exit == .code(1), "\(again.tail)")

            let server = try await site.serveReady()
            let report = try await server.http.get("/api/v1/emergency-stop").json
            #expect(report["active"].flag == true)
            let reason = report["incidents"][0]["reason"].text ?? ""
            #expect(reason.contains("restored from a backup"), "\(reason)")
            let twins = try await server.http.get("/api/v1/twins?limit=500").json["items"].items
            #expect(twins.count == devices.count)
            #expect(twins.allSatisfy { $0["emergency"].text == "stopped" && $0["status"].text == "approved" })
            // Both histories are the same up to the backup.
            #expect(try await server.http.get(path).text == past)
            let device = site.device(devices[0])
            try await device.join()
            try await device.register(expecting: "online")
            #expect(device.heard("actuator/emergency").first?["command"].text == "emergency_stop")
            #expect(try await server.interrupt() == .code(0))
        }

        /// Flips a byte in the middle.
        private func findDamage(in file: String, _ site: Site) async throws {
            var bytes = try Data(contentsOf: URL(filePath: file))
            bytes[bytes.count / 2] ^= 4
            try bytes.write(to: URL(filePath: file))
            let verified = try await site.run(["admin", "verify", file])
            #expect(verified.exit == .code(1))
            #expect(verified.complaints.contains("NOT good"), "\(verified.tail)")
        }

        @Test func `that is killed leaves no file of its name, and the next one succeeds`() async throws {
            try await withSite { site in
                let server = try await site.serveReady()
                let device = site.device(id)
                try await device.join()
                try await device.register(expecting: "online")
                let file = site.folder.appending(path: "doppel.backup").path
                for (name, length) in [(".partial", 0), (".copy.sqlite", 0), (".copy.sqlite", 1), (".partial", 1)] {
                    let backup = try await site.doppel(["admin", "backup", file])
                    try await eventually("the backup has begun") {
                        let written = FileManager.default.contents(atPath: file + name)
                        return backup.exit != nil || written.map { $0.count >= length } == true
                    }
                    try await backup.kill()
                    guard FileManager.default.fileExists(atPath: file) else { continue }
                    let whole = try await site.run(["admin", "verify", file])
                    #expect(whole.exit == .code(0), "\(whole.tail)")
                    try FileManager.default.removeItem(atPath: file)
                }
                let backup = try await site.run(["admin", "backup", file])
                #expect(backup.exit == .code(0), "\(backup.tail)")
                let names = try FileManager.default.contentsOfDirectory(atPath: site.folder.path)
                #expect(names.filter { $0.hasPrefix("doppel.backup") } == ["doppel.backup"])
                #expect(try await server.interrupt() == .code(0))
            }
        }

        /// A pipe to which nobody writes is a backup that takes its time.
        @Test(arguments: [SIGINT, SIGTERM])
        func `whose restore is interrupted says that nothing was changed`(_ signal: Int32) async throws {
            try await withSite { site in
                let pipe = site.folder.appending(path: "backup.pipe").path
                let made = unsafe mkfifo(pipe, 0o600)
                #expect(made == 0)
                let restore = try await site.doppel(["admin", "restore", pipe])
                try await eventually("it takes signals") { try Self.takes(signal, restore.processID) }
                await restore.signal(signal)
                #expect(try await restore.ended() == .code(128 + signal))
                #expect(restore.complaints.contains("it was interrupted. The data directory is as it was."))
                #expect(!FileManager.default.fileExists(atPath: site.data.appending(path: "doppel.sqlite").path))
            }
        }

        /// Whether a process does something of its own when a signal comes.
        private static func takes(_ signal: Int32, _ process: Int32) throws -> Bool {
            let lines = try String(contentsOfFile: "/proc/\(process)/status", encoding: .utf8).split(separator: "\n")
            let caught = lines.first { $0.hasPrefix("SigCgt:") }?.split(separator: "\t").last ?? "0"
            return (UInt64(caught, radix: 16) ?? 0) >> UInt64(signal - 1) & 1 == 1
        }

        /// A time in milliseconds since 1970, as the interface takes it.
        private static func time(_ milliseconds: Int64) -> String {
            let second = Date(timeIntervalSince1970: Double(milliseconds / 1000))
            let rest = "\(1000 + milliseconds % 1000)".dropFirst()
            return ISO8601DateFormatter().string(from: second).replacing("Z", with: ".\(rest)Z")
        }

        private var readings: [(topic: String, payload: String)] {
            let now = RawDevice.now
            return (0..<count).map { number in
                let (device, raw) = (devices[number % devices.count], number / devices.count)
                return (
                    "kaiser/god/esp/\(device)/sensor/34/data",
                    RawDevice.reading(of: device, raw: raw, at: now * 1000 + raw)
                )
            }
        }
    }
}
