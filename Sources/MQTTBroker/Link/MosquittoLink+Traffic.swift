import EventLoop
import Logging
import TwinCore
import TwinRuntime

extension MosquittoLink {
    /// Acts on what the poll says of the socket.
    func ready(_ number: UInt64, _ ready: Readiness) {
        guard let connection = current(number) else { return }
        // The first sign of life after too long: what the broker says now could only make it pass on what is late.
        if connection.isOverdue(at: loop.moment.uptime) { connection.failure = connection.failure ?? .overdue }
        if ready.contains(.writable) { flush(connection) }
        switch state {
        case .handshaking:
            // Reading drives the TLS handshake, whichever direction it waits for.
            if gate.mayReadHandshake { read(connection) }
            // A TLS handshake that the broker ended looks to the library like one that needs patience.
            if ready.contains(.disconnected), connection.handle.events.answer == nil, !connection.isOver {
                connection.failure = LinkFailure("the broker closed the connection during the handshake")
            }
        case .up, .leaving:
            if gate.mayRead, !ready.isDisjoint(with: [.readable, .disconnected]) { read(connection) }
        case .idle, .connecting, .closing, .waiting, .stopped:
            break
        }
        settle(connection)
    }

    /// Takes what the socket has, within the bounds of a turn.
    private func read(_ connection: LinkConnection) {
        guard !connection.isOver else { return }
        guard !connection.isOverdue(at: loop.moment.uptime) else { return connection.failure = .overdue }
        let handle = connection.handle
        let end = ContinuousClock.now + Self.maximumReadingTime
        var calls = 0
        connection.isUndrained = true
        while handle.events.answer == nil {
            let callbacks = handle.callbacks
            if let failure = handle.read() {
                connection.failure = failure
                break
            }
            calls += 1
            if handle.callbacks == callbacks {
                // The first half of QoS 2 is answered without a callback; then there may be more behind it.
                if options.acknowledgement == .automatic, handle.wantsWrite, flush(connection) { continue }
                connection.isUndrained = false
                break
            }
            if handle.events.loss != nil || handle.inbound.entries.count >= Self.maximumMessagesPerTurn
                || handle.inbound.bytes.count >= Self.maximumBytesPerTurn
                || (calls & 63 == 0 && ContinuousClock.now >= end)
            {
                break
            }
        }
        // Before anything else is done: from here on nothing may be written.
        if !handle.inbound.isEmpty { _ = gate.read() }
        if case .up = state { pacer.read(handle.inbound.entries.count, at: loop.moment.uptime) }
    }

    /// Writes all that waits, unless an acknowledgement in it belongs to an undurable message, or a publication's time
    /// is over.
    ///
    /// - Returns: Whether the socket took everything.
    @discardableResult
    func flush(_ connection: LinkConnection, isCoalescing: Bool = true) -> Bool {
        guard gate.mayWrite, !connection.isOver, !connection.isOverdue(at: loop.moment.uptime) else { return false }
        if connection.handle.wantsWrite, let failure = connection.handle.write(isCoalescing: isCoalescing) {
            connection.failure = failure
            return false
        }
        guard !connection.handle.wantsWrite else { return false }
        _ = gate.flushed()
        return true
    }

    /// Goes on after a call of the owner's.
    func proceed() {
        switch state {
        case .handshaking(let connection), .leaving(let connection):
            settle(connection)
        case .up(let connection):
            if gate.mayRead, connection.isUndrained { read(connection) }
            settle(connection)
        case .idle, .connecting, .closing, .waiting, .stopped:
            break
        }
    }

    /// Acts on everything the library reported during the calls before: answers, messages, and the loss last.
    func settle(_ connection: LinkConnection) {
        let noted = connection.handle.events
        if !noted.isEmpty {
            connection.handle.events = MosquittoHandle.Events()
            connection.handle.events.loss = noted.loss
            if let answer = noted.answer {
                answered(connection, code: answer.code, isResumed: answer.isResumed)
            }
            for item in noted.subscribed { subscribed(connection, mid: item.mid, isGranted: item.isGranted) }
            for item in noted.published { published(connection, mid: item.mid, code: item.code) }
        }
        handOver(connection)
        guard current(connection.number) != nil else { return }
        if let reason = connection.handle.events.loss, reason >= 128 {
            // The broker's own words say more than the end of the socket that follows them.
            lose(connection, LinkFailure(code: reason, errno: 0, complaint: nil))
        } else if let failure = connection.failure {
            lose(connection, failure)
        } else if let loss = connection.handle.events.loss {
            lose(connection, LinkFailure(code: loss, errno: 0, complaint: connection.handle.complaint))
        } else {
            if case .up = state { pump(connection) }
            listen(connection)
        }
    }

    /// Hands over what was read, if nothing handed over before is still undurable.
    private func handOver(_ connection: LinkConnection) {
        guard !connection.handle.inbound.isEmpty else { return }
        switch gate.phase {
        case .outstanding:
            break
        case .crowded:
            return
        case .clear, .orphaned, .flushing:
            preconditionFailure("messages were read while the gate was \(gate.phase)")
        }
        let batch = connection.handle.takeInbound()
        events.received(batch)
        if options.acknowledgement == .automatic { acknowledge() }
    }

    /// Sees to it that the loop wakes the link for what it waits for, and for nothing else.
    private func listen(_ connection: LinkConnection) {
        var interest: Readiness = []
        if gate.mayWrite, connection.handle.wantsWrite { interest.insert(.writable) }
        switch state {
        case .handshaking:
            if gate.mayReadHandshake { interest.formUnion([.readable, .disconnected]) }
        case .leaving:
            break
        case .up where gate.mayRead:
            if connection.isUndrained {
                proceedSoon()
            } else if pacer.isTicking {
                readOnTick(connection)
            } else {
                interest.insert(.readable)
            }
        case .up, .idle, .connecting, .closing, .waiting, .stopped:
            break
        }
        connection.watch(interest)
    }

    private func readOnTick(_ connection: LinkConnection) {
        guard connection.readTimer == nil else { return }
        let number = connection.number
        connection.readTimer = loop.schedule(afterMilliseconds: ReadPacer.tickMilliseconds) { [self] in
            guard let connection = current(number) else { return }
            connection.readTimer = nil
            if gate.mayRead { read(connection) }
            settle(connection)
        }
    }
}
