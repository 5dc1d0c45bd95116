import Logging
import TwinCore

extension Runtime {
    /// A relay's heartbeats become a fact at most this often, however much they differ, in milliseconds.
    static let relayFactMilliseconds: Int64 = 60_000

    /// Takes a fact about the site as a whole in and into the open turn.
    func note(_ event: SiteEvent, at moment: Moment) {
        latch.apply(event)
        site.apply(event)
        open.batch.facts.append(Fact(device: nil, moment: moment, event: .site(event)))
    }

    /// A relay spoke.
    func receive(_ relay: RelayHeartbeat, at moment: Moment) throws(Refusal) {
        guard site.relays[relay.kaiser] != nil || site.relays.count < SiteState.maximumRelays else {
            throw Refusal(
                .tooManyRelays, "\(SiteState.maximumRelays) relays are known, and no more are taken in")
        }
        relaysHeard[relay.kaiser] = (relay, moment.time)
        // What is new within the pause is noted by the first heartbeat after it, if it is still new.
        if let noted = relaysNoted[relay.kaiser],
            moment.uptime.milliseconds(since: noted) < Self.relayFactMilliseconds
        {
            return
        }
        guard site.isNews(relay) else { return }
        relaysNoted[relay.kaiser] = moment.uptime
        note(.relayReported(relay), at: moment)
    }

    /// The relays that were heard, in this run or before, by name.
    func relays() -> [RelayView] {
        Set(site.relays.keys).union(relaysHeard.keys).sorted { $0.description < $1.description }.compactMap { kaiser in
            if let heard = relaysHeard[kaiser] { return RelayView(heartbeat: heard.heartbeat, heardAt: heard.at) }
            return site.relays[kaiser].map { RelayView(heartbeat: $0, heardAt: nil) }
        }
    }

    /// Says below a relay's name that the server is there, once for each connection.
    ///
    /// The broker's own birth and will messages cover the default relay alone. What is said is retained, so a device
    /// that names ever new relays must not make the broker keep ever more.
    func tellPresence(to kaiser: KaiserID) {
        guard phase == .running, kaiser != .god, isControlConnected, !kaisersTold.contains(kaiser),
            kaisersTold.count < SiteState.maximumRelays
        else { return }
        if send(.tellPresence(kaiser, isOnline: true, at: loop.moment.time)) { kaisersTold.insert(kaiser) }
    }

    /// Sets the secret that broadcasts carry, and tells it every device that takes part.
    func setBroadcastToken(
        _ token: EmergencyToken?, by name: String, _ reply: @escaping @Sendable (Result<Void, ServiceError>) -> Void
    ) {
        if let refusal = refusalOfOrders { return reply(.failure(refusal)) }
        let moment = loop.moment
        note(.broadcastTokenChanged(token, by: name), at: moment)
        tellBroadcastToken(after: nil)
        whenDurable { reply($0) }
        commitIfIdle()
    }

    /// Tells the token a bounded number of devices in this turn, and the rest in later ones.
    private func tellBroadcastToken(after id: DeviceID?) {
        let moment = loop.moment
        let surroundings = surroundings
        let twins = directory.assumeIsolated { $0.twins(after: id, limit: Self.stopsPerTurn) }
        for twin in twins {
            take(twin.assumeIsolated { $0.adoptBroadcastToken(surroundings, at: moment) }, from: twin)
            arm(twin)
        }
        guard twins.count == Self.stopsPerTurn, let last = twins.last else { return }
        loop.post {
            self.assumeIsolated { runtime in
                runtime.tellBroadcastToken(after: last.id)
                runtime.commitIfIdle()
            }
        }
    }
}
