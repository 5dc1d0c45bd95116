import EventLoop
import Synchronization
import TwinRuntime

/// Work through a link that goes on for as long as the program runs: round after round, with rests in between.
///
/// What fails is begun again after a wait that grows, and at once when a connection comes up: then it may go well.
/// Whoever ends it waits for the round that is under way, but not for ever.
final class PostgresRounds: Sendable {
    /// What comes after a round.
    enum Rest: Sendable, Equatable {
        /// The next one at once: there is more to do.
        case none
        /// The next one after so many milliseconds, or earlier when there is news.
        case milliseconds(Int64)
    }

    /// What comes after a failure.
    enum Answer: Sendable, Equatable {
        /// The next round at once: it goes about it in another way.
        case again
        /// The next round after a wait.
        case wait
    }

    /// The shortest and the longest wait after a failure, in milliseconds.
    static let retryMilliseconds: ClosedRange<Int64> = 500...30_000
    /// How long an orderly end waits for the round that is under way, in milliseconds.
    static let patienceMilliseconds: Int64 = 2_000

    private struct State {
        var isStopping = false
        var isOver = false
        var whenOver: [@Sendable () -> Void] = []
    }

    private let loop: EventLoop
    private let minimumRestMilliseconds: Int64
    private let retryMilliseconds: ClosedRange<Int64>
    /// A rest that news ends.
    private let rest: Alarm
    /// A rest that news does not end, and the wait after a failure.
    private let pause: Alarm
    private let state = Mutex(State())

    /// Puts it together; nothing runs before ``start(through:_:)``.
    ///
    /// - Parameter minimumRestMilliseconds: How long each rest is at least, so that news without end costs little.
    init(
        on loop: EventLoop, minimumRestMilliseconds: Int64 = 0,
        retryMilliseconds: ClosedRange<Int64> = PostgresRounds.retryMilliseconds
    ) {
        self.loop = loop
        self.minimumRestMilliseconds = minimumRestMilliseconds
        self.retryMilliseconds = retryMilliseconds
        rest = Alarm(on: loop)
        pause = Alarm(on: loop)
    }

    /// Begins a life that calls ``run(_:_:failed:)``; on the loop, once.
    ///
    /// - Parameter link: Whose connections end every rest and wait as they come up.
    func start(through link: PostgresLink, _ life: @escaping @Sendable () async -> Void) {
        link.assumeIsolated { $0.onConnection { [weak self] in self?.wake() } }
        Task {
            await life()
            over()
        }
    }

    /// Runs rounds until it is stopped.
    ///
    /// - Parameters:
    ///   - course: What one round hands to the next.
    ///   - failed: What is made of a failure; told after how many milliseconds the next round comes at the latest.
    func run<Course>(
        _ course: inout Course, _ round: (inout Course) async throws -> Rest,
        failed: (any Error, inout Course, _ waitMilliseconds: Int64) -> Answer
    ) async {
        var wait = retryMilliseconds.lowerBound
        while !isStopping {
            do {
                let next = try await round(&course)
                wait = retryMilliseconds.lowerBound
                guard case .milliseconds(let milliseconds) = next else { continue }
                if minimumRestMilliseconds > 0 { await pause.sleep(milliseconds: minimumRestMilliseconds) }
                if !isStopping { await rest.sleep(milliseconds: milliseconds) }
            } catch {
                guard failed(error, &course, wait) == .wait, !isStopping else { continue }
                await pause.sleep(milliseconds: wait)
                wait = min(wait * 2, retryMilliseconds.upperBound)
            }
        }
    }

    /// Whether somebody wants it to end.
    var isStopping: Bool { state.withLock { $0.isStopping } }

    /// There is something new to do; from any thread.
    func news() { rest.ring() }

    /// Ends after the round that is under way, or after ``patienceMilliseconds``, and calls back on the loop.
    func stop(_ completion: @escaping @Sendable () -> Void) {
        let isOver = state.withLock { state in
            state.isStopping = true
            if !state.isOver { state.whenOver.append(completion) }
            return state.isOver
        }
        if isOver { return loop.post(completion) }
        wake()
        _ = loop.schedule(afterMilliseconds: Self.patienceMilliseconds) { self.over() }
    }

    /// Ends every rest and wait.
    private func wake() {
        pause.ring()
        rest.ring()
    }

    private func over() {
        let completions = state.withLock { state in
            state.isOver = true
            defer { state.whenOver = [] }
            return state.whenOver
        }
        for completion in completions { loop.post(completion) }
    }
}
