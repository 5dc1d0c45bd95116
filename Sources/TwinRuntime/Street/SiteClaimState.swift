import TwinCore

/// Whether this runtime commands its site, or a younger one does.
///
/// Each runtime claims the site with an epoch above all it has heard before it began. Who hears a higher epoch after
/// its own claim was heard is the older one, and never energises again.
struct SiteClaimState: Sendable {
    /// What a heard claim asks for.
    enum Step: Sendable, Equatable {
        case nothing
        /// The claim is to be said again.
        case claim
        /// A younger runtime commands the site from now on.
        case fenced(SiteClaim)
        /// No runtime reaches this epoch: it is somebody's mistake, or worse, and is said aloud. The claim is to be said
        /// again, so that the broker keeps ours.
        case impossible(SiteClaim)
    }

    /// The name of this runtime.
    private(set) var instance = ""
    /// The epoch it claims.
    private(set) var epoch: UInt64 = 0
    /// The younger runtime that commands the site; `nil` while none does.
    private(set) var younger: SiteClaim?
    /// Whether energising waits until the broker has brought the claim back.
    private var needsProof = false
    /// Whether the claim was heard on this connection, since it was last in doubt.
    private var isHeard = false
    /// Whether the claim was ever heard.
    private var wasHeard = false

    /// What is claimed.
    var claim: SiteClaim { SiteClaim(epoch: epoch, instance: instance) }

    /// Who commands the site in this runtime's place, or what is not known of it; `nil` while it is this one.
    var fencedBy: String? {
        if let younger { return "\(younger.instance) commands it (epoch \(younger.epoch)); end one of the two" }
        if needsProof, !isHeard { return "the broker has not confirmed yet that no other Doppel does" }
        return nil
    }

    /// Whether this runtime may energise.
    var isOurs: Bool { fencedBy == nil }

    /// Begins a run.
    mutating func begin(instance: String, epoch: UInt64, needsProof: Bool) {
        self.instance = instance
        self.epoch = epoch
        self.needsProof = needsProof
    }

    /// The way to the broker is new, or the process stood still: another runtime may have begun meanwhile.
    mutating func doubt() { isHeard = false }

    /// Takes a claim that the broker brought.
    mutating func hear(_ other: SiteClaim) -> Step {
        guard other.instance != instance else {
            guard other.epoch == epoch else { return .nothing }
            (isHeard, wasHeard) = (true, true)
            return .nothing
        }
        guard other.epoch < SiteClaim.maximumEpoch else { return younger == nil ? .impossible(other) : .nothing }
        let isHigher = (other.epoch, other.instance) > (epoch, instance)
        guard isHigher else { return younger == nil ? .claim : .nothing }
        guard wasHeard else {
            // Where there is no room above, the names decide, here as there.
            let next = min(other.epoch + 1, SiteClaim.maximumEpoch - 1)
            guard next > epoch else { return fence(other) }
            epoch = next
            return .claim
        }
        return fence(other)
    }

    private mutating func fence(_ other: SiteClaim) -> Step {
        guard younger != other else { return .nothing }
        younger = other
        return .fenced(other)
    }
}
