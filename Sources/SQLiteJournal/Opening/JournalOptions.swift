import Foundation
public import Logging
public import TwinCore

/// How a journal uses its machine; the defaults suit a small server.
public struct JournalOptions: Sendable {
    /// Where the days, weeks and months of rollups begin.
    public var calendar = SiteCalendar.utc
    /// Whether another store is fed from this journal: what is stored from then on waits for it.
    public var isFed = false
    /// How many reads of the history may run at the same time.
    public var maximumReaders = 4
    /// How many dead letters are kept; older ones are dropped, and stay counted.
    public var maximumDeadLetters = 10_000
    /// The writer's page cache, in KiB.
    public var writerCacheKiB = 64 * 1024
    /// Each reader's page cache, in KiB.
    ///
    /// What is read is spread over more than any cache holds, and the system keeps the file's pages besides; so a
    /// larger one takes hours to fill, looks like a leak meanwhile, and finds hardly more.
    public var readerCacheKiB = 2 * 1024
    /// After how many pages of write-ahead log they are copied into the main file.
    public var checkpointPages = 4_000
    /// How far the write-ahead log's file is cut back after a burst, in bytes.
    public var logFileLimitBytes = 64 * 1024 * 1024
    /// How long a connection waits for another one's lock, in seconds.
    public var busyTimeoutSeconds = 5.0
    /// How much room is kept for a full disk, in bytes; 0 for none.
    public var reserveBytes = 4 * 1024 * 1024
    /// Where it is said that this room was needed.
    public var logger = Logger(label: "doppel.journal")
    /// How much room the disk of a file has for this user, in bytes; `nil` where that is not known.
    package var freeBytes: @Sendable (String) -> Int? = JournalOptions.freeBytes(onDiskOf:)

    /// How many readings are entered into the path by sensor together; less is for tests.
    package var readingsPerChunk = HistoryBacklog.chunk
    /// How long two kept snapshots of a device lie apart, in milliseconds; a replay reads about as much.
    public var pastIntervalMilliseconds: Int64 = 3_600_000
    /// After how many facts of a device one is kept although the time has not come.
    public var pastFacts: UInt64 = 1_000

    /// Takes the defaults.
    public init() {}

    private static func freeBytes(onDiskOf path: String) -> Int? {
        var status = statvfs()
        guard unsafe statvfs(JournalBackup.folder(of: path), &status) == 0 else { return nil }
        return Int(clamping: UInt64(status.f_bavail) &* UInt64(status.f_frsize))
    }
}
