import DequeModule
import EventLoop
import Logging
import TwinCore
import TwinRuntime

extension PostgresLink {
    /// How long one turn hands data to libpq, in nanoseconds; the loop's turns end after 5 ms.
    static let turnNanoseconds: UInt64 = 2_000_000
    /// The most notifications told in one turn.
    static let maximumNotificationsPerTurn = 256
    /// The most server processes remembered to be ended.
    static let maximumAbandoned = 4

    /// The socket of a connection can do something.
    func ready(_ number: UInt64, _ readiness: Readiness) {
        guard case .up(let connection) = state, connection.number == number else { return }
        if !readiness.isDisjoint(with: [.readable, .disconnected]), !connection.handle.consume() {
            return lose(connection, connection.handle.errorMessage)
        }
        proceed(connection)
    }

    /// Goes on with the work, and says what the socket is needed for.
    func proceed(_ connection: PostgresConnection) {
        let end = loop.uptimeNanoseconds + Self.turnNanoseconds
        while let exchange = connection.exchange ?? begin(connection) {
            switch exchange.advance(connection.handle, while: { loop.uptimeNanoseconds < end }) {
            case .waiting:
                return settle(connection)
            case .again:
                proceedSoon()
                return settle(connection)
            case .finished(let result):
                connection.exchange = nil
                exchange.work.answer(result)
                guard case .up(let current) = state, current === connection else { return }
            case .broken(let reason):
                return lose(connection, reason)
            }
        }
        settle(connection)
    }

    private func begin(_ connection: PostgresConnection) -> PostgresExchange? {
        var next = connection.setUp.take()
        if next == nil, connection.isReady { next = queue.popFirst() }
        connection.exchange = next.map { PostgresExchange($0) }
        return connection.exchange
    }

    /// Tells what the server said by itself, writes what waits, and watches the socket.
    private func settle(_ connection: PostgresConnection) {
        for notice in connection.handle.takeNotices() {
            logger.debug("postgres.notice", metadata: ["text": "\(notice)"])
        }
        for count in 1... {
            guard let note = connection.handle.nextNotification() else { break }
            loop.post { [events] in events.notified(note.channel, note.payload) }
            guard count < Self.maximumNotificationsPerTurn else {
                proceedSoon()
                break
            }
        }
        guard let isFull = connection.handle.flush(), !connection.handle.isBroken else {
            return lose(connection, connection.handle.errorMessage)
        }
        connection.socket.watch(isFull ? [.readable, .writable] : .readable)
    }

    /// A piece of work was not answered in time.
    func overdue(_ work: PostgresWork, afterMilliseconds milliseconds: Int64) {
        guard !work.isAnswered else { return }
        let patience =
            milliseconds % 1_000 == 0 ? "\(milliseconds / 1_000) s" : "\(Double(milliseconds) / 1_000) s"
        if case .up(let connection) = state, let exchange = connection.exchange, exchange.work === work {
            let reason = "PostgreSQL did not answer within \(patience)"
            if let backend = connection.backend, abandoned.count < Self.maximumAbandoned { abandoned.append(backend) }
            let failure = PostgresFailure(.overdue(mayHaveHappened: exchange.mayHaveHappened), reason)
            connection.exchange = nil
            work.answer(.failure(exchange.refusal ?? failure))
            if case .up(let current) = state, current === connection { lose(connection, reason) }
            return
        }
        queue.removeAll { $0 === work }
        let reason = trouble.map { "no connection to PostgreSQL within \(patience): \($0)" }
        work.answer(
            .failure(
                reason.map { PostgresFailure(.unavailable, $0) }
                    ?? PostgresFailure(
                        .overdue(mayHaveHappened: false),
                        "PostgreSQL was busy with other work for \(patience); this was not sent")))
    }

    /// Gives the connection up and sees to the next one.
    func lose(_ connection: PostgresConnection, _ reason: String) {
        state = .closing
        let reason = connection.handle.redact(reason)
        let exchange = connection.exchange.take()
        let wait = stopCompletions.isEmpty ? announceFailure(reason) : 0
        if let exchange {
            let failure = PostgresFailure(.lost(mayHaveHappened: exchange.mayHaveHappened), reason)
            exchange.work.answer(.failure(exchange.refusal ?? failure))
        }
        // Never begun; its answer has nothing to tell any more.
        connection.setUp.take()?.answer(.failure(PostgresFailure(.lost(mayHaveHappened: false), reason)))
        close(connection.socket, connection.handle, thenWaitMilliseconds: wait)
    }

    /// Answers everything that waits.
    func answerAll(_ failure: PostgresFailure) {
        let waiting = queue
        queue = []
        for work in waiting { work.answer(.failure(failure)) }
    }

    /// Ends everything.
    func end(_ completion: @escaping @Sendable () -> Void) {
        stopCompletions.append(completion)
        trouble = "stopped"
        answerAll(PostgresFailure(.stopped, "the link to PostgreSQL was stopped"))
        switch state {
        case .idle, .stopped:
            stoppedSoon()
        case .waiting(let timer):
            timer.cancel()
            stoppedSoon()
        case .connecting(let attempt):
            attempt.timer?.cancel()
            guard let (handle, socket) = attempt.waiting else { return stoppedSoon() }
            attempt.waiting = nil
            close(socket, handle, thenWaitMilliseconds: 0)
        case .up(let connection):
            lose(connection, "the link to PostgreSQL was stopped")
        case .closing:
            break
        }
    }

    private func stoppedSoon() {
        state = .stopped
        loop.post { self.assumeIsolated { $0.stopped() } }
    }

    func stopped() {
        state = .stopped
        let completions = stopCompletions
        stopCompletions = []
        for completion in completions { completion() }
    }
}
