import Foundation
import Testing

extension WholeProgram {
    @Suite struct `Readings that the broker has acknowledged` {
        /// How many readings; fewer make the test quicker.
        private let count = number("DOPPEL_KILL_READINGS") ?? 20_000
        /// What the moments of the kills are drawn from; the one of a failed run repeats them.
        private let seed = number("DOPPEL_KILL_SEED").map { UInt64($0) } ?? UInt64.random(in: 0...9_999_999)
        private let kills = 5
        /// When nothing is stored for so long, nothing more comes: a restarted program needs less to reconnect.
        private let patience = Duration.seconds(15)
        private let devices = (0..<50).map { "ESP_" + String(0xD0_0000 + $0, radix: 16, uppercase: true) }

        @Test func `are all stored, each once, although the program is killed five times`() async throws {
            try await withSite { site in
                _ = try await site.startBroker()
                var server = try await site.serveReady([], site.external)
                try await site.introduce(devices, to: server)

                var random = SplitMix(state: seed)
                let moments = (0..<kills).map { _ in Int.random(in: count / 50...count * 9 / 10, using: &random) }
                    .sorted()
                let flood = Flood(readings, port: site.brokerPort)
                await flood.start()
                var program = server.program
                var killedAt: [Int] = []
                for moment in moments {
                    // The moment may have come before: then the program is killed while it starts.
                    try await eventually("\(moment) readings are stored, seed \(seed)") {
                        if program.exit != nil { throw Hopeless(description: program.tail) }
                        return try Store(site).count() >= moment
                    }
                    try await program.kill()
                    killedAt.append(try Store(site).count())
                    program = try await site.doppel(["serve"], site.external)
                }
                print("Killed with seed \(seed) when \(killedAt) of \(count) readings were stored.")
                #expect(killedAt.allSatisfy { $0 < count }, "seed \(seed)")
                server = try await Server(program)

                try await eventually("the broker has all readings") { flood.acknowledged == count }
                await flood.end()
                try await rest(of: site)
                for device in devices { try await checkHistory(of: device, at: server) }
                #expect(try await server.interrupt() == .code(0))
                try checkStore(of: site)
            }
        }

        /// Waits until all readings are stored, or until no more come.
        private func rest(of site: Site) async throws {
            var last = (count: 0, at: ContinuousClock.now)
            try await eventually("the store comes to rest", within: .seconds(120)) {
                let stored = try Store(site).count()
                if stored != last.count { last = (stored, .now) }
                return stored >= count || ContinuousClock.now - last.at > patience
            }
        }

        /// Every reading is there once, and nothing else is.
        private func checkStore(of site: Site) throws {
            let stored = try Store(site).readings()
            let expected = devices.flatMap { device in (0..<count / devices.count).map { (device, $0) } }
            let lost = expected.filter { stored[$0]?[$1] == nil }
            let doubled = expected.filter { stored[$0]?[$1] ?? 0 > 1 }
            let (lostCount, doubledCount) = (lost.count, doubled.count)
            #expect(lostCount == 0, "lost are readings such as \(lost.prefix(3)); seed \(seed)")
            #expect(doubledCount == 0, "doubled are readings such as \(doubled.prefix(3)); seed \(seed)")
            #expect(try Store(site).count() == expected.count)
        }

        /// All readings, device by device in turn, numbered per device by their raw value.
        private var readings: [(topic: String, payload: String)] {
            let now = RawDevice.now
            return (0..<count).map { number in
                let place = number % devices.count
                let raw = number / devices.count
                // Half of them tell the time in seconds, as the firmware does, and the others in milliseconds.
                let time = place.isMultiple(of: 2) ? now : now * 1000 + raw
                return (
                    "kaiser/god/esp/\(devices[place])/sensor/34/data",
                    RawDevice.reading(of: devices[place], raw: raw, at: time)
                )
            }
        }

        /// What the interface shows of a device is the same.
        private func checkHistory(of device: String, at server: Server) async throws {
            let path = "/api/v1/twins/\(device)/sensors/34/history?type=moisture&limit=5000"
            let raws = try await server.http.get(path).json["items"].items.compactMap { $0["raw"].number }
            let isComplete = raws.sorted() == (0..<count / devices.count).map { Double($0) }
            #expect(isComplete, "\(device) shows \(raws.count) readings; seed \(seed)")
        }
    }
}
