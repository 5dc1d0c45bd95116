/// One thing to run on the loop.
enum LoopJob: Sendable {
    /// A place whose job was taken out.
    case none
    /// A closure that somebody posted.
    case closure(@Sendable () -> Void)
    /// A piece of an actor's or a task's work, from the Swift runtime. Must be run exactly once.
    case task(UnownedJob)

    func run(on executor: UnownedSerialExecutor) {
        switch self {
        case .none: break
        case .closure(let body): body()
        case .task(let job): unsafe job.runSynchronously(on: executor)
        }
    }
}

/// The loop's own queue, in order of arrival.
///
/// Touched by the loop's thread only.
///
/// Two arrays that change places: one is run from the front, the other collects what arrives meanwhile. Neither ever
/// shifts its elements, and both keep their capacity.
struct JobQueue {
    private var running: [LoopJob] = []
    private var position = 0
    private var arriving: [LoopJob] = []

    var isEmpty: Bool { position == running.count && arriving.isEmpty }

    mutating func append(_ job: LoopJob) { arriving.append(job) }

    /// Moves everything from an inbox to the end of the queue.
    mutating func take(from jobs: inout [LoopJob]) {
        if arriving.isEmpty {
            swap(&arriving, &jobs)
        } else {
            arriving.append(contentsOf: jobs)
            jobs.removeAll(keepingCapacity: true)
        }
    }

    mutating func next() -> LoopJob? {
        if position == running.count {
            guard !arriving.isEmpty else { return nil }
            running.removeAll(keepingCapacity: running.capacity <= Self.keptCapacity)
            position = 0
            swap(&running, &arriving)
        }
        defer { position += 1 }
        var job = LoopJob.none
        swap(&job, &running[position])
        return job
    }

    /// Capacity, in jobs, above which a burst's memory is given back.
    private static let keptCapacity = 65_536
}
