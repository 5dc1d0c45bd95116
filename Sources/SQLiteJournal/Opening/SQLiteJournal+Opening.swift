import GRDB
import TwinCore
import TwinRuntime

extension SQLiteJournal {
    /// Why the room that is kept for a full disk is not all there, and what to do; `nil` while it is.
    ///
    /// Callable from any thread.
    public func reserveShortage() -> String? { reserve.shortage() }

    /// Opens the database; where the disk has no room for its log, in the room that was kept for that.
    static func open(
        _ path: String, _ options: JournalOptions, at now: UnixTime, with reserve: Reserve
    ) throws(JournalFailure) -> (DatabasePool, JournalWriter) {
        do {
            return try open(path, options, at: now)
        } catch {
            guard reserve.giveBack(becauseOf: error) else { throw JournalFailure(error, while: "open", path) }
            // What is left is for the next start and for stops: readings would use it up within seconds.
            defer { reserve.takeBack() }
            do {
                let opened = try open(path, options, at: now)
                reserve.tell(
                    "The disk is full. The journal was opened in room that was kept for it: switching off and stops "
                        + "work, energising is refused, the broker keeps its messages.")
                return opened
            } catch {
                throw JournalFailure(error, while: "open", path)
            }
        }
    }

    private static func open(
        _ path: String, _ options: JournalOptions, at now: UnixTime
    ) throws -> (DatabasePool, JournalWriter) {
        let pool = try DatabasePool(path: path, configuration: configuration(options))
        // GRDB sets NORMAL while it opens a pool, under which the last commits do not survive a power cut.
        try pool.writeWithoutTransaction { try $0.execute(sql: "PRAGMA synchronous = FULL") }
        try Schema.migrate(pool)
        try pool.writeWithoutTransaction { try WaitingReader.noteFeed(isOn: options.isFed, $0) }
        try pool.writeWithoutTransaction { try Completeness.begin(at: now, $0) }
        let writer = try pool.writeWithoutTransaction {
            try RollupCalendar.adopt(options.calendar, $0)
            return try JournalWriter($0, options)
        }
        return (pool, writer)
    }

    private static func configuration(_ options: JournalOptions) -> Configuration {
        var configuration = Configuration()
        configuration.label = "doppel.journal"
        configuration.foreignKeysEnabled = false
        configuration.maximumReaderCount = options.maximumReaders
        configuration.busyMode = .timeout(options.busyTimeoutSeconds)
        configuration.prepareDatabase { db in
            let cacheKiB = db.configuration.readonly ? options.readerCacheKiB : options.writerCacheKiB
            try db.execute(
                sql: """
                    PRAGMA cache_size = -\(cacheKiB);
                    PRAGMA wal_autocheckpoint = \(options.checkpointPages);
                    PRAGMA journal_size_limit = \(options.logFileLimitBytes);
                    """)
        }
        return configuration
    }
}
