import PostgresCluster
import Testing
import TwinCore

@testable import PostgresHistory

@Suite struct `The schema` {
    /// Everything that a database holds of Doppel, as text.
    private func content(_ link: PostgresLink) async throws -> String {
        let rows = try await link.query(
            """
            SELECT string_agg(line, ' ' ORDER BY line) FROM (
                SELECT relkind::text || relname AS line FROM pg_class WHERE relnamespace = 'public'::regnamespace
                UNION ALL SELECT 'f' || proname FROM pg_proc WHERE pronamespace = 'public'::regnamespace
                UNION ALL SELECT 't' || typname FROM pg_type WHERE typnamespace = 'public'::regnamespace AND typtype = 'e'
            ) AS everything
            """)
        return try rows.text(0, 0) ?? ""
    }

    @Test func `goes up, stays, and goes down without a trace`() async throws {
        try await withDatabase { link, _ in
            let migrator = SchemaMigrator(link)
            let plan = try await migrator.migrate()
            #expect(plan.current == 0 && plan.target == 1)
            let made = try await content(link)
            #expect(made.contains("sensor_readings_by_time") && made.contains("rrollup_hours_default"))
            #expect(try await migrator.migrate().steps.isEmpty)
            #expect(try await content(link) == made)
            try await migrator.migrate(to: 0, mayLoseData: true)
            #expect(try await content(link) == "ischema_versions_pkey rschema_versions")
            try await migrator.migrate()
            #expect(try await content(link) == made)
        }
    }

    @Test func `does not go down over data unless that is said`() async throws {
        try await withDatabase { link, _ in
            let migrator = SchemaMigrator(link)
            try await migrator.migrate()
            let made = try await content(link)
            let failure = await #expect(throws: SchemaFailure.self) { try await migrator.migrate(to: 0) }
            #expect(failure?.description.contains("--accept-data-loss") == true)
            #expect(try await content(link) == made)
        }
    }

    @Test func `is not touched by a plan`() async throws {
        try await withDatabase { link, _ in
            let plan = try await SchemaMigrator(link).plan()
            #expect(plan.steps.map(\.to) == [1])
            #expect(try await content(link) == "")
        }
    }

    /// A schema that has a second version, as there will be one.
    private let known = [
        Migration.version1,
        Migration(
            version: 2, name: "notes", up: ["CREATE TABLE notes (text text)", "CREATE INDEX by_text ON notes (text)"],
            down: ["DROP TABLE notes"], losesData: true),
    ]

    @Test func `goes from version to version, and does what is missing only`() async throws {
        try await withDatabase { link, _ in
            try await SchemaMigrator(link).migrate()
            let first = try await content(link)
            _ = try await link.query("INSERT INTO inbox_messages (topic, payload) VALUES ('t', 'p')")
            let migrator = SchemaMigrator(link, known: known)
            var steps: [String] = []
            try await migrator.migrate { steps.append("\($0.from) to \($0.to)") }
            #expect(try await content(link).contains("rnotes"))
            // The Doppel of before leaves it alone, and says who can go back.
            await #expect(throws: SchemaFailure.newer(2, newest: 1)) { try await SchemaMigrator(link).migrate() }
            await #expect(throws: SchemaFailure.self) { try await migrator.migrate(to: 1) }
            try await migrator.migrate(to: 1, mayLoseData: true) { steps.append("\($0.from) to \($0.to)") }
            #expect(steps == ["1 to 2", "2 to 1"])
            #expect(try await content(link) == first)
            #expect(try await SchemaMigrator(link).migrate().steps.isEmpty)
            #expect(try await link.query("SELECT count(*) FROM inbox_messages").integer(0, 0) == 1)
        }
    }

    @Test func `keeps the versions that went well when the next one does not`() async throws {
        try await withDatabase { link, _ in
            let broken = Migration(
                version: 2, name: "broken", up: ["CREATE TABLE journals ()"], down: [], losesData: false)
            let failure = await #expect(throws: SchemaFailure.self) {
                try await SchemaMigrator(link, known: [.version1, broken]).migrate()
            }
            #expect(failure?.description.hasPrefix("Version 1 stays as it is; the step to version 2 failed") == true)
            let plan = try await SchemaMigrator(link).plan()
            #expect(plan.current == 1)
        }
    }

    @Test func `is made once by programs that begin together`() async throws {
        let cluster = try await PostgresCluster.shared
        let url = try await cluster.url(cluster.makeDatabase())
        try await withThrowingTaskGroup(of: Void.self) { group in
            for _ in 0..<4 {
                group.addTask {
                    try await withLink(url) { link, _ in
                        try await SchemaMigrator(link, known: known).migrate()
                        #expect(try await SchemaMigrator(link, known: known).plan().current == 2)
                    }
                }
            }
            try await group.waitForAll()
        }
        try await withLink(url) { link, _ in
            let rows = try await link.query("SELECT count(*) FROM schema_versions")
            #expect(try rows.integer(0, 0) == 2)
        }
    }

    @Test func `is taken back once by programs that begin together`() async throws {
        let cluster = try await PostgresCluster.shared
        let url = try await cluster.url(cluster.makeDatabase())
        try await withLink(url) { link, _ in _ = try await SchemaMigrator(link, known: known).migrate() }
        try await withThrowingTaskGroup(of: Void.self) { group in
            for _ in 0..<3 {
                group.addTask {
                    try await withLink(url) { link, _ in
                        _ = try await SchemaMigrator(link, known: known).migrate(to: 0, mayLoseData: true)
                    }
                }
            }
            try await group.waitForAll()
        }
    }

    @Test func `that is newer is refused and left alone`() async throws {
        try await withDatabase { link, _ in
            try await SchemaMigrator(link).migrate()
            _ = try await link.query("INSERT INTO schema_versions VALUES (2, 'of tomorrow', now(), 'x')")
            let failure = await #expect(throws: SchemaFailure.self) { try await SchemaMigrator(link).migrate() }
            #expect(failure?.description.contains("version 2") == true)
            #expect(failure?.description.contains("Nothing was changed") == true)
        }
    }

    @Test func `that was made by other statements is refused`() async throws {
        try await withDatabase { link, _ in
            try await SchemaMigrator(link).migrate()
            _ = try await link.query("UPDATE schema_versions SET checksum = 'x'")
            await #expect(throws: SchemaFailure.changed(1, Migration.version1.name)) {
                try await SchemaMigrator(link).migrate()
            }
        }
    }

    @Test func `changes whole or not at all`() async throws {
        try await withDatabase { link, _ in
            let broken = Migration(
                version: 1, name: "broken", up: ["CREATE TABLE half (x int)", "CREATE TABLE half (x int)"], down: [],
                losesData: false)
            let failure = await #expect(throws: SchemaFailure.self) {
                try await SchemaMigrator(link, known: [broken]).migrate()
            }
            #expect(failure?.description.contains("42P07") == true)
            let left = try await content(link)
            #expect(left == "")
        }
    }

    @Test func `needs rights, and says so`() async throws {
        let cluster = try await PostgresCluster.shared
        let database = try await cluster.makeDatabase()
        try await cluster.run(
            """
            DROP ROLE IF EXISTS guest; CREATE ROLE guest LOGIN PASSWORD 'guest';
            REVOKE CREATE ON SCHEMA public FROM PUBLIC
            """, in: database)
        let url = cluster.url(database, password: "guest")
            .replacing("//\(PostgresCluster.user):", with: "//guest:")
        try await withLink(url) { link, _ in
            let failure = await #expect(throws: SchemaFailure.self) { try await SchemaMigrator(link).migrate() }
            #expect(failure?.description.contains("Grant the user the right") == true)
        }
    }

    /// What came with PostgreSQL 14 or later, and is easily used without noticing.
    @Test(arguments: [
        "NULLS NOT DISTINCT", "MERGE INTO", "date_bin", "DETACH CONCURRENTLY", "COMPRESSION", "security_invoker",
        "BEGIN ATOMIC", "OR REPLACE TRIGGER", "any_value", "JSON_TABLE", "VIRTUAL", "multirange", "json_object(",
        "SUBSCRIPTING", "array_sort", "uuidv7", "random_normal", "regexp_count", "regexp_like", "string_to_table",
        "date_add", "bit_count", "trim_array", "unistr",
    ])
    func `uses nothing newer than PostgreSQL 13`(word: String) {
        for script in Migration.all.flatMap({ $0.up + $0.down }) {
            #expect(!script.lowercased().contains(word.lowercased()))
        }
        for statement in Statements.all {
            #expect(!statement.lowercased().contains(word.lowercased()))
        }
    }
}

/// The statements of the jobs.
private enum Statements {
    static let all =
        [
            RollupStatements.minutesOfSteps, RollupStatements.staleMinutes, RollupStatements.pendingSteps,
            RollupStatements.sensorsToAdopt, RollupStatements.markSpans, RollupStatements.markAbove,
        ]
        + RollupLevel.allCases.flatMap {
            [
                RollupStatements.due($0), RollupStatements.make($0), RollupStatements.unmark($0),
                RollupStatements.remove($0),
            ]
        }
}
