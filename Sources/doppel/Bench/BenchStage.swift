import EventLoop
import Foundation
import Logging
import TwinRuntime

/// What one measurement has to itself: a broker, an empty folder, and the processes it starts.
struct BenchStage {
    /// How often Doppel is asked how far it is, in milliseconds.
    private static let askMilliseconds: Int64 = 10
    /// How long one measurement may take, in seconds.
    private static let patienceSeconds: Int64 = 300

    /// Where the broker listens.
    let port: Int
    let folder: String
    let loop: EventLoop

    /// Runs a measurement, and clears away what it had.
    static func with<Outcome>(
        _ loop: EventLoop, _ body: (BenchStage) async throws -> Outcome
    ) async throws -> Outcome {
        let folder = FileManager.default.temporaryDirectory.appendingPathComponent("doppel-bench-\(UUID().uuidString)")
        try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
        defer { try? FileManager.default.removeItem(at: folder) }
        let port = try freePort()
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
        let result: Result<Outcome, any Error>
        do {
            result = .success(try await body(BenchStage(port: port, folder: folder.path, loop: loop)))
        } catch {
            result = .failure(error)
        }
        await withCheckedContinuation { continuation in loop.post { broker.stop { continuation.resume() } } }
        return try result.get()
    }

    /// Starts a hidden subcommand of `doppel bench` at this stage's broker.
    func child(_ command: String, _ arguments: [String]) async throws -> BenchChild {
        try await BenchChild.start(
            command, Self.program(), ["bench", command, "--port", "\(port)"] + arguments, on: loop)
    }

    /// Runs `doppel serve` beside a measurement, as operators run it, except that it takes every device in.
    ///
    /// - Parameters:
    ///   - history: The address of the PostgreSQL database that keeps history, too; `nil` for none.
    ///   - body: Gets the address of its interface.
    func serving<Outcome>(
        history: String? = nil, _ body: (_ url: String) async throws -> Outcome
    ) async throws -> Outcome {
        let httpPort = try Self.freePort()
        let server = try await BenchChild.start(
            "doppel", Self.program(),
            [
                "serve", "--broker-url", "mqtt://127.0.0.1:\(port)", "--http-port", "\(httpPort)", "--approval",
                "automatic", "--data-directory", "\(folder)/data", "--log-level", "error",
            ] + (history.map { ["--history-url", $0] } ?? []) + (try BenchModels.arguments()), on: loop)
        let result: Result<Outcome, any Error>
        do {
            _ = try await server.line("Twins:")
            result = .success(try await body("http://127.0.0.1:\(httpPort)"))
        } catch {
            result = .failure(error)
        }
        await server.end(on: loop)
        return try result.get()
    }

    /// The measurements of a running Doppel, and when they were asked for.
    struct Look {
        var at: Int64
        var values: [String: Double]
    }

    /// Asks a running Doppel for its measurements until they are as awaited.
    func wait(at url: String, until isEnough: ([String: Double]) -> Bool) async throws -> Look {
        let end = BenchClock.now + Self.patienceSeconds * 1_000_000_000
        while BenchClock.now < end {
            let look = Look(at: BenchClock.now, values: try await MetricsPage.read("\(url)/metrics"))
            if isEnough(look.values) { return look }
            await withCheckedContinuation { continuation in
                loop.post { _ = loop.schedule(afterMilliseconds: Self.askMilliseconds) { continuation.resume() } }
            }
        }
        throw BenchChild.Silence(description: "Doppel did not get through the load within \(Self.patienceSeconds) s")
    }

    /// This program's own file.
    static func program() throws -> String {
        try FileManager.default.destinationOfSymbolicLink(atPath: "/proc/self/exe")
    }

    private static func freePort() throws -> Int {
        guard let port = LoopbackPort.anyFree else {
            throw BenchChild.Silence(description: "the system has no free port on loopback")
        }
        return port
    }
}

extension EventLoop {
    /// Runs a benchmark beside a loop of its own.
    static func beside<Outcome>(_ body: (EventLoop) async throws -> Outcome) async throws -> Outcome {
        let loop = try EventLoop()
        loop.start()
        defer {
            loop.stop()
            loop.join()
        }
        return try await body(loop)
    }
}
