import EventLoop
import Synchronization
import TwinRuntime

/// Sleep on the loop's clock, and who ends it early.
final class Alarm: Sendable {
    private struct State {
        var sleeper: CheckedContinuation<Void, Never>?
        /// Tells this sleep from those before it, whose timers may still come.
        var number: UInt64 = 0
        var hasRung = false
        /// What ends the sleep.
        var timer: (any LoopTimer)?
    }

    private let loop: EventLoop
    private let state = Mutex(State())

    init(on loop: EventLoop) { self.loop = loop }

    /// Sleeps, or not at all when somebody rang since the last sleep; for one task at a time.
    func sleep(milliseconds: Int64) async {
        await withCheckedContinuation { continuation in
            let number: UInt64? = state.withLock { state in
                if state.hasRung {
                    state.hasRung = false
                    return nil
                }
                state.sleeper = continuation
                state.number += 1
                return state.number
            }
            guard let number else { return continuation.resume() }
            loop.post { [self] in
                let timer = loop.schedule(afterMilliseconds: milliseconds) { self.wake { $0.number == number } }
                let isAwake = state.withLock { state in
                    guard state.number == number, state.sleeper != nil else { return true }
                    state.timer = timer
                    return false
                }
                if isAwake { timer.cancel() }
            }
        }
    }

    /// Ends the sleep, or keeps the next one from beginning; from any thread.
    func ring() {
        wake { state in
            state.hasRung = state.sleeper == nil
            return true
        }
    }

    private func wake(if condition: (inout State) -> Bool) {
        let (sleeper, timer) = state.withLock { state in
            condition(&state) ? (state.sleeper.take(), state.timer.take()) : (nil, nil)
        }
        if let timer { loop.post { timer.cancel() } }
        sleeper?.resume()
    }
}
