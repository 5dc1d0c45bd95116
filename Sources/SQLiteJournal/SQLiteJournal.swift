import Foundation
import GRDB
public import TwinCore
public import TwinRuntime

/// The journal and the default history store: one SQLite file in the data folder.
///
/// What a commit reported as stored survives the end of the process and of the machine: the file is in write-ahead
/// mode with `synchronous = FULL`. A commit that failed changed nothing, and the same batch may be committed again.
///
/// Commits run one after the other on the journal's own queue. Reads of the history run beside them on connections of
/// their own, and see a state between two commits.
public final class SQLiteJournal: Journal, HistoryStore, PastStore, Sendable {
    /// The database's name within the data folder.
    public static let fileName = "doppel.sqlite"

    let path: String
    let loop: any Loop
    let pool: DatabasePool
    private let writer: JournalWriter
    let queue = DispatchQueue(label: "doppel.journal", qos: .userInitiated)
    private let lock: DirectoryLock
    /// Room that is given back when there is no other.
    let reserve: Reserve
    /// Where rounds of rollups run, one after the other.
    let rollupQueue = DispatchQueue(label: "doppel.rollups", qos: .utility)
    /// Where days, weeks and months begin.
    public let calendar: SiteCalendar
    let pastIntervalMilliseconds: Int64

    /// Opens the journal of a data folder, and makes both when they do not exist.
    ///
    /// - Parameters:
    ///   - directory: The data folder. One process at a time may use it.
    ///   - loop: Where completions are called.
    ///   - options: How the journal uses its machine.
    /// - Throws: ``JournalFailure`` when another Doppel uses the folder, when a newer Doppel wrote the file, or when
    ///   the file cannot be used.
    public init(directory: String, loop: any Loop, options: JournalOptions = JournalOptions()) throws(JournalFailure) {
        self.loop = loop
        calendar = options.calendar
        pastIntervalMilliseconds = options.pastIntervalMilliseconds
        path = directory + "/" + Self.fileName
        do {
            // Emergency tokens lie in it: whoever is to read it besides Doppel is given the right by hand.
            try FileManager.default.createDirectory(
                atPath: directory, withIntermediateDirectories: true, attributes: [.posixPermissions: 0o700])
        } catch {
            throw JournalFailure(
                "cannot make the data directory \(directory): \(error.localizedDescription). Nothing was changed. "
                    + "Make it by hand and give Doppel's user the right to write to it.")
        }
        lock = try DirectoryLock(directory: directory)
        guard !JournalBackup.isRestoreUnfinished(in: directory) else {
            throw JournalFailure(
                "a restore into \(directory) was cut off. Nothing was changed. Run the same `doppel admin restore` "
                    + "again; a journal that was there before lies in a folder before-restore-… within it.")
        }
        guard !JournalCopy.isUnfinished(in: directory) else {
            throw JournalFailure(
                "a copy from PostgreSQL into \(directory) is not finished. Nothing was changed. Run the same "
                    + "`doppel admin copy` again, which goes on with it; or remove \(JournalCopy.mark) and the folder "
                    + "\(JournalCopy.stagingName) there to begin with an empty journal.")
        }
        try RawFile.make(path)
        reserve = Reserve(in: directory, options)
        (pool, writer) = try Self.open(path, options, at: loop.moment.time, with: reserve)
        reserve.keepWhole(at: loop.uptimeNanoseconds)
    }

    /// Reads what is needed to rebuild every twin; called once, before the first commit.
    public func recover() throws -> Recovery {
        try queue.sync {
            do {
                return try pool.read { try writer.recover($0) }
            } catch {
                throw JournalFailure(error, while: "read twins from", path)
            }
        }
    }

    /// Makes a batch durable, whole or not at all, and calls back on the loop.
    public func commit(
        _ batch: Batch, _ completion: @escaping @Sendable (Result<CommitReceipt, JournalFailure>) -> Void
    ) {
        queue.async { [self] in
            let result: Result<CommitReceipt, JournalFailure>
            do {
                result = .success(try store(batch))
            } catch {
                result = .failure(JournalFailure(error, while: "store facts in", path))
            }
            loop.post { completion(result) }
        }
    }

    /// Stores a batch; one with the record of a stop in the room that was kept for it, where there is no other.
    private func store(_ batch: Batch) throws -> CommitReceipt {
        do {
            return try write { try writer.commit(batch, $0) }
        } catch {
            guard batch.holdsStop, reserve.giveBack(becauseOf: error) else { throw error }
            defer { reserve.takeBack() }
            let receipt = try write { try writer.commit(batch, $0) }
            reserve.tell("The disk is full. The record of an emergency stop was stored in room that was kept for it.")
            return receipt
        }
    }

    /// Computes stored samples again, a bounded number between two commits, and calls back on the loop.
    public func recompute(
        _ query: RecomputationQuery, _ compute: @escaping @Sendable (Sample) -> Sample,
        _ completion: @escaping @Sendable (Result<RecomputationReceipt, JournalFailure>) -> Void
    ) {
        // What there is to do is found beside the commits, not between them.
        pool.asyncRead { [self] reading in
            let found = Result { try Recomputation(query, calendar, compute, reading.get()) }
            queue.async { [self] in
                do {
                    try proceed(with: found.get(), completion)
                } catch {
                    let failure = JournalFailure(error, while: "compute samples again in", path)
                    loop.post { completion(.failure(failure)) }
                }
            }
        }
    }

    /// Does the next rows, and lines up for the rest behind the commits that wait.
    private func proceed(
        with recomputation: Recomputation,
        _ completion: @escaping @Sendable (Result<RecomputationReceipt, JournalFailure>) -> Void
    ) throws {
        var recomputation = recomputation
        guard !recomputation.isDone else {
            let receipt = recomputation.receipt
            return loop.post { completion(.success(receipt)) }
        }
        try write { try recomputation.proceed($0) }
        let rest = recomputation
        queue.async { [self] in
            do {
                try proceed(with: rest, completion)
            } catch {
                let failure = JournalFailure(error, while: "compute samples again in", path)
                loop.post { completion(.failure(failure)) }
            }
        }
    }

    /// Reads beside the commits, and calls back on the loop.
    func readBeside<Value: Sendable>(
        _ activity: String, _ body: @escaping @Sendable (Database) throws -> Value,
        completion: @escaping @Sendable (Result<Value, JournalFailure>) -> Void
    ) {
        pool.asyncRead { [self] reading in
            let result = Result { try body(reading.get()) }
                .mapError { JournalFailure($0, while: activity, path) }
            loop.post { completion(result) }
        }
    }

    /// Writes between two commits, with a clock to measure how long that takes, and calls back on the loop.
    func writeBetween<Value: Sendable>(
        _ activity: String, _ body: @escaping @Sendable (Database, () -> UInt64) throws -> Value,
        completion: @escaping @Sendable (Result<Value, JournalFailure>) -> Void
    ) {
        queue.async { [self] in
            let result = Result { try write { try body($0) { loop.uptimeNanoseconds } } }
                .mapError { JournalFailure($0, while: activity, path) }
            loop.post { completion(result) }
        }
    }

    /// Copies the write-ahead log into the main file, closes both, lets go of the folder, and calls back on the loop.
    ///
    /// Reads that are under way end first. Later commits and reads fail.
    public func close(_ completion: @escaping @Sendable () -> Void) {
        queue.async { [self] in
            // Each may fail without harm: what is left in the log is read from there at the next start.
            _ = try? write { _ = try $0.checkpoint(.truncate) }
            try? pool.close()
            writer.isClosed = true
            lock.release()
            loop.post(completion)
        }
    }

    /// The sensors that have a history.
    public func sensors(_ query: SensorQuery) async throws -> [StoredSensor] {
        try await read { try HistoryReader.sensors(query, $0) }
    }

    /// Samples of one sensor or of a pin's, by event time.
    public func samples(_ query: SampleQuery) async throws -> [StoredSample] {
        let hasYoung = writer.young.overlap(
            query.from ?? UnixTime(milliseconds: .min), query.to ?? UnixTime(milliseconds: .max))
        return try await read { try HistoryReader.samples(query, hasYoung: hasYoung, $0) }
    }

    /// What is known of a sensor's values within spans of time.
    public func buckets(_ query: BucketQuery) async throws -> [Bucket] {
        // Asked before the read begins: what it does not know of is stored later.
        let hasYoung = writer.young.overlap(query.span.lowerBound, query.span.upperBound)
        return try await read { [calendar] in
            try RollupReader.buckets(query, calendar: calendar, hasYoung: hasYoung, $0)
        }
    }

    /// The event times of a sensor's first and last sample.
    public func extent(of sensor: StoredSensor) async throws -> ClosedRange<UnixTime>? {
        try await read { try HistoryReader.extent(of: sensor, $0) }
    }

    /// One command with its evidence; `nil` when there is none.
    public func command(_ id: CommandID) async throws -> CommandRecord? {
        try await read { try HistoryReader.command(id, $0) }
    }

    /// The newest dead letters and the counts by reason.
    public func deadLetters(limit: Int) async throws -> DeadLetterReport {
        try await read { try HistoryReader.deadLetters(limit: limit, $0) }
    }

    /// Lets `rebuild` read what there is of some devices up to an instant.
    public func read<Rebuilt: Sendable>(
        _ query: PastQuery, _ rebuild: @escaping @Sendable (PastStretch) throws -> Rebuilt
    ) async throws -> Rebuilt {
        do {
            return try await pool.read { [pastIntervalMilliseconds] db in
                try rebuild(PastReader(query, intervalMilliseconds: pastIntervalMilliseconds, db).stretch())
            }
        } catch let failure as PastFailure {
            throw failure
        } catch {
            throw JournalFailure(error, while: "read the past from", path)
        }
    }

    /// Uses the connection that writes; on the queue alone.
    func write<Value>(_ body: (Database) throws -> Value) throws -> Value {
        // GRDB passes a closed connection on to SQLite, which does not survive it.
        guard !writer.isClosed else { throw JournalFailure("the journal \(path) is closed. What was stored is safe.") }
        do {
            let value = try pool.writeWithoutTransaction(body)
            reserve.keepWhole(at: loop.uptimeNanoseconds)
            return value
        } catch let error as DatabaseError where error.resultCode == .SQLITE_IOERR {
            guard let reason = lock.writeError() else { throw error }
            throw FileFault(error: error, systemError: reason)
        }
    }

    /// Writes something small on the queue, after the commits that wait.
    func writeBetweenCommits<Value: Sendable>(
        _ activity: String, _ body: @escaping @Sendable (Database) throws -> Value
    ) async throws -> Value {
        try await withCheckedThrowingContinuation { continuation in
            queue.async { [self] in
                continuation.resume(
                    with: Result { try write(body) }.mapError { JournalFailure($0, while: activity, path) })
            }
        }
    }

    /// Forgets the times of readings that rollups know by now; after the commit of the mark.
    func forgetYoung(through rolled: Int64) { writer.young.forget(through: rolled) }

    func read<Value: Sendable>(_ body: @escaping @Sendable (Database) throws -> Value) async throws -> Value {
        do {
            return try await pool.read(body)
        } catch is CancellationError {
            throw CancellationError()
        } catch {
            throw JournalFailure(error, while: "read history from", path)
        }
    }

    /// Bounds the file's size, for tests of a full disk; `nil` lifts the bound.
    package func limitPages(_ count: Int?) throws {
        let limit = count ?? Int(Int32.max)
        try queue.sync { try write { _ = try Int.fetchOne($0, sql: "PRAGMA max_page_count = \(limit)") } }
    }

    /// Reads a setting of the connection that writes.
    package func writerSetting(_ name: String) throws -> String? {
        try queue.sync { try write { try String.fetchOne($0, sql: "PRAGMA \(name)") } }
    }
}
