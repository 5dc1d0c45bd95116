import EventLoop
import PostgresCluster
import Synchronization
import TestSupport
import Testing
import TwinCore
import TwinRuntime

@testable import PostgresHistory

/// Where an inbox hands its messages in: a journal in memory that knows a message by its payload.
final class FakeStreet: Sendable {
    /// What becomes of a batch.
    enum Mode: Sendable {
        /// It is durable at once.
        case prompt
        /// It is durable when ``FakeStreet/release()`` is called.
        case slow
        /// Nothing is taken.
        case refusing(ServiceError)
    }

    private struct State {
        var mode = Mode.prompt
        var stored: [String] = []
        var handedIn = 0
        var waiting: [@Sendable () -> Void] = []
    }

    private let state = Mutex(State())

    /// How batches fare from now on.
    var mode: Mode {
        get { state.withLock { $0.mode } }
        set { state.withLock { $0.mode = newValue } }
    }
    /// The payloads that had an effect, in order.
    var stored: [String] { state.withLock { $0.stored } }
    /// How many messages were handed in, refused ones and repetitions included.
    var handedIn: Int { state.withLock { $0.handedIn } }
    /// How many batches are not durable yet.
    var waiting: Int { state.withLock { $0.waiting.count } }

    /// What waits is durable now.
    func release() {
        let waiting = state.withLock { state in
            defer { state.waiting = [] }
            return state.waiting
        }
        for reply in waiting { reply() }
    }

    var takeIn: PostgresInbox.Street {
        { batch, reply in
            let then: (@Sendable () -> Void)? = self.state.withLock { state in
                state.handedIn += batch.entries.count
                if case .refusing(let error) = state.mode { return { reply(.failure(error)) } }
                let refusals = batch.entries.map { entry -> Refusal? in
                    let topic = String(decoding: batch.bytes[entry.topic], as: UTF8.self)
                    let payload = String(decoding: batch.bytes[entry.payload], as: UTF8.self)
                    guard payload.utf8.count <= 65_536 else {
                        return Refusal(.tooLarge, "\(entry.payload.count) bytes")
                    }
                    guard topic == "good" else { return Refusal(.unknownTopic, "'\(topic)' is no topic of a reading") }
                    if !state.stored.contains(payload) { state.stored.append(payload) }
                    return nil
                }
                guard case .slow = state.mode else { return { reply(.success(refusals)) } }
                state.waiting.append { reply(.success(refusals)) }
                return nil
            }
            then?()
        }
    }
}

/// Runs a test with an inbox.
func withInbox(
    _ url: String, _ street: FakeStreet, holder: String = "one", pollMilliseconds: Int64 = 3_600_000,
    retryMilliseconds: ClosedRange<Int64>? = nil, deadlineMilliseconds: Int64 = longMilliseconds,
    reconnecting: ReconnectPolicy.Limits = quickLimits,
    _ body: (PostgresInbox, LinkRecorder) async throws -> Void
) async throws {
    let loop = try EventLoop()
    loop.start()
    let recorder = LinkRecorder(loop)
    var options = PostgresLinkOptions(address: try PostgresAddress(url: url))
    options.reconnecting = reconnecting
    options.deadlineMilliseconds = deadlineMilliseconds
    let inbox = PostgresInbox(
        options, channel: "handed_in", holder: { holder }, on: loop, pollMilliseconds: pollMilliseconds,
        retryMilliseconds: retryMilliseconds, logger: recorder.logger,
        prepare: { try await SchemaMigrator($0).migrate() }, to: street.takeIn)
    await loop.run {
        inbox.link.start { _ in }
        inbox.start { _ in }
    }
    var failure: (any Error)?
    do { try await body(inbox, recorder) } catch { failure = error }
    street.release()
    await withCheckedContinuation { continuation in loop.post { inbox.stop { continuation.resume() } } }
    await withCheckedContinuation { continuation in loop.post { inbox.link.stop { continuation.resume() } } }
    loop.stop()
    await Task.detached { loop.join() }.value
    if let failure { throw failure }
}

/// How an inbox fares.
func vitals(of inbox: PostgresInbox, _ recorder: LinkRecorder) async -> PartVitals {
    await recorder.loop.run { inbox.vitals() }
}

/// Waits until an inbox has begun, and has nothing to do.
func idle(_ inbox: PostgresInbox, _ recorder: LinkRecorder, at location: SourceLocation = #_sourceLocation) async {
    await eventually("the inbox is idle", at: location) {
        let vitals = await vitals(of: inbox, recorder)
        return vitals.condition == .ok && vitals.backlog == 0
    }
}
