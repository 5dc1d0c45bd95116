import Testing

extension WholeProgram {
    /// `DOPPEL_FAULT_SECONDS=600` makes the long run of it; `DOPPEL_FAULT_SEED` repeats one.
    @Suite struct `Both stores` {
        private let seconds = number("DOPPEL_FAULT_SECONDS") ?? 60
        private let seed = number("DOPPEL_FAULT_SEED").map { UInt64($0) } ?? UInt64.random(in: 0...9_999_999)
        private let perSecond = 300
        private let devices = (0..<20).map { "ESP_" + String(0xE0_0000 + $0, radix: 16, uppercase: true) }

        @Test func `hold every acknowledged reading once, whatever dies under load`() async throws {
            try await withSite { site in
                let scene = try await FaultScene(
                    site, readings: readings, of: devices, probe: "ESP_EEEEEE", perSecond: perSecond, seed: seed)
                do {
                    try await run(scene)
                } catch {
                    print(scene.lastWords)
                    try await scene.discard()
                    throw error
                }
                try await scene.discard()
            }
        }

        private func run(_ scene: FaultScene) async throws {
            var plan = FaultPlan(seed: seed)
            let end = ContinuousClock.now + .seconds(seconds)
            while ContinuousClock.now < end || !plan.isFirstRoundOver { try await scene.suffer(plan.next()) }
            try await scene.flood.pause()
            let count = scene.flood.acknowledged
            try await scene.isStored(count)
            let stored = try Store(scene.site).readings()
            try await scene.isFed(stored.values.map { $0.values.reduce(0, +) }.reduce(0, +))
            let fed = try await scene.fed()
            let losses = [check(stored, count, "the embedded store"), check(fed, count, "PostgreSQL")]
            print(
                """
                Seed \(seed), \(seconds) s: \(plan.summary); \(count) readings acknowledged, lost and doubled: \
                \(losses[0]) in the embedded store, \(losses[1]) in PostgreSQL.
                """)
            #expect(try await scene.server.interrupt() == .code(0))
        }

        /// Expects each of the first readings once, and says how many of them a store holds, lost and doubled.
        private func check(_ stored: [String: [Int: Int]], _ count: Int, _ store: String) -> String {
            let expected = (0..<count).map { (devices[$0 % devices.count], $0 / devices.count) }
            let lost = expected.filter { stored[$0]?[$1] == nil }
            let doubled = expected.filter { stored[$0]?[$1] ?? 0 > 1 }
            #expect(lost.isEmpty, "\(store) lost \(lost.count) readings such as \(lost.prefix(3)); seed \(seed)")
            #expect(doubled.isEmpty, "\(store) doubled \(doubled.count) such as \(doubled.prefix(3)); seed \(seed)")
            return "\(lost.count) and \(doubled.count) of \(count - lost.count) rows"
        }

        /// More than can be sent until the end; each device's numbered by their raw value.
        private var readings: [(topic: String, payload: String)] {
            let now = RawDevice.now
            return (0..<(seconds + 180) * perSecond).map { number in
                let (device, raw) = (devices[number % devices.count], number / devices.count)
                return (
                    "kaiser/god/esp/\(device)/sensor/34/data",
                    RawDevice.reading(of: device, raw: raw, at: now * 1000 + raw)
                )
            }
        }
    }
}
