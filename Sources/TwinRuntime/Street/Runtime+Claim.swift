import TwinCore

extension Runtime {
    /// Begins to claim the site for this run.
    func beginClaim() {
        claim.begin(
            instance: "doppel-\(hex(UInt32.random(in: .min ... .max, using: &random)))",
            epoch: UInt64(max(0, latch.run)), needsProof: options.provesClaim)
    }

    /// Says, on a new connection or after a pause, that this runtime commands the site.
    func sayClaim() {
        guard phase == .running, isControlConnected, claim.younger == nil else { return }
        send(.claimSite(claim.claim, at: loop.moment.time))
    }

    /// Doubts that this runtime still commands the site after the process did not run for a while.
    ///
    /// A process that was stopped and goes on is the older one, and would not know it yet.
    func doubtAfterPause() {
        let now = loop.moment.uptime
        defer { lastAwake = now }
        guard now.milliseconds(since: lastAwake) > Self.pauseMilliseconds else { return }
        claim.doubt()
        sayClaim()
    }

    /// Takes a claim that the broker brought.
    func hear(_ other: SiteClaim) {
        switch claim.hear(other) {
        case .nothing: break
        case .claim: sayClaim()
        case .fenced(let younger):
            raise(
                SafetyAlarm(
                    .siteClaimed,
                    "Another Doppel commands this site now (\(younger.instance), epoch \(younger.epoch)): this one "
                        + "energises nothing any more, and still switches off. If there is no other, somebody "
                        + "published on the claim's topic: start this one again."))
        case .impossible(let stranger):
            raise(
                SafetyAlarm(
                    .siteClaimed,
                    "Somebody who is no Doppel (\(stranger.instance)) claimed this site with the epoch "
                        + "\(stranger.epoch), which none reaches. It is not obeyed; find out who publishes on "
                        + "kaiser/god/server/claim."))
            sayClaim()
        }
    }
}
