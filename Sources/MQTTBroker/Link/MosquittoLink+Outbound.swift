import EventLoop
import TwinCore
public import TwinRuntime

extension MosquittoLink {
    /// Sends a message, at once as far as the socket takes it.
    ///
    /// What expires never leaves late. While it waits here, it is dropped; once the library has it, and the broker has
    /// not taken it in full when its time is over, nothing more is read from that connection nor written to it: at
    /// QoS 2 the broker passes nothing on before it is told to by our answer to its own. See decision 0043.
    ///
    /// - Returns: Whether the link took it; `false` when it is down, ``LinkOptions/maximumOutbound`` messages
    ///   wait already (and ``LinkOptions/reservedOutbound`` more that de-energise), or the topic is no topic.
    public func publish(_ publication: Publication) -> Bool {
        loop.checkIsolated()
        precondition(options.acknowledgement == .automatic, "a gated link does not publish")
        guard case .up(let connection) = state, !connection.isOver,
            waiting < room(for: publication),
            MosquittoHandle.isTopic(publication.topic)
        else { return false }
        drop(outbound.add(publication, at: loop.moment.uptime))
        pump(connection)
        proceedSoon()
        return true
    }

    /// Whether the time of a publication is over that the broker has not taken in full.
    var isLate: Bool {
        guard case .up(let connection) = state else { return false }
        return connection.isOverdue(at: loop.moment.uptime)
    }

    /// How many publications wait, here or for the broker's answer.
    var waiting: Int {
        guard case .up(let connection) = state else { return outbound.count }
        return outbound.count + connection.unanswered.count
    }

    private func room(for publication: Publication) -> Int {
        options.maximumOutbound + (publication.deenergises ? options.reservedOutbound : 0)
    }

    /// Hands over what waits, while the library has written everything it has, and not too much is unanswered.
    ///
    /// So nothing waits in the library, where it could neither be overtaken nor dropped.
    func pump(_ connection: LinkConnection) {
        let now = loop.moment.uptime
        while !outbound.isEmpty, !connection.isOver, !connection.isOverdue(at: now),
            connection.unanswered.count < Int(options.sendMaximum), !connection.handle.wantsWrite
        {
            let (item, dropped) = outbound.next(at: now)
            drop(dropped)
            guard let item else { return }
            guard let mid = connection.handle.publish(item.publication) else {
                drop([item.publication.token])
                continue
            }
            connection.sent(item, mid: mid)
            flush(connection, isCoalescing: false)
        }
    }

    /// Drops what waited for too long.
    func dropExpired() { drop(outbound.dropExpired(at: loop.moment.uptime)) }

    /// Tells the owner, later, of publications that are not sent after all.
    func drop(_ tokens: [UInt64]) {
        guard !tokens.isEmpty else { return }
        loop.post { [self] in
            for token in tokens { events.dropped(token) }
        }
    }

    /// Acts on the end of a publication.
    func published(_ connection: LinkConnection, mid: Int32, code: Int32) {
        guard let sent = connection.unanswered.removeValue(forKey: mid) else { return }
        if code < 128 {
            events.published(sent.publication.token)
        } else {
            events.refused(
                sent.publication.token, LinkFailure(code: code, errno: 0, complaint: nil).description)
        }
    }

    /// Sorts out what a connection leaves behind: what de-energises goes with the next one, the rest is dropped.
    ///
    /// Of what the broker had not answered, only those whose time is over are reported: the others may have arrived.
    func sortOut(_ connection: LinkConnection) {
        let now = loop.moment.uptime
        let unanswered = connection.unanswered.values.sorted { $0.order < $1.order }
        connection.unanswered = [:]
        drop(unanswered.filter { $0.deadline.map { $0 <= now } ?? false }.map(\.publication.token))
        drop(outbound.connectionLost(unanswered: unanswered.map(\.publication)))
    }
}
