import EventLoop
import Foundation
import Glibc

/// Runs `doppel bench processing`: a broker and a load, in turn for the yardstick and for Doppel.
struct ProcessingBenchmark {
    let plan: ProcessingLoad.Plan

    private struct Measured {
        var load: ProcessingLoadResult
        var http: ProcessingLoadResult
        var values: [String: Double]
    }

    func run() async throws -> ProcessingReport {
        try await EventLoop.beside { loop in
            let baseline = try await BenchStage.with(loop) { stage in
                let echo = try await stage.child("echo", [])
                _ = try await echo.line("ready")
                let result = try await load(stage) {}
                await echo.end(on: loop)
                return result
            }
            tell("baseline", baseline)
            let measured = try await BenchStage.with(loop) { stage in
                try await stage.serving { try await subject(stage, $0) }
            }
            return ProcessingReport(
                plan, baseline: baseline, doppel: measured.load, http: measured.http, metrics: measured.values)
        }
    }

    private func subject(_ stage: BenchStage, _ url: String) async throws -> Measured {
        let result = try await load(stage) {
            _ = try await stage.wait(at: url) { ($0["doppel_devices"] ?? 0) >= Double(plan.devices) }
        }
        tell("doppel", result)
        let http = try await HTTPProcessingLoad(url: "\(url)/api/v1/sensors/process", plan: plan).run()
        tell("doppel over HTTP", http)
        return Measured(load: result, http: http, values: try await MetricsPage.read("\(url)/metrics"))
    }

    /// Starts the load, lets it go when its devices are known, and waits for what comes of it.
    private func load(_ stage: BenchStage, whenKnown: () async throws -> Void) async throws -> ProcessingLoadResult {
        let requester = try await stage.child(
            "requester",
            [
                "--devices", "\(plan.devices)", "--rate", "\(plan.rate)", "--readings", "\(plan.readings)",
                "--seconds", "\(plan.seconds)",
            ])
        _ = try await requester.line("ready")
        try await whenKnown()
        requester.signal(SIGUSR1, on: stage.loop)
        let line = try await requester.line("done ")
        return try JSONDecoder().decode(ProcessingLoadResult.self, from: Data(line.dropFirst("done ".count).utf8))
    }

    private func tell(_ name: String, _ result: ProcessingLoadResult) {
        Console.standard.tell(
            "\(name): \(result.answered) of \(result.sent) answered, p99 \(result.roundTrip.p99Ms) ms there and back")
    }
}
