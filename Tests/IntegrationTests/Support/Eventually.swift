import EventLoop
import TestSupport
import TwinRuntime

/// The one loop of these tests: their clock, the parent of the programs they start, and the devices' side of MQTT.
///
/// It lives as long as the tests do; the programs it started end with it.
enum TestLoop {
    static let shared: EventLoop = {
        do {
            let loop = try EventLoop()
            loop.start()
            return loop
        } catch {
            preconditionFailure("The system gave no loop: \(error).")
        }
    }()

    /// Runs something on the loop and waits for its result.
    static func run<T: Sendable>(_ body: @escaping @Sendable () -> T) async -> T {
        await withCheckedContinuation { continuation in
            shared.post { continuation.resume(returning: body()) }
        }
    }
}

/// Something did not happen within its deadline.
struct Overdue: Error, CustomStringConvertible {
    let what: String
    let limit: Duration
    let lastError: String?

    var description: String {
        "did not happen within \(limit): \(what)" + (lastError.map { "; at last: \($0)" } ?? "")
    }
}

/// Something can not happen any more, so that waiting for it makes no sense.
struct Hopeless: Error, CustomStringConvertible {
    let description: String
}

/// Waits until something is the case.
///
/// An error of the condition counts as "not yet", except ``Hopeless``; the last one is named when the time is up.
///
/// - Throws: ``Overdue`` when it is not the case within the limit, or ``Hopeless``. That ends the test: what follows
///   builds on it.
func eventually(
    _ what: String, within limit: Duration = .seconds(60), _ condition: () async throws -> Bool
) async throws {
    var lastError: String?
    let happened = try await happens(within: limit, glance: .milliseconds(20)) {
        do {
            let isSo = try await condition()
            lastError = nil
            return isSo
        } catch let error as Hopeless {
            throw error
        } catch {
            lastError = "\(error)"
            return false
        }
    }
    guard happened else { throw Overdue(what: what, limit: limit, lastError: lastError) }
}
