import EventLoop

/// Runs `doppel bench soak`: a constant load for a long time, and how the memory grows meanwhile.
struct SoakBenchmark {
    /// What is done.
    struct Plan: Sendable {
        var load: StopBenchmark.Plan
        var minutes: Double
        var warmUpSeconds: Int
        /// Where the PostgreSQL server is that keeps history, too; `nil` for none.
        var history: BenchPostgres.Place?
    }

    /// How often Doppel is asked for its memory, in milliseconds.
    private static let lookMilliseconds: Int64 = 1000
    /// How often the state is told, in looks.
    private static let tellEvery = 60

    let plan: Plan

    func run() async throws -> SoakReport {
        OpenFiles.raiseLimit()
        return try await EventLoop.beside { loop in
            guard let history = plan.history else { return try await soak(beside: loop, nil) }
            return try await BenchPostgres.with(history, on: loop) { server in
                try await server.withEmptyDatabase("doppel_soak") { database in
                    try await soak(beside: loop, SoakFeed(database: database))
                }
            }
        }
    }

    private func soak(beside loop: EventLoop, _ feed: SoakFeed?) async throws -> SoakReport {
        try await BenchStage.with(loop) { stage in
            try await stage.serving(history: feed?.database.url) { url in try await soak(stage, url, feed) }
        }
    }

    private func soak(_ stage: BenchStage, _ url: String, _ feed: SoakFeed?) async throws -> SoakReport {
        let devices = try await stage.devices(plan.load)
        Console.standard.tell("\(plan.load.devices) devices publish; warming up for \(plan.warmUpSeconds) s")
        await stage.loop.rest(milliseconds: Int64(plan.warmUpSeconds) * 1000)
        let mark = try feed?.mark()
        let looks = try await looks(stage, devices, url)
        let fed = try mark.flatMap { try feed?.progress(since: $0) }
        await devices.end(on: stage.loop)
        return SoakReport(plan, looks, fed: fed)
    }

    private func looks(_ stage: BenchStage, _ devices: BenchChild, _ url: String) async throws -> [LoadLook] {
        var looks: [LoadLook] = []
        let begun = BenchClock.now
        let end = begun + Int64(plan.minutes * 60e9)
        while BenchClock.now < end || looks.count < 2 {
            let look = try await LoadLook(devices, url: url, on: stage.loop)
            looks.append(look)
            if looks.count.isMultiple(of: Self.tellEvery) {
                let minutes = (look.at - begun) / 60_000_000_000
                let memory = [look.residentBytes, look.anonymousBytes].map { Int($0 / 1e6) }
                Console.standard.tell(
                    "\(minutes) min: \(memory[0]) MB, \(memory[1]) MB of it anonymous; \(look.waiting) messages waiting"
                )
            }
            let due = begun + Int64(looks.count) * Self.lookMilliseconds * 1_000_000
            await stage.loop.rest(milliseconds: max(1, (due - BenchClock.now) / 1_000_000))
        }
        return looks
    }
}
