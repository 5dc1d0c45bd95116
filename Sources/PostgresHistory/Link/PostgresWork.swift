import TwinCore
import TwinRuntime

/// One piece of work of a link: what to send, until when, and who is told.
///
/// Confined to the loop.
final class PostgresWork: @unchecked Sendable {
    /// What is sent in one go, and answered before the next goes.
    enum Section {
        /// Statements in one pipeline; those that only frame a transaction have no result for the caller.
        case statements([Statement])
        case script(String)
        case copy(String, [[UInt8]])
    }

    /// One statement of a pipeline.
    struct Statement {
        /// What a statement is to its transaction.
        enum Role { case plain, begin, commit, rollback }

        let sql: String
        var values: [PostgresValue] = []
        var role = Role.plain

        static let begin = Statement(sql: "BEGIN", role: .begin)
        static let commit = Statement(sql: "COMMIT", role: .commit)
        static let rollback = Statement(sql: "ROLLBACK", role: .rollback)
    }

    /// What is sent.
    let sections: [Section]
    /// Whether nothing of it takes effect before its COMMIT.
    let isTransaction: Bool
    /// When it was asked for.
    let since: Uptime
    /// What watches its deadline.
    var timer: (any LoopTimer)?
    private var reply: ((Result<[PostgresRows], PostgresFailure>) -> Void)?

    init(
        _ sections: [Section], isTransaction: Bool, since: Uptime,
        _ reply: @escaping (Result<[PostgresRows], PostgresFailure>) -> Void
    ) {
        self.sections = sections
        self.isTransaction = isTransaction
        self.since = since
        self.reply = reply
    }

    deinit { precondition(reply == nil, "a piece of work was dropped without an answer") }

    /// Whether it was answered.
    var isAnswered: Bool { reply == nil }

    /// Answers; the first answer counts.
    func answer(_ result: Result<[PostgresRows], PostgresFailure>) {
        guard let reply else { return }
        self.reply = nil
        timer?.cancel()
        timer = nil
        reply(result)
    }

    /// The sections of a transaction: neighbouring statements share a pipeline, and with it a round trip.
    static func transaction(_ steps: [PostgresStep]) -> [Section] {
        var sections: [Section] = []
        var run = [Statement.begin]
        func close() {
            if !run.isEmpty { sections.append(.statements(run)) }
            run = []
        }
        for step in steps {
            switch step {
            case .statement(let sql, let values): run.append(Statement(sql: sql, values: values))
            case .script(let sql):
                close()
                sections.append(.script(sql))
            case .copy(let sql, let pieces):
                close()
                sections.append(.copy(sql, pieces))
            }
        }
        run.append(.commit)
        close()
        return sections
    }
}
