import ArgumentParser
import EventLoop
import Glibc
import MQTTBroker
import Synchronization

/// The baseline of `doppel bench stop`, as a process of its own: one broadcast a SIGUSR1, and the times of its answers.
struct BenchCaller: AsyncParsableCommand {
    static let configuration = CommandConfiguration(commandName: "caller", shouldDisplay: false)

    /// How long the answers may take, in seconds.
    static let patienceSeconds: Int64 = 30
    /// What the devices obey.
    private static let topic = "kaiser/broadcast/emergency"
    private static let payload = #"{"command":"emergency_stop","reason":"benchmark","incident_correlation_id":"bench"}"#

    @Option var port: UInt16
    @Option var devices: Int

    func run() async throws {
        let calls = Mutex(0)
        let loop = try EventLoop()
        loop.start()
        await withCheckedContinuation { (continuation: CheckedContinuation<Void, Never>) in
            loop.post {
                _ = try? loop.onSignal(SIGUSR1) { calls.withLock { $0 += 1 } }
                continuation.resume()
            }
        }
        let caller = BareCaller(
            host: "127.0.0.1", port: port, filter: "kaiser/god/esp/+/actuator/emergency/ack", clock: { BenchClock.now })
        guard let caller else { throw ExitCode(2) }
        Console.standard.show("ready")
        while caller.rest() {
            let isCalled = calls.withLock { count in
                defer { count = 0 }
                return count > 0
            }
            guard isCalled else { continue }
            let outcome = caller.call(
                topic: Self.topic, payload: Array(Self.payload.utf8), answers: devices,
                patienceSeconds: Self.patienceSeconds)
            guard let outcome else { throw ExitCode(2) }
            BenchDevices.tell("answered", outcome.answeredAt)
            Console.standard.show("called \(outcome.calledAt)")
        }
        throw ExitCode(2)
    }
}
