import Foundation
import Synchronization
import World

/// Tells a person, or a program, how far a run over many worlds has come.
final class WorldProgress: Sendable {
    private struct State {
        var totals = ProofTotals()
        var toldAt: ContinuousClock.Instant
        var isInterrupted = false
    }

    /// How often somebody who reads a file is told, in seconds; on a terminal it is once a second.
    private static let pauseSeconds = 30

    private let options: WorldOptions
    private let isJSON: Bool
    private let hours: Double?
    private let begunAt: ContinuousClock.Instant
    private let isTerminal = isatty(STDERR_FILENO) == 1
    private let state: Mutex<State>

    /// Begins to count.
    ///
    /// - Parameter hours: After how many simulated hours it is enough; `nil` for when the seeds are used up.
    init(_ options: WorldOptions, isJSON: Bool, hours: Double?) {
        self.options = options
        self.isJSON = isJSON
        self.hours = hours
        let now = ContinuousClock().now
        begunAt = now
        state = Mutex(State(toldAt: now))
    }

    /// Takes an outcome in, and says whether to go on.
    func add(_ outcome: WorldOutcome) -> Bool {
        state.withLock { state in
            state.totals.add(outcome)
            if !outcome.isPassed, state.totals.failures <= ProofTotals.maximumListedSeeds { tell(outcome) }
            let now = ContinuousClock().now
            if now - state.toldAt >= .seconds(isTerminal || isJSON ? 1 : Self.pauseSeconds) {
                state.toldAt = now
                tell(state.totals, at: now)
            }
            guard !state.isInterrupted else { return false }
            return hours.map { state.totals.simulatedHours < $0 } ?? true
        }
    }

    /// Whether somebody ended the run before its time.
    var isInterrupted: Bool { state.withLock { $0.isInterrupted } }

    /// Ends the run after the worlds that are under way.
    func interrupt() { state.withLock { $0.isInterrupted = true } }

    /// Tells what came of it.
    func finish(isVerbose: Bool) -> ProofTotals {
        let totals = state.withLock { $0.totals }
        if isTerminal, !isJSON { Console.standard.tell("\u{1B}[2K") }
        if isJSON {
            Console.standard.show(line(totals, at: ContinuousClock().now, result: totals.isPassed ? "PASS" : "FAIL"))
        } else {
            Console.standard.show(summary(totals))
        }
        if isVerbose {
            for pair in totals.coverage.missing(of: options.faults) { Console.standard.show("never met: \(pair)") }
        }
        return totals
    }

    private func tell(_ outcome: WorldOutcome) {
        for violation in outcome.violations {
            Console.standard.tell("seed \(outcome.seed): \(violation.promise.rawValue): \(violation)")
        }
        let words = [
            "again: doppel simulate world --seed \(outcome.seed) --profile \(options.profile.rawValue)",
            options.sabotage == .none ? nil : "--sabotage \(options.sabotage.rawValue)",
            options.faults == Fault.usual ? nil : "--faults \(options.faults.map(\.rawValue).joined(separator: ","))",
            options.troubledSeconds == options.profile.troubledSeconds
                ? nil : "--troubled-seconds \(options.troubledSeconds)",
            "--trace",
        ]
        Console.standard.tell(words.compactMap(\.self).joined(separator: " "))
    }

    private func tell(_ totals: ProofTotals, at now: ContinuousClock.Instant) {
        if isJSON { return Console.standard.show(line(totals, at: now, result: nil)) }
        let text =
            "\(totals.seeds) seeds, \(rounded(Double(totals.seeds) / seconds(now))) seeds/s, "
            + "\(rounded(totals.simulatedHours / seconds(now) * 3600)) simulated seconds a second, \(coverage(totals)), "
            + "\(totals.failures) failed"
        guard isTerminal else { return Console.standard.tell(text) }
        try? FileHandle.standardError.write(contentsOf: Data("\r\u{1B}[2K\(text)".utf8))
    }

    private func coverage(_ totals: ProofTotals) -> String {
        "coverage \(totals.coverage.met(of: options.faults)) of \(Coverage.total(of: options.faults)) pairs"
    }

    private func summary(_ totals: ProofTotals) -> String {
        let now = ContinuousClock().now
        return """
            \(isInterrupted ? "Ended early. " : "")\(totals.isPassed ? "PASS" : "FAIL"): \(totals.seeds - totals.failures) of \(totals.seeds) seeds kept every promise
            samples \(totals.samples), energising commands \(totals.energisings), emergency stops \(totals.stops), \
            wishes \(totals.wishes), crashes \(totals.crashes), faults \(totals.faults), replays compared \(totals.replays)
            \(coverage(totals)) of fault and output state, interleavings decided by chance \(totals.decisions)
            \(rounded(totals.simulatedHours)) simulated hours in \(rounded(seconds(now))) s: \
            \(rounded(Double(totals.seeds) / seconds(now))) seeds/s, \
            \(rounded(totals.simulatedHours / seconds(now) * 3600)) simulated hours an hour
            """
    }

    private func line(_ totals: ProofTotals, at now: ContinuousClock.Instant, result: String?) -> String {
        struct Line: Encodable {
            let result: String?
            let seconds: Double
            let seedsPerSecond: Double
            let simulatedHours: Double
            let simulatedHoursPerSecond: Double
            let coveredPairs: Int
            let allPairs: Int
            let totals: ProofTotals
        }
        let encoder = JSONEncoder()
        encoder.outputFormatting = [.sortedKeys, .withoutEscapingSlashes]
        encoder.keyEncodingStrategy = .convertToSnakeCase
        let seconds = seconds(now)
        let line = Line(
            result: result, seconds: seconds, seedsPerSecond: Double(totals.seeds) / seconds,
            simulatedHours: totals.simulatedHours, simulatedHoursPerSecond: totals.simulatedHours / seconds,
            coveredPairs: totals.coverage.met(of: options.faults), allPairs: Coverage.total(of: options.faults),
            totals: totals)
        guard let bytes = try? encoder.encode(line) else { return "{}" }
        return String(decoding: bytes, as: UTF8.self)
    }

    private func seconds(_ now: ContinuousClock.Instant) -> Double { max((now - begunAt) / .seconds(1), 0.001) }

    private func rounded(_ value: Double) -> String { String(format: "%.1f", value) }
}

/// A schedule in a file.
enum ScheduleFile {
    /// Reads a schedule.
    static func read(_ path: String) throws -> Schedule {
        let decoder = JSONDecoder()
        decoder.keyDecodingStrategy = .convertFromSnakeCase
        return try decoder.decode(Schedule.self, from: Data(contentsOf: URL(fileURLWithPath: path)))
    }

    /// A schedule as one line of JSON.
    static func text(of schedule: Schedule) throws -> String {
        let encoder = JSONEncoder()
        encoder.outputFormatting = [.sortedKeys, .withoutEscapingSlashes]
        encoder.keyEncodingStrategy = .convertToSnakeCase
        return String(decoding: try encoder.encode(schedule), as: UTF8.self)
    }
}
