import Dispatch
import Synchronization

/// Hands pages from a task to a thread that waits for them, one at a time.
///
/// Twins are rebuilt on one thread from beginning to end, while pages are fetched by whoever is free. A page is fetched
/// when the thread asks for it, so one is in memory at most.
final class PageHandover<Page: Sendable>: Sendable {
    private enum State {
        case idle
        /// The task waits until a page is wanted.
        case resting(CheckedContinuation<Bool, Never>)
        case wanted
        case ended
    }

    private struct Shared {
        var state = State.idle
        var page: Result<Page?, any Error> = .success(nil)
    }

    private let shared = Mutex(Shared())
    private let given = DispatchSemaphore(value: 0)

    /// Waits until a page is wanted; for the task.
    ///
    /// - Returns: Whether one is; otherwise none ever will be.
    func isWanted() async -> Bool {
        await withCheckedContinuation { continuation in
            let answer: Bool? = shared.withLock { shared in
                switch shared.state {
                case .wanted: return true
                case .ended: return false
                case .idle, .resting:
                    shared.state = .resting(continuation)
                    return nil
                }
            }
            if let answer { continuation.resume(returning: answer) }
        }
    }

    /// Hands over the page that is wanted, or nothing when there is none any more; for the task.
    func give(_ page: Result<Page?, any Error>) {
        shared.withLock { shared in
            shared.page = page
            if case .wanted = shared.state { shared.state = .idle }
        }
        given.signal()
    }

    /// Asks for the next page and waits for it; for the thread.
    func next() throws -> Page? {
        change(to: .wanted, true)
        given.wait()
        return try shared.withLock { shared in
            defer { shared.page = .success(nil) }
            return try shared.page.get()
        }
    }

    /// No further page is wanted; for the thread.
    func end() { change(to: .ended, false) }

    private func change(to state: State, _ answer: Bool) {
        let resting: CheckedContinuation<Bool, Never>? = shared.withLock { shared in
            defer { shared.state = state }
            if case .resting(let continuation) = shared.state { return continuation }
            return nil
        }
        resting?.resume(returning: answer)
    }
}
