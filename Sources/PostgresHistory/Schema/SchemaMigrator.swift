/// Brings a database's schema to a version.
///
/// Each step is one transaction: whole or not at all. Several programs may do it at once: they take turns, and each
/// finds what the other has done.
public struct SchemaMigrator: Sendable {
    /// How long one step may take, in milliseconds.
    public static let stepDeadlineMilliseconds: Int64 = 600_000
    /// How long a step waits for another program's, in milliseconds.
    static let lockTimeoutMilliseconds = 120_000
    /// How often it looks again after another program was quicker.
    static let maximumAttempts = 8
    /// The oldest server that is used, as PostgreSQL numbers its versions.
    static let oldestServer: Int64 = 130_000

    private let link: PostgresLink
    private let known: [Migration]

    /// Works through a link that was started.
    public init(_ link: PostgresLink) { self.init(link, known: Migration.all) }

    init(_ link: PostgresLink, known: [Migration]) {
        self.link = link
        self.known = known
    }

    /// What there would be to do.
    ///
    /// - Parameter target: The version that is wanted; `nil` for the newest.
    public func plan(to target: Int? = nil) async throws(SchemaFailure) -> MigrationPlan {
        try await checkServer()
        return try MigrationPlan(applied: try await applied(), known: known, target: target)
    }

    /// Does what there is to do.
    ///
    /// - Parameters:
    ///   - target: The version that is wanted; `nil` for the newest.
    ///   - mayLoseData: Whether steps back that remove data are taken.
    ///   - tell: Told of each step when it was done.
    /// - Returns: What was planned when it began.
    @discardableResult
    public func migrate(
        to target: Int? = nil, mayLoseData: Bool = false, _ tell: (MigrationPlan.Step) -> Void = { _ in }
    ) async throws(SchemaFailure) -> MigrationPlan {
        let planned = try await plan(to: target)
        if !mayLoseData, let step = planned.steps.first(where: \.losesData) { throw .losesData(step) }
        var plan = planned
        var lostRaces = 0
        while let step = plan.steps.first {
            do throws(PostgresFailure) {
                try await link.transaction(
                    Self.transaction(step), deadlineMilliseconds: Self.stepDeadlineMilliseconds)
                tell(step)
            } catch {
                guard Self.isLostRace(error) else { throw .failed(step, error) }
                lostRaces += 1
                guard lostRaces < Self.maximumAttempts else { throw .contended(lostRaces) }
            }
            plan = try await self.plan(to: target)
        }
        return planned
    }

    private func checkServer() async throws(SchemaFailure) {
        let number: Int64
        let server: String
        let encoding: String
        do throws(PostgresFailure) {
            let rows = try await link.query(
                "SELECT current_setting('server_version_num')::integer, current_setting('server_version'), "
                    + "current_setting('server_encoding')")
            number = try rows.integer(0, 0) ?? 0
            server = try rows.text(0, 1) ?? ""
            encoding = try rows.text(0, 2) ?? ""
        } catch {
            throw .failed(nil, error)
        }
        guard number >= Self.oldestServer else { throw .serverTooOld(server) }
        guard encoding == "UTF8" else { throw .encoding(encoding) }
    }

    private func applied() async throws(SchemaFailure) -> [AppliedMigration] {
        do throws(PostgresFailure) {
            let exists = try await link.query("SELECT to_regclass('schema_versions') IS NOT NULL")
            guard try exists.boolean(0, 0) == true else { return [] }
            let rows = try await link.query("SELECT version, name, checksum FROM schema_versions ORDER BY version")
            var found: [AppliedMigration] = []
            for row in 0..<rows.count {
                found.append(
                    AppliedMigration(
                        version: Int(try rows.integer(row, 0) ?? 0), name: try rows.text(row, 1) ?? "",
                        checksum: try rows.text(row, 2) ?? ""))
            }
            return found
        } catch {
            throw .failed(nil, error)
        }
    }

    /// One step, and its entry in the table of versions.
    ///
    /// The entry goes first, and becomes NULL, which the table refuses, unless the schema is at the step's beginning:
    /// whoever was slower is stopped before it changes anything.
    private static func transaction(_ step: MigrationPlan.Step) -> [PostgresStep] {
        let migration = step.migration
        let scripts = (step.isDown ? migration.down : migration.up).map { PostgresStep.script($0) }
        let start: [PostgresStep] = [
            .statement("SET LOCAL lock_timeout = \(lockTimeoutMilliseconds)"),
            .statement("SELECT pg_advisory_xact_lock(hashtext('doppel'), hashtext('schema'))"),
            .script(table),
            .statement(
                """
                INSERT INTO schema_versions (version, name, checksum) SELECT NULL, '', ''
                FROM schema_versions HAVING coalesce(max(version), 0) <> $1
                """, [.integer(Int64(step.from))]),
        ]
        let version = PostgresValue.integer(Int64(migration.version))
        let entry: PostgresStep =
            step.isDown
            ? .statement("DELETE FROM schema_versions WHERE version = $1", [version])
            : .statement(
                "INSERT INTO schema_versions (version, name, checksum) VALUES ($1, $2, $3)",
                [version, .text(migration.name), .text(migration.checksum)])
        return start + [entry] + scripts
    }

    /// Whether another program did the step in the meantime (`not_null_violation`).
    private static func isLostRace(_ failure: PostgresFailure) -> Bool {
        failure.kind == .refused && failure.sqlState == "23502"
    }

    private static let table = """
        CREATE TABLE IF NOT EXISTS schema_versions (
            version integer PRIMARY KEY,
            name text NOT NULL,
            applied_at timestamptz NOT NULL DEFAULT now(),
            checksum text NOT NULL
        );
        COMMENT ON TABLE schema_versions IS
            'The versions of Doppel''s schema that this database has. Doppel refuses a newer one than it knows.';
        """
}
