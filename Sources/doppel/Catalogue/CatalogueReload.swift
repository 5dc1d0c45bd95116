import TwinCore

/// Decides when the models are read again, and what becomes of what was read.
///
/// It looks at no file and no clock: what happens is passed in, what is to be done is returned.
///
/// ```swift
/// reload.changed(at: now)            // .wait(until:), 200 ms from now
/// reload.timeCame(at: later)         // .read
/// reload.read(.success(catalogue), at: evenLater)   // (.adopt(catalogue), .nothing)
/// ```
struct CatalogueReload {
    /// How long nothing may have changed before the files are read, in milliseconds: one save is several changes.
    static let settleMilliseconds: Int64 = 200
    /// How long changes may go on before the files are read all the same, in milliseconds.
    static let longestSettleMilliseconds: Int64 = 800
    /// How often what was read is thrown away because files changed meanwhile, before it counts all the same.
    static let maximumRepeats = 3

    private enum Phase {
        /// Next: settling.
        case quiet
        /// Next: reading.
        case settling(longest: Uptime, until: Uptime)
        /// Next: quiet; settling where something changed meanwhile.
        case reading(changedAt: Uptime?)
    }

    /// What is to be done next.
    enum Step: Equatable {
        case nothing
        /// Say when this time has come, see ``CatalogueReload/timeCame(at:)``.
        case wait(until: Uptime)
        /// Read the files, and say what came of it, see ``CatalogueReload/read(_:at:)``.
        case read
    }

    /// What becomes of what was read.
    enum Verdict: Equatable {
        /// Files changed while they were read; what was read may be half of an edit.
        case torn
        /// Nothing is different.
        case unchanged
        /// These are in use from now on.
        case adopt(Catalogue)
        /// The files are again those in use; the problems are gone.
        case mended
        /// Those in use are kept; all the problems, and those that were not told before.
        case keep([Problem], untold: [Problem])
    }

    /// The models in use.
    private(set) var inUse: Catalogue
    /// Why the files as they are now are not in use.
    private(set) var problems: [Problem] = []

    private var phase = Phase.quiet
    private var repeats = 0
    private var told: Set<String> = []

    /// Begins with the models in use.
    init(inUse: Catalogue) { self.inUse = inUse }

    /// Something in the folders changed, or may have.
    mutating func changed(at now: Uptime) -> Step {
        switch phase {
        case .quiet:
            return settle(from: now, since: now)
        case .settling(let longest, _):
            // Whoever waits is not woken earlier; when woken he asks again.
            phase = .settling(longest: longest, until: min(longest, Self.settled(from: now)))
            return .nothing
        case .reading:
            phase = .reading(changedAt: now)
            return .nothing
        }
    }

    /// A time that was to be waited for has come.
    mutating func timeCame(at now: Uptime) -> Step {
        switch phase {
        case .quiet, .reading: return .nothing
        case .settling(_, let until) where now < until: return .wait(until: until)
        case .settling:
            phase = .reading(changedAt: nil)
            return .read
        }
    }

    /// The files were read.
    mutating func read(_ outcome: Result<Catalogue, Problems>, at now: Uptime) -> (verdict: Verdict, next: Step) {
        guard case .reading(let changedAt) = phase else { return (.unchanged, .nothing) }
        guard let changedAt else {
            phase = .quiet
            repeats = 0
            return (judge(outcome), .nothing)
        }
        let next = settle(from: changedAt, since: now)
        // Somebody who never stops writing must not keep a finished edit from being used.
        guard repeats < Self.maximumRepeats else { return (judge(outcome), next) }
        repeats += 1
        return (.torn, next)
    }

    private mutating func judge(_ outcome: Result<Catalogue, Problems>) -> Verdict {
        switch outcome {
        case .success(let catalogue):
            let hadProblems = !problems.isEmpty
            problems = []
            told = []
            guard catalogue.stamp != inUse.stamp else { return hadProblems ? .mended : .unchanged }
            inUse = catalogue
            return .adopt(catalogue)
        case .failure(let found):
            guard found.list != problems else { return .unchanged }
            problems = found.list
            return .keep(found.list, untold: found.list.filter { told.insert($0.description).inserted })
        }
    }

    private mutating func settle(from change: Uptime, since now: Uptime) -> Step {
        let until = Self.settled(from: change)
        phase = .settling(longest: now.advanced(byMilliseconds: Self.longestSettleMilliseconds), until: until)
        return .wait(until: until)
    }

    private static func settled(from change: Uptime) -> Uptime {
        change.advanced(byMilliseconds: settleMilliseconds)
    }
}
