import EventLoop
import Foundation
import Glibc

/// Runs `doppel bench processing`: a broker and a load, in turn for the yardstick and for Doppel.
struct ProcessingBenchmark {
    let plan: ProcessingLoad.Plan

    func run() async throws -> ProcessingReport {
        try await EventLoop.beside { loop in
            var alone = plan
            alone.readings = 0
            let baseline = try await yardstick(alone, loop)
            let answered = try await subject(alone, loop)
            guard plan.readings > 0 else { return ProcessingReport(plan, baseline, answered, besideReadings: nil) }
            return ProcessingReport(plan, baseline, answered, besideReadings: try await subject(plan, loop))
        }
    }

    /// What a client gets that only sends requests back.
    private func yardstick(_ plan: ProcessingLoad.Plan, _ loop: EventLoop) async throws -> ProcessingLoadResult {
        try await BenchStage.with(loop) { stage in
            let echo = try await stage.child("echo", [])
            _ = try await echo.line("ready")
            let result = try await load(plan, stage) {}
            await echo.end(on: loop)
            tell("baseline", result)
            return result
        }
    }

    /// What Doppel gives, over MQTT and then, where there are no readings beside, over HTTP.
    private func subject(_ plan: ProcessingLoad.Plan, _ loop: EventLoop) async throws -> ProcessingRun {
        try await BenchStage.with(loop) { stage in
            try await stage.serving { url in
                let result = try await load(plan, stage) {
                    _ = try await stage.wait(at: url) { ($0["doppel_devices"] ?? 0) >= Double(plan.devices) }
                }
                tell(plan.readings == 0 ? "doppel" : "doppel beside readings", result)
                var http: ProcessingLoadResult?
                if plan.readings == 0 {
                    http = try await HTTPProcessingLoad(url: "\(url)/api/v1/sensors/process", plan: plan).run()
                }
                if let http { tell("doppel over HTTP", http) }
                let values = try await MetricsPage.read("\(url)/metrics")
                return ProcessingRun(mqtt: result, http: http, measurements: values)
            }
        }
    }

    /// Starts the load, lets it go when its devices are known, and waits for what comes of it.
    private func load(
        _ plan: ProcessingLoad.Plan, _ stage: BenchStage, whenKnown: () async throws -> Void
    ) async throws -> ProcessingLoadResult {
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
