import EventLoop
import Glibc
import TwinRuntime

/// Runs `doppel bench stop`: the same devices under the same load, stopped by Doppel and by a bare client.
struct StopBenchmark {
    /// What is measured.
    struct Plan: Sendable {
        var devices: Int
        var rounds: Int
        /// Samples a second of all devices; 0 to find what Doppel stores.
        var rate: Int
        var seed: UInt64
    }

    let plan: Plan

    func run() async throws -> StopBenchReport {
        OpenFiles.raiseLimit()
        return try await EventLoop.beside { loop in
            var plan = plan
            let isFound = plan.rate == 0
            if isFound { plan.rate = try await SaturatingRate(plan: plan, loop: loop).find() }
            Console.standard.tell("\(plan.devices) devices publish \(plan.rate) samples a second")
            let settled = plan
            let doppel = try await BenchStage.with(loop) { stage in
                try await stage.serving { url in
                    try await StopRounds(plan: settled, stage: stage, url: url).run()
                }
            }
            let baseline = try await BenchStage.with(loop) { stage in
                try await BareStopRounds(plan: settled, stage: stage).run()
            }
            return StopBenchReport(settled, isRateFound: isFound, doppel, baseline)
        }
    }
}

/// The bare client's rounds.
struct BareStopRounds {
    let plan: StopBenchmark.Plan
    let stage: BenchStage

    func run() async throws -> [StopBenchReport.BareRound] {
        // Somebody takes the samples, as Doppel does: the broker has the same work.
        let sink = try await stage.child("subscriber", ["--messages", "\(Int64.max)"])
        _ = try await sink.line("ready")
        let caller = try await stage.child("caller", ["--devices", "\(plan.devices)"])
        _ = try await caller.line("ready")
        let devices = try await stage.devices(plan, ["--lonely"])
        var rounds: [StopBenchReport.BareRound] = []
        for number in 1...plan.rounds {
            devices.signal(SIGUSR1, on: stage.loop)
            _ = try await devices.line("all-on")
            await stage.loop.rest(milliseconds: StopRounds.settleMilliseconds)
            caller.signal(SIGUSR1, on: stage.loop)
            let answered = try await caller.times("answered", until: "called")
            let off = try await devices.times("off", until: "all-off")
            guard let calledAt = Int64(answered.end.dropFirst("called ".count)), answered.times.count == plan.devices
            else {
                throw BenchChild.Silence(
                    description: "\(answered.times.count) of \(plan.devices) devices answered the bare client")
            }
            let round = StopBenchReport.BareRound(
                off: .init(from: calledAt, to: off.times), answered: .init(from: calledAt, to: answered.times))
            Console.standard.tell("baseline \(number) of \(plan.rounds): last answer after \(round.answered.lastMs) ms")
            rounds.append(round)
        }
        for child in [devices, caller, sink] { await child.end(on: stage.loop) }
        return rounds
    }
}

extension BenchStage {
    /// Starts the devices of a stop's rounds, and waits until all take part.
    func devices(_ plan: StopBenchmark.Plan, _ arguments: [String] = []) async throws -> BenchChild {
        let child = try await child(
            "devices",
            ["--devices", "\(plan.devices)", "--rate", "\(plan.rate)", "--seed", "\(plan.seed)"] + arguments)
        _ = try await child.line("ready")
        return child
    }
}

extension BenchChild {
    /// The times that a child tells in lines with a prefix, until a line with another one.
    func times(_ prefix: String, until end: String) async throws -> (times: [Int64], end: String) {
        var times: [Int64] = []
        while true {
            let line = try await line("")
            if line.hasPrefix(end) { return (times, line) }
            guard line.hasPrefix("\(prefix) ") else { continue }
            times += line.split(separator: " ").dropFirst().compactMap { Int64($0) }
        }
    }
}
