import EventLoop
import Logging
import TwinCore
import TwinRuntime

extension MosquittoLink {
    /// Begins an attempt on a worker thread.
    ///
    /// Nobody else can touch the structure of the library meanwhile: it comes to the loop with the result.
    func connect() {
        policy.attempting()
        state = .connecting
        let options = options
        loop.work({ Self.attempt(options) }, { self.attempted($0) })
    }

    private static func attempt(_ options: LinkOptions) -> Result<MosquittoHandle, LinkFailure> {
        do {
            return .success(try MosquittoHandle(connecting: options))
        } catch {
            return .failure(error)
        }
    }

    private func attempted(_ result: Result<MosquittoHandle, LinkFailure>) {
        // Stopped meanwhile: letting go of the handle closes its socket.
        guard case .connecting = state else { return }
        switch result {
        case .success(let handle):
            adopt(handle)
        case .failure(let failure):
            let wait = announceFailure(failure)
            waitToReconnect(wait)
        }
    }

    private func adopt(_ handle: MosquittoHandle) {
        lastNumber += 1
        let connection = LinkConnection(
            number: lastNumber, handle: handle,
            answerDeadline: loop.moment.uptime.advanced(byMilliseconds: options.handshakeMilliseconds))
        let number = lastNumber
        do throws(EventLoopError) {
            try connection.poll(on: loop) { ready in self.ready(number, ready) }
        } catch {
            let wait = announceFailure(LinkFailure("the socket cannot be polled: \(error)"))
            waitToReconnect(wait)
            return
        }
        state = .handshaking(connection)
        handle.keeps = events.keeps
        pacer.reset()
        everySecond(connection)
        flush(connection)
        settle(connection)
    }

    /// Looks after the connection now and every second from now on.
    private func everySecond(_ connection: LinkConnection) {
        let number = connection.number
        connection.secondTimer = loop.schedule(afterMilliseconds: 1_000) { [self] in
            guard let connection = current(number) else { return }
            if case .handshaking = state, connection.answerDeadline < loop.moment.uptime {
                connection.failure = LinkFailure("the broker did not answer in time")
            } else if let failure = connection.handle.tick() {
                connection.failure = failure
            }
            dropExpired()
            flush(connection)
            settle(connection)
            if let connection = current(number) { everySecond(connection) }
        }
    }

    /// The connection with a number, if it is the present one.
    func current(_ number: UInt64) -> LinkConnection? {
        switch state {
        case .handshaking(let connection), .up(let connection), .leaving(let connection):
            return connection.number == number ? connection : nil
        case .idle, .connecting, .closing, .waiting, .stopped:
            return nil
        }
    }

    /// Acts on CONNACK.
    func answered(_ connection: LinkConnection, code: Int32, isResumed: Bool) {
        guard case .handshaking = state else { return }
        guard code == 0 else {
            connection.failure = LinkFailure(connack: code, version: options.version)
            return
        }
        connection.handle.stopListening()
        state = .up(connection)
        // There may be more in the socket, or, under TLS, in the library's buffer, which no poll shows.
        connection.isUndrained = true
        policy.connected(at: loop.moment.uptime)
        for subscription in options.subscriptions {
            guard let mid = connection.handle.subscribe(subscription) else {
                connection.failure = LinkFailure("\"\(subscription.filter)\" cannot be subscribed")
                return
            }
            connection.subscriptions[mid] = subscription
        }
        flush(connection)
        if !isResumed { isSessionBare = true }
        if connection.subscriptions.isEmpty {
            isSessionBare = false
            announce(connection, isResumed: isResumed)
        } else if !isSessionBare {
            announce(connection, isResumed: true)
        }
        proceedSoon()
    }

    /// Acts on SUBACK.
    func subscribed(_ connection: LinkConnection, mid: Int32, isGranted: Bool) {
        guard let subscription = connection.subscriptions.removeValue(forKey: mid) else { return }
        guard isGranted || subscription.isOptional else {
            connection.failure = LinkFailure("the broker refuses the subscription to \"\(subscription.filter)\"")
            return
        }
        if !isGranted { logger.warning("mqtt.not-subscribed", metadata: ["filter": "\(subscription.filter)"]) }
        guard connection.subscriptions.isEmpty else { return }
        isSessionBare = false
        announce(connection, isResumed: false)
    }

    private func announce(_ connection: LinkConnection, isResumed: Bool) {
        guard !connection.isAnnounced else { return }
        connection.isAnnounced = true
        logger.debug("mqtt.up", metadata: ["client": "\(options.clientID)", "resumed": "\(isResumed)"])
        events.connected(isResumed)
    }

    /// Gives the connection up and sees to the next one.
    func lose(_ connection: LinkConnection, _ failure: LinkFailure) {
        state = .closing
        _ = gate.lost()
        sortOut(connection)
        let wait = stopCompletions.isEmpty ? announceFailure(failure) : 0
        connection.close { [self] in
            // Posted, so that the last reference to the handle, and with it the socket, is gone before anybody is told.
            if stopCompletions.isEmpty { waitToReconnect(wait) } else { loop.post { self.stopped() } }
        }
    }

    /// Puts a failure on record and tells the owner.
    ///
    /// Returns how long to wait, in milliseconds.
    private func announceFailure(_ failure: LinkFailure) -> Int64 {
        let wait = policy.failed(failure.cause, at: loop.moment.uptime, draw: draw)
        logger.debug(
            "mqtt.down",
            metadata: [
                "client": "\(options.clientID)", "reason": "\(failure.description)", "retry_ms": "\(wait)",
            ])
        events.disconnected(failure.description, wait)
        return wait
    }

    private func waitToReconnect(_ milliseconds: Int64) {
        if case .stopped = state { return }
        state = .waiting(loop.schedule(afterMilliseconds: milliseconds) { self.connect() })
    }

    /// Says goodbye, unless the goodbye would take undurable acknowledgements along.
    func leave(_ connection: LinkConnection) {
        guard gate.mayWrite, !connection.isOver else {
            connection.failure = connection.failure ?? LinkFailure("stopped")
            proceedSoon()
            return
        }
        state = .leaving(connection)
        connection.handle.sayGoodbye()
        flush(connection)
        let number = connection.number
        _ = loop.schedule(afterMilliseconds: Self.goodbyeMilliseconds) { [self] in
            guard let connection = current(number) else { return }
            connection.failure = LinkFailure("the broker did not take the goodbye in time")
            settle(connection)
        }
        proceedSoon()
    }
}
