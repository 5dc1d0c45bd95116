import EventLoop
import Foundation
import Glibc
import Logging
import TwinRuntime

/// Runs `doppel bench ingest`: a broker, a load, and in turn the yardstick and Doppel.
struct IngestBenchmark {
    let devices: Int
    let messages: Int
    let runs: Int

    /// How often Doppel is asked how much it has stored, in milliseconds.
    private static let askMilliseconds: Int64 = 10
    /// How long one measurement may take, in seconds.
    private static let patienceSeconds: Int64 = 300

    private struct Measured {
        var run: IngestReport.Run
        var lag = 0.0
        var memory = 0.0
        var stored = 0
    }

    func run() async throws -> IngestReport {
        let loop = try EventLoop()
        loop.start()
        defer {
            loop.stop()
            loop.join()
        }
        var baseline: [Measured] = []
        var doppel: [Measured] = []
        for number in 1...runs {
            baseline.append(try await measure("baseline", number, on: loop, yardstick))
            doppel.append(try await measure("doppel", number, on: loop, subject))
        }
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
        _ name: String, _ number: Int, on loop: EventLoop,
        _ body: (Stage) async throws -> Measured
    ) async throws -> Measured {
        let folder = FileManager.default.temporaryDirectory.appendingPathComponent("doppel-bench-\(UUID().uuidString)")
        try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
        defer { try? FileManager.default.removeItem(at: folder) }
        let port = try Self.freePort()
        let broker = EmbeddedBroker(
            on: loop,
            EmbeddedBrokerPreparation(
                port: port, dataDirectory: folder.path, settings: .find(configurationFile: nil),
                searchPath: EmbeddedBrokerPreparation.searchPath(ProcessInfo.processInfo.environment)),
            logger: Logger(label: "doppel.broker"))
        try await withCheckedThrowingContinuation { (continuation: CheckedContinuation<Void, any Error>) in
            loop.post {
                broker.start {
                    continuation.resume()
                } onExit: {
                    Console.standard.tell("the broker ended: \($0)")
                }
            }
        }
        let result: Result<Measured, any Error>
        do {
            result = .success(try await body(Stage(port: port, folder: folder.path, loop: loop)))
        } catch {
            result = .failure(error)
        }
        await withCheckedContinuation { continuation in loop.post { broker.stop { continuation.resume() } } }
        let measured = try result.get()
        Console.standard.tell("\(name) \(number) of \(runs): \(Int(measured.run.perSecond)) messages a second")
        return measured
    }

    private struct Stage {
        let port: Int
        let folder: String
        let loop: EventLoop
    }

    private func yardstick(_ stage: Stage) async throws -> Measured {
        let all = messages + devices
        let subscriber = try await Self.child(
            "subscriber", ["--port", "\(stage.port)", "--messages", "\(all)"], on: stage.loop)
        _ = try await subscriber.line("ready")
        let begun = try await load(stage)
        let words = try await subscriber.line("done").split(separator: " ")
        let seconds = Double((Int64(words[1]) ?? 0) - begun) / 1e9
        let cpu = Double(words[2]) ?? 0
        return Measured(run: run(seconds: seconds, cpuSeconds: cpu * Double(messages) / Double(all)))
    }

    private func subject(_ stage: Stage) async throws -> Measured {
        let port = try Self.freePort()
        let program = try Self.program()
        let server = try await BenchChild.start(
            "doppel", program,
            [
                "serve", "--broker-url", "mqtt://127.0.0.1:\(stage.port)", "--http-port", "\(port)", "--approval",
                "automatic", "--data-directory", "\(stage.folder)/data", "--log-level", "error",
            ], on: stage.loop)
        _ = try await server.line("Twins:")
        let metrics = "http://127.0.0.1:\(port)/metrics"
        let begun = try await load(stage) {
            try await wait(metrics, on: stage.loop) { ($0["doppel_devices"] ?? 0) >= Double(devices) }
        }
        let before = begun.before
        let after = try await wait(metrics, on: stage.loop) {
            ($0["doppel_stored_samples_total"] ?? 0) >= Double(messages)
        }
        let seconds = Double(after.at - begun.at) / 1e9
        let cpu = (after.values["doppel_cpu_seconds_total"] ?? 0) - (before?.values["doppel_cpu_seconds_total"] ?? 0)
        await server.end(on: stage.loop)
        return Measured(
            run: run(seconds: seconds, cpuSeconds: cpu),
            lag: after.values["doppel_loop_turn_microseconds{percentile=\"99\"}"] ?? 0,
            memory: after.values["doppel_resident_memory_bytes"] ?? 0,
            stored: Int(after.values["doppel_stored_samples_total"] ?? 0))
    }

    private func run(seconds: Double, cpuSeconds: Double) -> IngestReport.Run {
        IngestReport.Run(
            perSecond: Double(messages) / seconds, cpuSecondsPerMillion: cpuSeconds / Double(messages) * 1e6)
    }

    /// Starts the load and lets it go; returns when it began.
    private func load(_ stage: Stage) async throws -> Int64 { try await load(stage) { nil }.at }

    private func load(
        _ stage: Stage, whenKnown: () async throws -> Look?
    ) async throws -> (at: Int64, before: Look?) {
        let publisher = try await Self.child(
            "publisher",
            ["--port", "\(stage.port)", "--devices", "\(devices)", "--messages", "\(messages)"], on: stage.loop)
        _ = try await publisher.line("ready")
        let before = try await whenKnown()
        publisher.signal(SIGUSR1, on: stage.loop)
        let words = try await publisher.line("begun").split(separator: " ")
        return (Int64(words[1]) ?? 0, before)
    }

    private struct Look {
        var at: Int64
        var values: [String: Double]
    }

    /// Asks for the measurements until they are as awaited.
    private func wait(
        _ url: String, on loop: EventLoop, until isEnough: ([String: Double]) -> Bool
    ) async throws -> Look {
        let end = BenchClock.now + Self.patienceSeconds * 1_000_000_000
        while BenchClock.now < end {
            let look = Look(at: BenchClock.now, values: try await MetricsPage.read(url))
            if isEnough(look.values) { return look }
            await withCheckedContinuation { continuation in
                loop.post { _ = loop.schedule(afterMilliseconds: Self.askMilliseconds) { continuation.resume() } }
            }
        }
        throw BenchChild.Silence(description: "Doppel did not store everything within \(Self.patienceSeconds) s")
    }

    private static func child(_ command: String, _ arguments: [String], on loop: EventLoop) async throws -> BenchChild {
        try await BenchChild.start(command, program(), ["bench", command] + arguments, on: loop)
    }

    /// This program's own file.
    private static func program() throws -> String {
        try FileManager.default.destinationOfSymbolicLink(atPath: "/proc/self/exe")
    }

    private static func freePort() throws -> Int {
        guard let port = LoopbackPort.anyFree else {
            throw BenchChild.Silence(description: "the system has no free port on loopback")
        }
        return port
    }
}
