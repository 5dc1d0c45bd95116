import Synchronization
import World

/// Somebody who wants pumps to run, for a few seconds each time, over and over, whatever is cut.
final class PumpDemand: Sendable {
    /// How long a pump is wanted each time, in seconds.
    static let leaseSeconds: ClosedRange<UInt64> = 2...4
    /// How long a command's end is waited for, in seconds.
    private static let waitSeconds = 1

    private struct State {
        var pump = 0
        var isOver = false
        /// How many devices showed this turn's pump on at the latest asking.
        var running = 0
        var chance: Randomness
        var orders: [String: OnTimeJudge.Order] = [:]
    }

    private let url: String
    private let devices: Int
    private let state: Mutex<State>

    init(url: String, devices: Int, seed: UInt64) {
        self.url = url
        self.devices = devices
        state = Mutex(State(chance: Randomness(seed: seed)))
    }

    /// How many devices showed the pump on when it was last asked for.
    var running: Int { state.withLock { $0.running } }

    /// The commands that the server took and answered.
    var orders: [String: OnTimeJudge.Order] { state.withLock { $0.orders } }

    /// Wants another pump of each device from now on: drivers count how often they are switched on in an hour.
    func want(pump: Int) {
        state.withLock { state in
            state.pump = pump
            state.running = 0
        }
    }

    /// Ends ``run(_:)``.
    func end() { state.withLock { $0.isOver = true } }

    /// Asks, rests, and asks again.
    func run(_ rest: () async throws -> Void) async throws {
        while !state.withLock({ $0.isOver }) {
            let pump = state.withLock { $0.pump }
            let running = await withTaskGroup(of: Bool.self) { group in
                for device in 0..<devices {
                    let seconds = state.withLock { state in
                        Self.leaseSeconds.lowerBound + state.chance.next() % UInt64(Self.leaseSeconds.count)
                    }
                    group.addTask { await self.ask(device, pump, Int64(seconds)) }
                }
                return await group.reduce(0) { $0 + ($1 ? 1 : 0) }
            }
            state.withLock { if $0.pump == pump { $0.running = running } }
            try await rest()
        }
    }

    private func ask(_ device: Int, _ pump: Int, _ seconds: Int64) async -> Bool {
        let path = "/api/v1/twins/\(BenchDevices.name(device))/actuators/\(BenchDevices.pins[pump])/commands"
        let body = #"{"command":"ON","duration_seconds":\#(seconds)}"#
        let at = BenchClock.now
        let answer = try? await DoppelClient(url: url).post(path, Array(body.utf8), wait: Self.waitSeconds)
        guard let command = answer?.value else { return false }
        if let id = command["id"]?.text {
            state.withLock { $0.orders[id] = OnTimeJudge.Order(at: at, seconds: seconds) }
        }
        return command["state"]?.text == "confirmed"
    }
}
