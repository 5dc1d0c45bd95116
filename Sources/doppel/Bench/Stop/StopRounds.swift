import EventLoop
import Glibc

/// Doppel's rounds of `doppel bench stop`: switch on, stop, look until every output is shown off, clear.
struct StopRounds {
    /// How long the pumps run before each stop, in milliseconds.
    static let settleMilliseconds: Int64 = 1000
    /// How long pumps are switched on for, in seconds; longer than a round.
    private static let leaseSeconds = 600
    /// How many commands are asked for at a time.
    private static let commandsAtOnce = 16
    /// Where stops are ordered and looked at, without the lines: a thousand of them are a load of their own.
    private static let path = "/api/v1/emergency-stop?lines=false"
    /// How often the scoreboard is looked at, in milliseconds: each look costs the loop some of them.
    private static let lookMilliseconds: Int64 = 20
    /// How long a stop or a clearing may take, in seconds.
    private static let patienceSeconds: Int64 = 120

    let plan: StopBenchmark.Plan
    let stage: BenchStage
    let url: String
    private var client: DoppelClient { DoppelClient(url: url) }

    init(plan: StopBenchmark.Plan, stage: BenchStage, url: String) {
        self.plan = plan
        self.stage = stage
        self.url = url
    }

    func run() async throws -> [StopBenchReport.Round] {
        let devices = try await stage.devices(plan)
        var rounds: [StopBenchReport.Round] = []
        for number in 1...plan.rounds {
            try await switchOn()
            _ = try await devices.line("all-on")
            let before = try await LoadLook(devices, url: url, on: stage.loop)
            await stage.loop.rest(milliseconds: Self.settleMilliseconds)
            let round = try await stop(devices, before)
            Console.standard.tell(
                "doppel \(number) of \(plan.rounds): last confirmed after \(round.confirmed.lastMs) ms")
            rounds.append(round)
            try await clear()
        }
        await devices.end(on: stage.loop)
        return rounds
    }

    private func stop(_ devices: BenchChild, _ before: LoadLook) async throws -> StopBenchReport.Round {
        let load = try await LoadLook(devices, url: url, on: stage.loop)
        async let off = devices.times("off", until: "all-off")
        let begin = BenchClock.now
        async let answeredAt = order()
        let board = try await watch(from: begin)
        let answerMs = Double(try await answeredAt - begin) / 1e6
        let offAt = try await off.times
        let after = try await LoadLook(devices, url: url, on: stage.loop)
        return StopBenchReport.Round(
            off: .init(from: begin, to: offAt), confirmed: .init(from: begin, to: board.confirmedAt),
            answerMs: answerMs, waitingMessages: load.waiting,
            storedPerSecond: load.storedPerSecond(since: before),
            deviceMessages: after.words - load.words, ownMessages: after.own - load.own, looks: board.looks)
    }

    private func order() async throws -> Int64 {
        _ = try await client.post(Self.path, Array(#"{"scope":"all","reason":"benchmark"}"#.utf8))
        return BenchClock.now
    }

    /// Looks at the scoreboard until every output is shown off.
    ///
    /// - Returns: For each output when it was first seen among those shown off, by their count.
    private func watch(from begin: Int64) async throws -> (confirmedAt: [Int64], looks: Int) {
        var confirmedAt: [Int64] = []
        var looks = 0
        while confirmedAt.count < plan.devices {
            guard BenchClock.now < begin + Self.patienceSeconds * 1_000_000_000 else {
                throw BenchChild.Silence(
                    description: "\(confirmedAt.count) of \(plan.devices) outputs were confirmed off within "
                        + "\(Self.patienceSeconds) s")
            }
            let report = try await client.get(Self.path).value
            let now = BenchClock.now
            looks += 1
            // Before the stop is taken nothing is shown.
            let stopped = StopSheet.isHolding(report) ? StopSheet.score(report).stopped : 0
            while confirmedAt.count < stopped { confirmedAt.append(now) }
            if confirmedAt.count < plan.devices { await stage.loop.rest(milliseconds: Self.lookMilliseconds) }
        }
        return (confirmedAt, looks)
    }

    private func clear() async throws {
        _ = try await client.post("/api/v1/emergency-stop/clear", nil)
        let end = BenchClock.now + Self.patienceSeconds * 1_000_000_000
        while BenchClock.now < end {
            let report = try await client.get(Self.path).value
            if !StopSheet.isHolding(report), report["clearing"]?.items.isEmpty ?? true { return }
            await stage.loop.rest(milliseconds: 250)
        }
        throw BenchChild.Silence(
            description: "not every device confirmed the clearing within \(Self.patienceSeconds) s")
    }

    /// Asks for each pump until the gate lets its command pass.
    private func switchOn() async throws {
        let end = BenchClock.now + Self.patienceSeconds * 1_000_000_000
        var left = Array(0..<plan.devices)
        while !left.isEmpty {
            var refused: [Int] = []
            for start in stride(from: 0, to: left.count, by: Self.commandsAtOnce) {
                let some = left[start..<min(start + Self.commandsAtOnce, left.count)]
                refused += await withTaskGroup(of: Int?.self) { group in
                    for device in some { group.addTask { await switchOn(device) ? nil : device } }
                    return await group.reduce(into: []) { if let device = $1 { $0.append(device) } }
                }
            }
            guard BenchClock.now < end else {
                throw BenchChild.Silence(description: "\(refused.count) pumps could not be switched on")
            }
            if !refused.isEmpty { await stage.loop.rest(milliseconds: 250) }
            left = refused.sorted()
        }
    }

    private func switchOn(_ device: Int) async -> Bool {
        let path = "/api/v1/twins/\(BenchDevices.name(device))/actuators/\(BenchDevices.pins[0])/commands"
        let body = #"{"command":"ON","duration_seconds":\#(Self.leaseSeconds)}"#
        return (try? await client.post(path, Array(body.utf8))) != nil
    }
}
