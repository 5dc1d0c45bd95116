import CPostgreSQL
import TwinRuntime

/// One piece of work on its way through one connection: what was sent, what came back, what is next.
///
/// It never waits: ``advance(_:while:)`` goes on as far as what has arrived allows. Confined to the loop.
final class PostgresExchange {
    /// How far it came.
    enum Progress {
        /// It needs the socket.
        case waiting
        /// It has more to do and gave the turn back.
        case again
        /// It is over, and the connection is free for the next.
        case finished(Result<[PostgresRows], PostgresFailure>)
        /// The connection is of no use any more.
        case broken(String)
    }

    private enum Stage {
        /// Nothing of the section was sent.
        case unsent
        /// Results of the pipeline arrive; so many statements are answered.
        case answers(Int)
        /// The server has not said yet whether it takes the data.
        case asking
        /// Data leave; the next is in this piece, from this byte on.
        case copying(piece: Int, offset: Int)
        /// The last results of a script or a COPY arrive.
        case ending
    }

    /// The most data handed to libpq at once, in bytes.
    static let sliceBytes = 65_536

    let work: PostgresWork
    private var sections: ArraySlice<PostgresWork.Section>
    private var stage = Stage.unsent
    private var rows: [PostgresRows] = []
    private var failure: PostgresFailure?
    private var isCommitting = false

    init(_ work: PostgresWork) {
        self.work = work
        sections = work.sections[...]
    }

    /// Whether something of it may have taken effect.
    var mayHaveHappened: Bool { isCommitting && failure == nil }
    /// What the server said no to, if it did.
    var refusal: PostgresFailure? { failure }

    /// Goes on.
    ///
    /// - Parameter hasTime: Whether the turn may last longer.
    func advance(_ handle: PostgresHandle, while hasTime: () -> Bool) -> Progress {
        while true {
            guard let section = sections.first else { return .finished(outcome) }
            let step: Step
            switch stage {
            case .unsent: step = send(section, handle)
            case .answers(let count): step = takeAnswer(section, count, handle)
            case .asking: step = takeConsent(handle)
            case .copying(let piece, let offset): step = put(section, piece, offset, handle, hasTime)
            case .ending: step = takeEnding(handle)
            }
            switch step {
            case .on: continue
            case .next: endSection(handle)
            case .wait: return .waiting
            case .yield: return .again
            case .fail: return .broken(handle.errorMessage)
            case .give(let reason): return .broken(reason)
            }
        }
    }

    private enum Step {
        case on, next, wait, yield, fail
        case give(String)
    }

    private var outcome: Result<[PostgresRows], PostgresFailure> { failure.map { .failure($0) } ?? .success(rows) }

    /// The section is answered; after a failure, or where a transaction was left open, only a ROLLBACK may follow.
    private func endSection(_ handle: PostgresHandle) {
        sections.removeFirst()
        stage = .unsent
        if failure != nil { sections = [] }
        guard sections.isEmpty, handle.isInTransaction else { return }
        failure = failure ?? PostgresFailure(.misused, "what was sent left a transaction open; it was rolled back")
        sections = [.statements([.rollback])]
    }

    private func send(_ section: PostgresWork.Section, _ handle: PostgresHandle) -> Step {
        switch section {
        case .statements(let statements):
            guard handle.enterPipeline() else { return .fail }
            for statement in statements {
                if statement.role == .commit || (!work.isTransaction && statement.role == .plain) {
                    isCommitting = true
                }
                guard handle.send(statement.sql, statement.values) else { return .fail }
            }
            stage = .answers(0)
            return handle.endPipelineSection() ? .on : .fail
        case .script(let sql):
            if !work.isTransaction { isCommitting = true }
            stage = .ending
            return handle.send(sql) ? .on : .fail
        case .copy(let sql, _):
            stage = .asking
            return handle.send(sql) ? .on : .fail
        }
    }

    /// Takes the next result of a pipeline.
    private func takeAnswer(_ section: PostgresWork.Section, _ count: Int, _ handle: PostgresHandle) -> Step {
        guard case .statements(let statements) = section else { preconditionFailure("a pipeline without statements") }
        guard !handle.isBusy else { return .wait }
        guard let result = handle.nextResult() else {
            // The end of one statement's results.
            guard count < statements.count else { return .give("the server's answers are out of step") }
            stage = .answers(count + 1)
            return .on
        }
        switch result.status {
        case PGRES_PIPELINE_SYNC: return handle.exitPipeline() ? .next : .fail
        case PGRES_PIPELINE_ABORTED: return .on
        default:
            guard count < statements.count else { return .give("the server's answers are out of step") }
            return take(result, statements[count].role, handle)
        }
    }

    private func take(
        _ result: PostgresRows, _ role: PostgresWork.Statement.Role, _ handle: PostgresHandle
    ) -> Step {
        switch result.status {
        case PGRES_TUPLES_OK, PGRES_COMMAND_OK, PGRES_EMPTY_QUERY:
            switch role {
            case .plain: rows.append(result)
            case .commit where result.command != "COMMIT":
                failure = failure ?? PostgresFailure(.misused, "the server rolled back instead of committing")
            case .begin, .commit, .rollback: break
            }
            return .on
        case PGRES_FATAL_ERROR:
            let refusal = result.failure(handle.redact)
            // The server ends the connection, so whether it did what was asked before is not certain.
            if handle.isBroken || refusal.sqlState?.hasPrefix("57P0") ?? true { return .give(refusal.message) }
            failure = failure ?? refusal
            return .on
        default: return .give("the server answers what was not asked")
        }
    }

    /// Takes the server's answer to a COPY.
    private func takeConsent(_ handle: PostgresHandle) -> Step {
        guard !handle.isBusy else { return .wait }
        guard let result = handle.nextResult() else { return .give("the server forgot about a COPY") }
        if result.status == PGRES_COPY_IN {
            stage = .copying(piece: 0, offset: 0)
            return .on
        }
        stage = .ending
        let step = take(result, .plain, handle)
        if case .on = step, failure == nil { return .give("what was sent as a COPY from us is none") }
        return step
    }

    /// Hands data to libpq, which takes any amount: what keeps the amount small is to wait for the socket.
    private func put(
        _ section: PostgresWork.Section, _ piece: Int, _ offset: Int, _ handle: PostgresHandle, _ hasTime: () -> Bool
    ) -> Step {
        guard case .copy(_, let pieces) = section else { preconditionFailure("data without a COPY") }
        guard let isFull = handle.flush() else { return .fail }
        if isFull { return .wait }
        guard hasTime() else { return .yield }
        guard piece < pieces.count else {
            stage = .ending
            return handle.endCopy() ? .on : .fail
        }
        let end = min(offset + Self.sliceBytes, pieces[piece].count)
        guard offset == end || handle.put(pieces[piece][offset..<end]) else { return .fail }
        stage = end < pieces[piece].count ? .copying(piece: piece, offset: end) : .copying(piece: piece + 1, offset: 0)
        return .on
    }

    /// Takes the last results of a script, of which nobody wants any, or of a COPY.
    private func takeEnding(_ handle: PostgresHandle) -> Step {
        guard !handle.isBusy else { return .wait }
        guard let result = handle.nextResult() else { return .next }
        if case .script = sections.first { return take(result, .begin, handle) }
        return take(result, .plain, handle)
    }
}
