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
        /// The sequence number up to which every reading is part of its minute's rollup, or was when it was stored.
        static let rolledThrough = "rolled_through"
        /// The sequence number up to which another store holds every row.
        static let fedThrough = "fed_through"
        /// The number of the last change of a command or a twin that another store holds.
        static let fedChange = "fed_change"
        /// The sequence number after which rows wait for another store; there while a feed is on.
        static let feedFrom = "feed_from"
        /// The sequence number up to which the samples that waited for another store were dropped.
        static let droppedThrough = "dropped_through"
        /// How many samples were dropped before another store had them.
        static let droppedSamples = "dropped_samples"
        /// How many rows are in no store, because another one lost them after they were removed here; at most.
        static let lostRows = "lost_rows"
        /// The event time before which minutes stay as they were rolled up, in milliseconds: readings may be gone.
        static let readingsFrom = "readings_from_ms"
        /// The event time before which readings were removed by retention, in milliseconds; none was without it.
        static let retainedFrom = "retained_from_ms"
        /// The event time before which another store may hold what never was here, in milliseconds; nothing without it.
        static let completeFrom = "complete_from_ms"
        /// Whether the store that is fed holds rows of other journals: 0 or 1; unknown without it.
        static let othersHeld = "others_held"
        /// When retention last looked, by the wall clock, in milliseconds.
        static let sweptAt = "swept_ms"
        /// Since when the wall clock is not believed by retention, in milliseconds; there while it is not.
        static let clockDoubted = "clock_doubted_ms"
        /// The instant before which states cannot be rebuilt, in milliseconds.
        static let pastFrom = "past_from_ms"
        /// The event time before which rollups were removed by retention, in milliseconds.
        static let rollupsFrom = "rollups_from_ms"
    }

    /// All versions of the schema, oldest first.
    ///
    /// A version that was shipped never changes.
    static var migrator: DatabaseMigrator {
        var migrator = DatabaseMigrator()
        migrator.registerMigration("1") { try $0.execute(sql: version1) }
        migrator.registerMigration("2") { try $0.execute(sql: version2) }
        migrator.registerMigration("3") { try $0.execute(sql: version3) }
        migrator.registerMigration("4") {
            try $0.execute(sql: version4)
            try SafetyChain.begin($0)
        }
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

    /// Rollups, seals that tell a damaged row, the chain of safety records, snapshots of the past, and what a feed to
    /// another store needs to know.
    ///
    /// Rows of earlier versions have no seal; they count as unsealed, not as damaged.
    private static let version4 = """
        CREATE TABLE identity (name TEXT PRIMARY KEY, value TEXT NOT NULL) STRICT, WITHOUT ROWID;
        INSERT INTO identity (name, value)
            VALUES ('journal', lower(hex(randomblob(16)))), ('mask', lower(hex(randomblob(16))));

        ALTER TABLE sensors ADD COLUMN seal INTEGER;
        ALTER TABLE facts ADD COLUMN seal INTEGER;
        ALTER TABLE readings ADD COLUMN seal INTEGER;
        ALTER TABLE commands ADD COLUMN seal INTEGER;
        ALTER TABLE snapshots ADD COLUMN seal INTEGER;
        ALTER TABLE dead_letters ADD COLUMN seal INTEGER;
        CREATE INDEX facts_by_device ON facts (device, sequence) WHERE device IS NOT NULL;

        CREATE TABLE safety_records (sequence INTEGER PRIMARY KEY, hash BLOB NOT NULL) STRICT;
        CREATE TABLE safety_chain (
            name TEXT PRIMARY KEY, sequence INTEGER NOT NULL, number INTEGER NOT NULL, hash BLOB NOT NULL
        ) STRICT, WITHOUT ROWID;

        CREATE TABLE rollups (
            level INTEGER NOT NULL, sensor_id INTEGER NOT NULL, start_ms INTEGER NOT NULL, unit TEXT NOT NULL,
            count INTEGER NOT NULL, mean REAL NOT NULL, squared_deviations REAL NOT NULL,
            minimum REAL NOT NULL, maximum REAL NOT NULL, first_ms INTEGER NOT NULL, first REAL NOT NULL,
            last_ms INTEGER NOT NULL, last REAL NOT NULL,
            PRIMARY KEY (level, sensor_id, start_ms, unit)
        ) STRICT, WITHOUT ROWID;
        CREATE TABLE stale_rollups (
            level INTEGER NOT NULL, sensor_id INTEGER NOT NULL, start_ms INTEGER NOT NULL, marks INTEGER NOT NULL,
            PRIMARY KEY (level, sensor_id, start_ms)
        ) STRICT, WITHOUT ROWID;

        CREATE TABLE past_snapshots (
            device TEXT NOT NULL, last_sequence INTEGER NOT NULL, unix_ms INTEGER NOT NULL, body BLOB NOT NULL,
            seal INTEGER, first_sequence INTEGER NOT NULL, change INTEGER NOT NULL, PRIMARY KEY (device, last_sequence)
        ) STRICT, WITHOUT ROWID;
        CREATE TABLE clock_turns (sequence INTEGER PRIMARY KEY, unix_ms INTEGER NOT NULL) STRICT;
        CREATE TABLE original_readings (
            sequence INTEGER PRIMARY KEY, value REAL, unit TEXT, quality INTEGER NOT NULL, model INTEGER,
            calibration INTEGER
        ) STRICT;
        INSERT INTO marks (name, value) SELECT 'past_from_ms', max(
            coalesce((SELECT unix_ms FROM facts ORDER BY sequence DESC LIMIT 1), 0),
            coalesce((SELECT coalesce(fact_ms, receipt_ms) FROM readings ORDER BY sequence DESC LIMIT 1), 0));

        CREATE TABLE changed_readings (sequence INTEGER PRIMARY KEY) STRICT;
        ALTER TABLE commands ADD COLUMN change INTEGER NOT NULL DEFAULT 0;
        UPDATE commands SET change = rowid;
        CREATE INDEX commands_by_change ON commands (change);
        ALTER TABLE snapshots ADD COLUMN change INTEGER NOT NULL DEFAULT 0;
        UPDATE snapshots SET change = (SELECT coalesce(max(rowid), 0) FROM commands)
            + (SELECT count(*) FROM snapshots AS other WHERE other.device <= snapshots.device);
        CREATE INDEX snapshots_by_change ON snapshots (change);
        INSERT INTO past_snapshots (device, last_sequence, unix_ms, body, first_sequence, change)
            SELECT device, last_sequence, (SELECT value FROM marks WHERE name = 'past_from_ms'), CAST(body AS BLOB), 0,
                change + (SELECT count(*) FROM snapshots)
            FROM snapshots;
        CREATE INDEX past_snapshots_by_change ON past_snapshots (change);

        INSERT INTO marks (name, value) VALUES
            ('rolled_through', 0), ('fed_through', 0), ('fed_change', 0), ('readings_from_ms', 0),
            ('rollups_from_ms', 0);
        """
}
