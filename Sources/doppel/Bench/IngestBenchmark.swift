import EventLoop
import Glibc

/// Runs `doppel bench ingest`: a broker, a load, and in turn the yardstick and Doppel.
struct IngestBenchmark {
    let devices: Int
    let messages: Int
    let runs: Int

    private struct Measured {
        var run: IngestReport.Run
        var lag = 0.0
        var memory = 0.0
        var stored = 0
    }

    func run() async throws -> IngestReport {
        try await EventLoop.beside { loop in
            var baseline: [Measured] = []
            var doppel: [Measured] = []
            for number in 1...runs {
                baseline.append(try await measure("baseline", number, on: loop, yardstick))
                doppel.append(try await measure("doppel", number, on: loop, subject))
            }
            return report(baseline, doppel)
        }
    }

    private func report(_ baseline: [Measured], _ doppel: [Measured]) -> IngestReport {
        let perSecond = { (list: [Measured]) in IngestReport.median(list.map(\.run.perSecond)) }
        let cpu = { (list: [Measured]) in IngestReport.median(list.map(\.run.cpuSecondsPerMillion)) }
        return IngestReport(
            devices: devices, messages: messages, runs: runs, baselinePerSecond: perSecond(baseline),
            doppelPerSecond: perSecond(doppel), ratio: perSecond(doppel) / perSecond(baseline),
            baselineCpuSecondsPerMillion: cpu(baseline), doppelCpuSecondsPerMillion: cpu(doppel),
            loopLagP99Microseconds: IngestReport.median(doppel.map(\.lag)),
            residentMemoryBytes: IngestReport.median(doppel.map(\.memory)), storedSamples: doppel.last?.stored ?? 0,
            baselineRuns: baseline.map(\.run), doppelRuns: doppel.map(\.run))
    }

    /// One measurement with a broker, a folder and a load of its own.
    private func measure(
        _ name: String, _ number: Int, on loop: EventLoop, _ body: (BenchStage) async throws -> Measured
    ) async throws -> Measured {
        let measured = try await BenchStage.with(loop, body)
        Console.standard.tell("\(name) \(number) of \(runs): \(Int(measured.run.perSecond)) messages a second")
        return measured
    }

    private func yardstick(_ stage: BenchStage) async throws -> Measured {
        let all = messages + devices
        let subscriber = try await stage.child("subscriber", ["--messages", "\(all)"])
        _ = try await subscriber.line("ready")
        let begun = try await load(stage) { nil }.at
        let words = try await subscriber.line("done").split(separator: " ")
        let seconds = Double((Int64(words[1]) ?? 0) - begun) / 1e9
        let cpu = Double(words[2]) ?? 0
        return Measured(run: run(seconds: seconds, cpuSeconds: cpu * Double(messages) / Double(all)))
    }

    private func subject(_ stage: BenchStage) async throws -> Measured {
        try await stage.serving { url in
            let begun = try await load(stage) {
                try await stage.wait(at: url) { ($0["doppel_devices"] ?? 0) >= Double(devices) }
            }
            let before = begun.before?.values["doppel_cpu_seconds_total"] ?? 0
            let after = try await stage.wait(at: url) {
                ($0["doppel_stored_samples_total"] ?? 0) >= Double(messages)
            }
            let seconds = Double(after.at - begun.at) / 1e9
            return Measured(
                run: run(seconds: seconds, cpuSeconds: (after.values["doppel_cpu_seconds_total"] ?? 0) - before),
                lag: after.values["doppel_loop_turn_microseconds{percentile=\"99\"}"] ?? 0,
                memory: after.values["doppel_resident_memory_bytes"] ?? 0,
                stored: Int(after.values["doppel_stored_samples_total"] ?? 0))
        }
    }

    private func run(seconds: Double, cpuSeconds: Double) -> IngestReport.Run {
        IngestReport.Run(
            perSecond: Double(messages) / seconds, cpuSecondsPerMillion: cpuSeconds / Double(messages) * 1e6)
    }

    /// Starts the load and lets it go; returns when it began.
    private func load(
        _ stage: BenchStage, whenKnown: () async throws -> BenchStage.Look?
    ) async throws -> (at: Int64, before: BenchStage.Look?) {
        let publisher = try await stage.child("publisher", ["--devices", "\(devices)", "--messages", "\(messages)"])
        _ = try await publisher.line("ready")
        let before = try await whenKnown()
        publisher.signal(SIGUSR1, on: stage.loop)
        let words = try await publisher.line("begun").split(separator: " ")
        return (Int64(words[1]) ?? 0, before)
    }
}
