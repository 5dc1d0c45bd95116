import Foundation
import PostgresCluster
import Testing

extension WholeProgram {
    /// `DOPPEL_FAULT_SECONDS=600` makes the long run of it; `DOPPEL_FAULT_SEED` repeats one.
    @Suite struct `Both stores` {
        private enum Fault: String, CaseIterable {
            case doppelKilled, brokerKilled, postgresKilled, postgresStoppedAtOnce, postgresPaused
        }

        private let seconds = number("DOPPEL_FAULT_SECONDS") ?? 60
        private let seed = number("DOPPEL_FAULT_SEED").map { UInt64($0) } ?? UInt64.random(in: 0...9_999_999)
        private let perSecond = 300
        private let devices = (0..<20).map { "ESP_" + String(0xE0_0000 + $0, radix: 16, uppercase: true) }
        private let probe = "ESP_EEEEEE"
        private var count: Int { seconds * perSecond / devices.count * devices.count }

        @Test func `hold every acknowledged reading once, whatever dies under load`() async throws {
            let cluster = try await PostgresCluster()
            do {
                try await withSite { site in try await run(site, cluster) }
            } catch {
                try await cluster.discard()
                throw error
            }
            try await cluster.discard()
        }

        private func run(_ site: Site, _ cluster: PostgresCluster) async throws {
            let settings = site.external.merging(["DOPPEL_HISTORY_URL": cluster.url()]) { $1 }
            var broker = try await site.startBroker()
            var server = try await site.serveReady([], settings)
            try await site.introduce(devices + [probe], to: server)
            let flood = Flood(readings, port: site.brokerPort, perSecond: perSecond)
            await flood.start()
            var random = SplitMix(state: seed)
            var faults: [Fault: Int] = [:]
            while flood.acknowledged < count {
                guard let fault = Fault.allCases.randomElement(using: &random) else { break }
                faults[fault, default: 0] += 1
                switch fault {
                case .doppelKilled:
                    try await server.program.kill()
                    server = try await site.serve([], settings)
                case .brokerKilled:
                    // What a broker has not written down when it is killed is lost with it, so it owes nothing then.
                    try await flood.pause()
                    try await everythingIsStored(site, flood.acknowledged)
                    try await broker.kill()
                    broker = try await site.startBroker()
                    try await isHeardAgain(site)
                    flood.resume()
                case .postgresKilled, .postgresStoppedAtOnce:
                    try await cluster.stop(fault == .postgresKilled ? .killed : .immediate)
                    try await someMore(flood)
                    try await cluster.start()
                case .postgresPaused:
                    cluster.pause()
                    try await someMore(flood)
                    cluster.resume()
                }
                try await someMore(flood)
            }
            await flood.end()
            try await everythingIsStored(site, count)
            let stored = try Store(site).readings()
            try await isFed(cluster, stored.values.map { $0.values.reduce(0, +) }.reduce(0, +))
            let told = faults.map { "\($0.key.rawValue) \($0.value)" }.sorted().joined(separator: ", ")
            print("Faults with seed \(seed): \(told); \(count) readings in either store.")
            check(stored, "the embedded store")
            check(try await fed(cluster), "PostgreSQL")
            #expect(try await server.interrupt() == .code(0))
        }

        /// Waits until some more readings were sent, or all were.
        private func someMore(_ flood: Flood) async throws {
            let goal = min(flood.acknowledged + perSecond * 2, count)
            try await eventually("\(goal) readings are acknowledged, seed \(seed)", within: .seconds(60)) {
                flood.acknowledged >= goal
            }
        }

        private func everythingIsStored(_ site: Site, _ wanted: Int) async throws {
            try await eventually("\(wanted) readings are stored, seed \(seed)", within: .seconds(90)) {
                let stored = try Store(site).readings()
                return devices.map { stored[$0]?.count ?? 0 }.reduce(0, +) >= wanted
            }
        }

        /// Waits until what a device says is stored again.
        private func isHeardAgain(_ site: Site) async throws {
            let before = try Store(site).readings()[probe]?.count ?? 0
            let voice = site.device(probe)
            try await voice.join()
            var raw = before
            try await eventually("the probe is heard, seed \(seed)", within: .seconds(60)) {
                raw += 1
                let payload = RawDevice.reading(of: probe, raw: raw, at: RawDevice.now)
                try await voice.publish("kaiser/god/esp/\(probe)/sensor/34/data", Array(payload.utf8), qos: 1)
                return try Store(site).readings()[probe]?.count ?? 0 > before
            }
            await voice.leave()
        }

        private func isFed(_ cluster: PostgresCluster, _ rows: Int) async throws {
            try await eventually("PostgreSQL holds \(rows) rows, seed \(seed)", within: .seconds(90)) {
                Int(try await cluster.run("SELECT count(*) FROM sensor_readings")) ?? 0 >= rows
            }
        }

        /// How often each raw value of each device is in PostgreSQL.
        private func fed(_ cluster: PostgresCluster) async throws -> [String: [Int: Int]] {
            let rows = try await cluster.run(
                """
                SELECT device_id, raw_value::bigint, count(*) FROM sensor_readings JOIN sensors USING (sensor_id)
                GROUP BY 1, 2
                """)
            var found: [String: [Int: Int]] = [:]
            for row in rows.split(separator: "\n") {
                let parts = row.split(separator: "|")
                if parts.count == 3, let raw = Int(parts[1]), let times = Int(parts[2]) {
                    found[String(parts[0]), default: [:]][raw] = times
                }
            }
            return found
        }

        private func check(_ stored: [String: [Int: Int]], _ store: String) {
            let expected = devices.flatMap { device in (0..<count / devices.count).map { (device, $0) } }
            let lost = expected.filter { stored[$0]?[$1] == nil }
            let doubled = expected.filter { stored[$0]?[$1] ?? 0 > 1 }
            #expect(lost.isEmpty, "\(store) lost \(lost.count) readings such as \(lost.prefix(3)); seed \(seed)")
            #expect(doubled.isEmpty, "\(store) doubled \(doubled.count) such as \(doubled.prefix(3)); seed \(seed)")
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
