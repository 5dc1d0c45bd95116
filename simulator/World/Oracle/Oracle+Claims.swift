import KaiserProtocol
import TwinRuntime

/// A runtime's claim of the site, read from its bytes.
struct ClaimSeen: Comparable {
    let epoch: Double
    let instance: String

    /// Reads a claim; `nil` when it is none.
    init?(_ payload: [UInt8]) {
        guard let object = try? JSONObject(payload.span),
            let epoch = try? object.number("epoch", in: payload.span),
            let instance = try? object.text("instance", in: payload.span)
        else { return nil }
        self.epoch = epoch
        self.instance = instance
    }

    static func < (left: Self, right: Self) -> Bool { (left.epoch, left.instance) < (right.epoch, right.instance) }
}

/// What one run of the runtime claims and has been told.
struct ClaimStanding {
    /// What it claimed last.
    var own: ClaimSeen?
    /// The highest claim of another that was brought to it.
    var other: ClaimSeen?

    /// Whether it knows that it does not command the site.
    var isOutdated: Bool {
        guard let other else { return false }
        return own.map { $0 < other } ?? true
    }
}

extension Oracle {
    /// A run claims the site.
    func claims(_ publication: Publication, by run: Int) {
        guard publication.topic == RuntimeLink.claimTopic, let claim = ClaimSeen(publication.payload) else { return }
        standings[run, default: ClaimStanding()].own = claim
    }

    /// A run is brought what was said where servers speak.
    func heard(_ message: SimulatedMessage, by run: Int, at time: Int64) {
        note("run \(run) hears \(message.topic)", at: time)
        delivered(message)
        guard message.topic == RuntimeLink.claimTopic, let claim = ClaimSeen(message.payload) else { return }
        var standing = standings[run] ?? ClaimStanding()
        if claim.instance != standing.own?.instance { standing.other = max(standing.other ?? claim, claim) }
        standings[run] = standing
    }

    /// Whether a run was told that another commands the site.
    func isOutdated(_ run: Int) -> Bool { standings[run]?.isOutdated ?? false }
}
