import Logging
import TwinCore
import TwinRuntime

/// Keeps the models in use what the files say: reads them again when they change, off the loop.
///
/// Used on the loop only. What is wrong changes nothing: it is told, and the models before stay in use.
///
/// Folders are watched where the system can; beside that the files are looked at now and then, because a watch misses
/// what another machine writes, and what is behind a link that is turned elsewhere.
final class CatalogueWatch: SupervisedPart, @unchecked Sendable {
    /// How often files are looked at where their folders are watched, in milliseconds.
    static let watchedLookMilliseconds: Int64 = 10_000
    /// How often they are where a folder cannot be watched, in milliseconds; a save is in use within a second.
    static let unwatchedLookMilliseconds: Int64 = 500
    /// How many problems are told.
    static let maximumToldProblems = 200

    private let loop: any Loop
    private let source: CatalogueSource
    private let logger: Logger
    private let adopt: @Sendable (Catalogue, [String]) -> Void
    private var reload: CatalogueReload
    private var folders: [@Sendable () -> Void] = []
    private var isWatched = false
    private var nextLook: (any LoopTimer)?
    private var lastLook: CatalogueLook?
    /// Counts starts and stops, so that what was begun in an earlier life has no effect.
    private var life = 0
    private var isRunning = false

    /// Makes a watch that does nothing before ``start(_:)``.
    ///
    /// - Parameters:
    ///   - inUse: The models that are in use at the start.
    ///   - adopt: Told on the loop which models are in use from now on, and why those in the files are not; each
    ///     problem with file and line, none where they are.
    init(
        on loop: any Loop, source: CatalogueSource, inUse: Catalogue, logger: Logger,
        adopt: @escaping @Sendable (_ inUse: Catalogue, _ problems: [String]) -> Void
    ) {
        self.loop = loop
        self.source = source
        self.logger = logger
        self.adopt = adopt
        reload = CatalogueReload(inUse: inUse)
    }

    func start(_ tell: @escaping @Sendable (PartEvent) -> Void) {
        life += 1
        isRunning = true
        reload = CatalogueReload(inUse: reload.inUse)
        watchFolders()
        look()
        // What changed between the first reading and the watching would stay unnoticed otherwise.
        changed()
        tell(.running)
    }

    func stop(_ completion: @escaping @Sendable () -> Void) {
        life += 1
        isRunning = false
        for end in folders { end() }
        folders = []
        nextLook?.cancel()
        nextLook = nil
        lastLook = nil
        completion()
    }

    func vitals() -> PartVitals {
        let way = isWatched ? "watches" : "looks at the files of"
        let models = "models \(reload.inUse.stamp.digest.prefix(8))"
        guard isRunning else {
            return PartVitals(health: "does not watch; \(models) in use", .failing("does not watch the files"))
        }
        guard !reload.problems.isEmpty else { return PartVitals(health: "\(way) \(models)", .ok) }
        let problems = "the files have \(reload.problems.count) problem(s)"
        return PartVitals(health: "\(way) \(models); \(problems)", .degraded(problems))
    }

    private func changed() { take(reload.changed(at: loop.moment.uptime)) }

    private func take(_ step: CatalogueReload.Step) {
        switch step {
        case .nothing: break
        case .wait(let until):
            _ = loop.schedule(at: until, inThisLife { $0.take($0.reload.timeCame(at: $0.loop.moment.uptime)) })
        case .read:
            // Before the reading: what changes from now on is a change, and new folders are watched, too.
            watchFolders()
            let life = life
            source.read { [weak self] outcome in
                guard let self, self.life == life else { return }
                let (verdict, next) = self.reload.read(outcome, at: self.loop.moment.uptime)
                self.carryOut(verdict)
                self.take(next)
            }
        }
    }

    private func carryOut(_ verdict: CatalogueReload.Verdict) {
        switch verdict {
        case .torn, .unchanged: break
        case .adopt(let catalogue):
            logger.notice(
                "New models are in use.",
                metadata: ["digest": "\(catalogue.stamp.digest)", "models": "\(catalogue.counts)"])
            adopt(catalogue, [])
        case .mended:
            logger.notice("The models are in order again.", metadata: ["digest": "\(reload.inUse.stamp.digest)"])
            adopt(reload.inUse, [])
        case .keep(let problems, let untold):
            for line in Self.lines(untold) {
                logger.error("Models are wrong; those before stay in use.", metadata: ["problem": "\(line)"])
            }
            adopt(reload.inUse, Self.lines(problems))
        }
    }

    private static func lines(_ problems: [Problem]) -> [String] {
        let lines = problems.prefix(maximumToldProblems).map(\.description)
        let rest = problems.count - lines.count
        return rest == 0 ? lines : lines + ["and \(rest) more; `doppel models check` lists them all"]
    }

    private func watchFolders() {
        for end in folders { end() }
        folders = []
        let onChange = inThisLife { $0.changed() }
        var canWatch = true
        for folder in [""] + CatalogueLoader.folders {
            switch source.watch(folder, onChange) {
            case .watching(let end): folders.append(end)
            // A folder that is made later shows in the one above it; if that is not there, nothing shows.
            case .missing: canWatch = canWatch && !folder.isEmpty
            case .impossible(let reason):
                if isWatched || lastLook == nil {
                    logger.warning("A folder cannot be watched.", metadata: ["reason": "\(reason)"])
                }
                canWatch = false
            }
        }
        let wasWatched = isWatched
        isWatched = canWatch
        // The next look may be seconds away, and is all there is now.
        if wasWatched, !canWatch { lookLater() }
    }

    private func lookLater() {
        let pause = isWatched ? Self.watchedLookMilliseconds : Self.unwatchedLookMilliseconds
        nextLook?.cancel()
        nextLook = loop.schedule(afterMilliseconds: pause, inThisLife { $0.look() })
    }

    private func look() {
        let life = life
        source.look { [weak self] look in
            guard let self, self.life == life else { return }
            if let last = self.lastLook, last != look { self.changed() }
            self.lastLook = look
            self.lookLater()
        }
    }

    /// Wraps what is to happen later, so that it does not once the part was stopped.
    private func inThisLife(_ body: @escaping @Sendable (CatalogueWatch) -> Void) -> @Sendable () -> Void {
        let life = life
        return { [weak self] in
            guard let self, self.life == life else { return }
            body(self)
        }
    }
}
