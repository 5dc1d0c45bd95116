import TwinCore

/// Decides whether to read on every readiness of a socket or on ticks.
///
/// At a high rate with few messages a wake-up the wake-up is the cost, not the work: waiting a millisecond for more
/// messages saves a good part of it.
struct ReadPacer: Equatable {
    /// How long is counted before deciding, in milliseconds.
    static let periodMilliseconds: Int64 = 50
    /// The rate from which ticks pay, in messages a second.
    static let busyMessagesPerSecond: Int64 = 20_000
    /// Fewer messages a wake-up than this are few.
    static let fewMessagesPerWakeUp: Int64 = 64
    /// The time between two ticks, in milliseconds.
    static let tickMilliseconds: Int64 = 1

    /// Whether reading happens on ticks.
    private(set) var isTicking = false
    private var periodStart: Uptime?
    private var messages: Int64 = 0
    private var wakeUps: Int64 = 0

    /// Says that a wake-up read so many messages.
    mutating func read(_ count: Int, at now: Uptime) {
        guard let start = periodStart else {
            periodStart = now
            return
        }
        messages += Int64(count)
        wakeUps += 1
        let elapsed = now.milliseconds(since: start)
        guard elapsed >= Self.periodMilliseconds else { return }
        let isBusy = messages * 1000 >= Self.busyMessagesPerSecond * elapsed
        let areFew = messages < Self.fewMessagesPerWakeUp * wakeUps
        isTicking = isBusy && (isTicking || areFew)
        periodStart = now
        messages = 0
        wakeUps = 0
    }

    /// Starts over, for a new connection.
    mutating func reset() { self = Self() }
}
