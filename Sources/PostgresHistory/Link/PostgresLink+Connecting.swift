import DequeModule
import EventLoop
import Logging
import TwinCore
import TwinRuntime

extension PostgresLink {
    /// What a step on a worker thread brings back.
    private typealias Stepped = (handle: PostgresHandle, progress: PostgresHandle.Progress)

    /// Begins an attempt on a worker thread.
    func connect() {
        policy.attempting()
        lastNumber += 1
        let attempt = PostgresAttempt(number: lastNumber)
        state = .connecting(attempt)
        attempt.timer = loop.schedule(afterMilliseconds: options.address.connectMilliseconds) { [self] in
            assumeIsolated { $0.overdue(attempt) }
        }
        let (address, turn) = (options.address, policy.consecutiveFailures)
        loop.work({ Self.begin(address, turn) }) { result in
            self.assumeIsolated { $0.stepped(attempt, result) }
        }
    }

    private static func begin(_ address: PostgresAddress, _ turn: Int) -> Result<Stepped, PostgresFailure> {
        do {
            let handle = try PostgresHandle(connecting: address, turn: turn)
            // libpq's rule: before the first look the socket counts as waiting for room to write.
            return .success((handle, .writing))
        } catch {
            return .failure(error)
        }
    }

    private func stepped(_ attempt: PostgresAttempt, _ result: Result<Stepped, PostgresFailure>) {
        // Stopped meanwhile: letting go of the handle closes its socket.
        guard case .connecting(let current) = state, current === attempt else { return }
        guard !attempt.isOverdue else { return giveUp(attempt, overdueMessage) }
        do {
            let (handle, progress) = try result.get()
            switch progress {
            case .reading: try wait(attempt, handle, for: [.readable, .disconnected])
            case .writing: try wait(attempt, handle, for: .writable)
            case .up: try adopt(attempt, handle)
            case .failed(let reason): giveUp(attempt, reason)
            }
        } catch {
            giveUp(attempt, error.message)
        }
    }

    /// Waits for the socket, then has a worker thread take the next step.
    ///
    /// libpq may exchange the socket in every step, so it is watched anew for each, and by nobody meanwhile.
    private func wait(
        _ attempt: PostgresAttempt, _ handle: PostgresHandle, for interest: Readiness
    ) throws(PostgresFailure) {
        let socket = try WatchedSocket(of: handle, on: loop) { _ in
            self.assumeIsolated { $0.proceed(attempt) }
        }
        attempt.waiting = (handle, socket)
        socket.watch(interest)
    }

    private func proceed(_ attempt: PostgresAttempt) {
        guard let (handle, socket) = attempt.waiting else { return }
        attempt.waiting = nil
        socket.close { [self] in
            loop.work({ handle.proceed() }) { progress in
                self.assumeIsolated { $0.stepped(attempt, .success((handle, progress))) }
            }
        }
    }

    private var overdueMessage: String {
        "the server did not let us in within \(options.address.connectMilliseconds / 1_000) s"
    }

    /// An attempt's time is over; one that a worker thread has is given up when it comes back.
    private func overdue(_ attempt: PostgresAttempt) {
        guard case .connecting(let current) = state, current === attempt else { return }
        attempt.isOverdue = true
        guard attempt.waiting != nil else {
            trouble = redacted(overdueMessage)
            return
        }
        giveUp(attempt, overdueMessage)
    }

    private func giveUp(_ attempt: PostgresAttempt, _ reason: String) {
        attempt.timer?.cancel()
        let wait = announceFailure(reason)
        guard let (handle, socket) = attempt.waiting else { return waitToReconnect(wait) }
        attempt.waiting = nil
        close(socket, handle, thenWaitMilliseconds: wait)
    }

    /// Takes over a connection that the server has let in.
    private func adopt(_ attempt: PostgresAttempt, _ handle: PostgresHandle) throws(PostgresFailure) {
        attempt.timer?.cancel()
        guard handle.serverVersion >= PostgresHandle.oldestServer else {
            policy.trip()
            throw PostgresFailure(
                .unavailable,
                "the server is PostgreSQL \(Self.version(handle.serverVersion)); Doppel needs "
                    + "\(PostgresHandle.oldestServer / 10_000) or newer: upgrade it, or use another one")
        }
        let number = attempt.number
        let socket = try WatchedSocket(of: handle, on: loop) { readiness in
            self.assumeIsolated { $0.ready(number, readiness) }
        }
        let connection = PostgresConnection(number: number, handle: handle, socket: socket)
        connection.setUp = setUp(connection)
        state = .up(connection)
        proceed(connection)
    }

    /// The session's settings, the channels it listens to, and what the server calls it.
    private func setUp(_ connection: PostgresConnection) -> PostgresWork {
        let settings = """
            SELECT set_config('DateStyle', 'ISO', false), set_config('TimeZone', 'UTC', false), \(Self.backendStart),
                set_config('standard_conforming_strings', 'on', false)
            FROM pg_stat_activity WHERE pid = pg_backend_pid()
            """
        let listening = options.channels.map { channel in
            PostgresWork.Statement(sql: "LISTEN \(Self.quoted(channel))")
        }
        return work([.statements([PostgresWork.Statement(sql: settings)] + listening)]) {
            [weak self, weak connection] result in
            guard let self, let connection else { return }
            assumeIsolated { $0.isSetUp(connection, result) }
        }
    }

    private func isSetUp(_ connection: PostgresConnection, _ result: Result<[PostgresRows], PostgresFailure>) {
        guard case .up(let current) = state, current === connection else { return }
        switch result {
        case .failure(let failure): lose(connection, "the session could not be set up: \(failure.message)")
        case .success(let rows):
            let since = (try? rows.first?.text(0, 2)) ?? ""
            connection.backend = PostgresConnection.Backend(number: connection.handle.backend, since: since)
            connection.isReady = true
            server = Self.version(connection.handle.serverVersion)
            trouble = nil
            policy.connected(at: loop.moment.uptime)
            endAbandoned()
            logger.debug(
                "postgres.up", metadata: ["server": "\(server)", "secured": "\(connection.handle.isSecured)"])
            events.connected(server)
            for action in whenConnected { action() }
        }
    }

    /// Ends what earlier connections left running at the server, so that it does not finish behind our back.
    private func endAbandoned() {
        for backend in abandoned {
            let end = PostgresWork.Statement(
                sql: """
                    SELECT pg_terminate_backend(pid) FROM pg_stat_activity
                    WHERE pid = $1 AND \(Self.backendStart) = $2
                    """, values: [.integer(Int64(backend.number)), .text(backend.since)])
            queue.prepend(work([.statements([end])]) { _ in })
        }
        abandoned = []
    }

    /// When a server's process began, to the microsecond.
    private static let backendStart = "to_char(backend_start AT TIME ZONE 'UTC', 'YYYY-MM-DD HH24:MI:SS.US')"

    /// Puts a failure on record and tells the owner.
    ///
    /// Returns how long to wait, in milliseconds.
    func announceFailure(_ reason: String) -> Int64 {
        let wait = policy.failed(at: loop.moment.uptime, draw: draw)
        let text = redacted(reason)
        trouble = text
        logger.debug(
            "postgres.down",
            metadata: ["server": "\(options.address)", "reason": "\(text)", "retry_ms": "\(wait)"])
        events.disconnected(text, wait)
        if policy.breaker == .open { answerAll(PostgresFailure(.unavailable, text)) }
        return wait
    }

    /// Closes a connection's socket, then the connection, then waits for the next attempt.
    func close(_ socket: WatchedSocket, _ handle: PostgresHandle, thenWaitMilliseconds wait: Int64) {
        state = .closing
        socket.close { [self] in
            withExtendedLifetime(handle) {}
            // Posted, so that the last reference to the handle is gone before anybody is told.
            loop.post {
                self.assumeIsolated { link in
                    if link.stopCompletions.isEmpty { link.waitToReconnect(wait) } else { link.stopped() }
                }
            }
        }
    }

    private func waitToReconnect(_ milliseconds: Int64) {
        if case .stopped = state { return }
        state = .waiting(
            loop.schedule(afterMilliseconds: milliseconds) { self.assumeIsolated { $0.connect() } })
    }

    func redacted(_ text: String) -> String { options.address.redact(text) }

    /// 150018 is 15.18.
    static func version(_ number: Int32) -> String { "\(number / 10_000).\(number % 10_000)" }

    /// A name in double quotes, as SQL wants it.
    static func quoted(_ name: String) -> String {
        "\"" + name.split(separator: "\"", omittingEmptySubsequences: false).joined(separator: "\"\"") + "\""
    }
}
