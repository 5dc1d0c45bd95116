import EventLoop
import Logging
import TwinCore
import TwinRuntime

extension HistoryFeed {
    /// Runs the transaction that brings a shipment, with a notice to listeners where one is due.
    ///
    /// PostgreSQL delivers the notice when the transaction takes effect, and never otherwise.
    func run(_ shipment: FeedShipment, _ course: inout FeedCourse) async throws(PostgresFailure) {
        let now = loop.moment.uptime
        let steps = shipment.steps(isStaged: course.isStaged)
        if let notice = course.listeners.notice(with: shipment.notice, at: now) {
            do throws(PostgresFailure) {
                let results = try await link.transaction(
                    steps + [try step(notice, course)], deadlineMilliseconds: Self.deadlineMilliseconds)
                course.listeners.stored(shipment.notice)
                return heard(notice, results.last, &course, at: now)
            } catch {
                guard error.sqlState == FeedStatements.queueFullState else { throw error }
                // The queue filled up just now. The rows do not wait for somebody who sleeps.
                course.listeners.blocked(at: now)
            }
        }
        try await link.transaction(steps, deadlineMilliseconds: Self.deadlineMilliseconds)
        course.listeners.stored(shipment.notice)
    }

    /// Tells listeners what they were not told with a transaction; for when nothing more comes.
    ///
    /// - Parameter now: The time by which it is judged whether that is too soon; `nil` where there is no later.
    func tellRest(_ course: inout FeedCourse, at now: Uptime? = nil) async throws(PostgresFailure) {
        let waiting = now.map { course.listeners.notice(at: $0) } ?? course.listeners.untold
        guard let notice = waiting else { return }
        let now = now ?? loop.moment.uptime
        do throws(PostgresFailure) {
            heard(notice, try await link.transaction([try step(notice, course)]).last, &course, at: now)
        } catch {
            guard error.sqlState == FeedStatements.queueFullState else { throw error }
            course.listeners.blocked(at: now)
            noteListeners(course)
        }
    }

    private func step(_ notice: FeedNotice, _ course: FeedCourse) throws(PostgresFailure) -> PostgresStep {
        guard let payload = try? notice.payload else {
            throw PostgresFailure(.misused, "a notice to listeners cannot be written as JSON")
        }
        return .statement(
            FeedStatements.notify,
            [.text(FeedNotice.channel), .text(payload), .double(course.listeners.limits.maximumQueueUsage)])
    }

    /// A notice went with a transaction that took effect, unless the queue was too full for it.
    private func heard(
        _ notice: FeedNotice, _ result: PostgresRows?, _ course: inout FeedCourse, at now: Uptime
    ) {
        if result?.count == 1 {
            course.listeners.delivered(notice, at: now)
        } else {
            course.listeners.blocked(at: now)
        }
        noteListeners(course)
    }

    private func noteListeners(_ course: FeedCourse) {
        let obstacle = course.listeners.obstacle
        var wasBlocked = false
        note { standing in
            wasBlocked = standing.silence != nil
            standing.silence = obstacle
        }
        if let obstacle, !wasBlocked { logger.warning("feed.silent", metadata: ["reason": "\(obstacle)"]) }
        if obstacle == nil, wasBlocked { logger.notice("feed.tells-again") }
    }
}
