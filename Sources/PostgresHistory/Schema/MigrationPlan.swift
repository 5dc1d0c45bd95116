/// Which migrations lead from the schema that a database has to the one that is wanted.
///
/// A pure value: it is shown by a dry run and carried out by ``SchemaMigrator``.
public struct MigrationPlan: Sendable {
    /// One migration, in one direction.
    public struct Step: Sendable {
        /// The migration.
        public let migration: Migration
        /// Whether it is taken back.
        public let isDown: Bool

        /// The version before it.
        public var from: Int { isDown ? migration.version : migration.version - 1 }
        /// The version after it.
        public var to: Int { isDown ? migration.version - 1 : migration.version }
        /// Whether it removes data.
        public var losesData: Bool { isDown && migration.losesData }
    }

    /// The version that the database has; 0 for an empty one.
    public let current: Int
    /// What is to be done, in order.
    public let steps: [Step]

    /// The version that the database has afterwards.
    public var target: Int { steps.last?.to ?? current }

    /// Plans the way.
    ///
    /// - Parameters:
    ///   - applied: What the database has.
    ///   - known: What this program knows, oldest first.
    ///   - target: The version that is wanted; `nil` for the newest.
    /// - Throws: ``SchemaFailure`` when the database was made by a newer program or by other statements.
    init(applied: [AppliedMigration], known: [Migration] = Migration.all, target: Int? = nil) throws(SchemaFailure) {
        let newest = known.last?.version ?? 0
        let target = target ?? newest
        guard (0...newest).contains(target) else { throw .unknownVersion(target, newest: newest) }
        let applied = applied.sorted { $0.version < $1.version }
        if let last = applied.last, last.version > newest { throw .newer(last.version, newest: newest) }
        for (place, have) in applied.enumerated() {
            guard have.version == place + 1 else { throw .gap(before: have.version) }
            guard have.checksum == known[place].checksum else { throw .changed(have.version, have.name) }
        }
        current = applied.count
        steps =
            target >= current
            ? known[current..<target].map { Step(migration: $0, isDown: false) }
            : known[target..<current].reversed().map { Step(migration: $0, isDown: true) }
    }
}
