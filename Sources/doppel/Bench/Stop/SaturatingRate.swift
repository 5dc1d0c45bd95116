import EventLoop
import Glibc
import TwinRuntime

/// Finds the highest rate of samples that Doppel keeps up with, with these devices on this machine.
struct SaturatingRate {
    /// The rates that are tried, in samples a second of each device.
    private static let steps = [1, 2, 3, 4, 6, 8, 10, 12, 16, 20]
    /// How long a rate lasts before it counts, and then, in milliseconds.
    private static let warmingMilliseconds: Int64 = 2000
    private static let spanMilliseconds: Int64 = 4000
    /// How much of what is published must be stored, and for how many seconds' worth may be waiting at the end.
    private static let leastShare = 0.97
    private static let longestWaitSeconds = 0.25

    let plan: StopBenchmark.Plan
    let loop: EventLoop

    /// Tries one rate after the other until one is too much.
    func find() async throws -> Int {
        var found = plan.devices
        for step in Self.steps {
            let rate = step * plan.devices
            guard try await keepsUp(rate) else { break }
            found = rate
        }
        return found
    }

    private func keepsUp(_ rate: Int) async throws -> Bool {
        var plan = plan
        plan.rate = rate
        let settled = plan
        return try await BenchStage.with(loop) { stage in
            try await stage.serving { url in
                let devices = try await stage.devices(settled)
                await loop.rest(milliseconds: Self.warmingMilliseconds)
                let begin = try await LoadLook(devices, url: url, on: loop)
                await loop.rest(milliseconds: Self.spanMilliseconds)
                let end = try await LoadLook(devices, url: url, on: loop)
                await devices.end(on: loop)
                let stored = end.storedPerSecond(since: begin)
                Console.standard.tell(
                    "\(rate) samples a second: \(Int(stored)) stored, \(end.waiting) messages waiting")
                return stored >= Self.leastShare * Double(rate)
                    && Double(end.waiting) <= Self.longestWaitSeconds * Double(rate)
            }
        }
    }
}

/// How far the samples are at a moment.
struct LoadLook {
    /// By the shared clock.
    let at: Int64
    /// Samples that Doppel has stored.
    let stored: Double
    /// Messages that Doppel has read of devices, other than stored samples.
    let words: Int
    /// Messages of its own that Doppel has read.
    let own: Int
    /// Messages that the devices have published and Doppel has not read.
    let waiting: Int
    /// Doppel's resident memory, and what of it no file stands behind.
    let residentBytes: Double
    let anonymousBytes: Double
    /// The longest that rollups kept Doppel from storing, in milliseconds.
    let longestSlice: Double
    /// How busy the machine is.
    let loadAverage = MachineLoad.average

    /// Asks the devices and Doppel.
    init(_ devices: BenchChild, url: String, on loop: EventLoop) async throws {
        devices.signal(SIGUSR2, on: loop)
        let published = try await devices.line("published ").split(separator: " ")
        let values = try await MetricsPage.read("\(url)/metrics")
        at = BenchClock.now
        stored = values["doppel_stored_samples_total"] ?? 0
        residentBytes = values["doppel_resident_memory_bytes"] ?? 0
        anonymousBytes = values["doppel_anonymous_memory_bytes"] ?? 0
        longestSlice = values["doppel_rollup_slice_longest_milliseconds"] ?? 0
        own = Int(values["doppel_own_messages_total"] ?? 0)
        let read = Int(values["doppel_messages_total"] ?? 0) - own
        words = read - Int(stored)
        waiting = max(0, (Int(published[1]) ?? 0) - read)
    }

    /// Samples stored a second since an earlier moment.
    func storedPerSecond(since earlier: LoadLook) -> Double {
        (stored - earlier.stored) * 1e9 / Double(at - earlier.at)
    }
}
