import GRDB
import TwinRuntime

/// The tables, and how an older file becomes a newer one.
///
/// `readings` grows at its end only: its key is the sequence number, and its guard against duplicates leads with the
/// claimed time. A commit therefore writes few pages, however many sensors it concerns. The path by sensor, which
/// would touch a page per sensor, is kept in `history` and filled later in large sorted slices; see
/// ``HistoryBacklog``.
enum Schema {
    /// Keys of the table `marks`.
    enum Mark {
        /// The sequence number up to which every reading has its row in `history`.
        static let historyThrough = "history_through"
        /// The sequence number below which every device fact is part of its device's snapshot.
        static let replayFrom = "replay_from"
    }

    /// All versions of the schema, oldest first.
    ///
    /// A version that was shipped never changes.
    static var migrator: DatabaseMigrator {
        var migrator = DatabaseMigrator()
        migrator.registerMigration("1") { try $0.execute(sql: version1) }
        migrator.registerMigration("2") { try $0.execute(sql: version2) }
        migrator.registerMigration("3") { try $0.execute(sql: version3) }
        return migrator
    }

    /// Brings the file to the current version.
    static func migrate(_ pool: DatabasePool) throws {
        let migrator = migrator
        guard try !pool.read({ try migrator.hasBeenSuperseded($0) }) else {
            throw JournalFailure(
                "\(pool.path) was written by a newer Doppel than this one. Nothing was changed and the data is safe. "
                    + "Start the newer version, or name another data directory.")
        }
        try migrator.migrate(pool)
    }

    private static let version1 = """
        CREATE TABLE facts (
            sequence INTEGER PRIMARY KEY, device TEXT, kind TEXT NOT NULL, unix_ms INTEGER NOT NULL,
            uptime_ms INTEGER NOT NULL, body TEXT NOT NULL
        ) STRICT;
        CREATE INDEX site_facts ON facts (sequence) WHERE device IS NULL;

        CREATE TABLE sensors (
            id INTEGER PRIMARY KEY, device TEXT NOT NULL, gpio INTEGER NOT NULL, type TEXT NOT NULL,
            address TEXT NOT NULL, unit TEXT NOT NULL, UNIQUE (device, gpio, type, address)
        ) STRICT;

        CREATE TABLE readings (
            sequence INTEGER PRIMARY KEY, sensor_id INTEGER NOT NULL, claimed_ms INTEGER NOT NULL,
            digest INTEGER NOT NULL, event_ms INTEGER NOT NULL, receipt_ms INTEGER NOT NULL, fact_ms INTEGER,
            uptime_ms INTEGER NOT NULL, raw REAL NOT NULL, value REAL, unit TEXT, quality INTEGER NOT NULL,
            error_code INTEGER, is_timely INTEGER NOT NULL
        ) STRICT;
        CREATE UNIQUE INDEX readings_once ON readings (claimed_ms, sensor_id, digest);

        CREATE TABLE history (
            sensor_id INTEGER NOT NULL, event_ms INTEGER NOT NULL, sequence INTEGER NOT NULL,
            PRIMARY KEY (sensor_id, event_ms, sequence)
        ) STRICT, WITHOUT ROWID;

        CREATE TABLE snapshots (
            device TEXT PRIMARY KEY, last_sequence INTEGER NOT NULL, body TEXT NOT NULL
        ) STRICT, WITHOUT ROWID;

        CREATE TABLE commands (
            id TEXT PRIMARY KEY, device TEXT NOT NULL, gpio INTEGER NOT NULL, unix_ms INTEGER NOT NULL,
            state TEXT NOT NULL, body TEXT NOT NULL
        ) STRICT;

        CREATE TABLE dead_letters (
            id INTEGER PRIMARY KEY AUTOINCREMENT, reason TEXT NOT NULL, detail TEXT NOT NULL, topic TEXT NOT NULL,
            payload BLOB NOT NULL, payload_length INTEGER NOT NULL, receipt_ms INTEGER NOT NULL
        ) STRICT;
        CREATE TABLE refusal_counts (reason TEXT PRIMARY KEY, count INTEGER NOT NULL) STRICT, WITHOUT ROWID;

        CREATE TABLE marks (name TEXT PRIMARY KEY, value INTEGER NOT NULL) STRICT, WITHOUT ROWID;
        INSERT INTO marks (name, value) VALUES ('history_through', 0), ('replay_from', 0);
        """

    /// What the device said of a value, the model that produced it, and the temperature it was computed with.
    ///
    /// Snapshots have another shape since then; they are built anew from the facts, all of which are kept.
    private static let version2 = """
        ALTER TABLE readings ADD COLUMN reported_quality INTEGER;
        ALTER TABLE readings ADD COLUMN model INTEGER;
        ALTER TABLE readings ADD COLUMN calibration INTEGER;
        ALTER TABLE readings ADD COLUMN companion REAL;
        DELETE FROM snapshots;
        UPDATE marks SET value = 0 WHERE name = 'replay_from';
        """

    /// Snapshots know on-times, tags and effects since then, and are built anew from the facts.
    private static let version3 = """
        DELETE FROM snapshots;
        UPDATE marks SET value = 0 WHERE name = 'replay_from';
        """
}
