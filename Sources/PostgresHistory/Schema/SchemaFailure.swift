/// Why a database's schema cannot be used or changed.
public struct SchemaFailure: Error, Sendable, Equatable, CustomStringConvertible {
    /// What is wrong and what would help, for a person to read.
    public let description: String

    /// Wraps a description.
    init(_ description: String) { self.description = description }

    static func newer(_ version: Int, newest: Int) -> Self {
        Self(
            "The database has version \(version) of Doppel's schema; this Doppel knows versions up to \(newest). "
                + "Nothing was changed. Start the newer Doppel, or go back with it first: "
                + "'doppel admin migrate --to \(newest)'.")
    }

    static func changed(_ version: Int, _ name: String) -> Self {
        Self(
            "Version \(version) (\(name)) of the schema was made by other statements than this Doppel's: the checksums "
                + "differ. Nothing was changed. Use a released Doppel, or an empty database.")
    }

    static func gap(before version: Int) -> Self {
        Self(
            "The table schema_versions holds version \(version) but not the one before it; somebody changed it by "
                + "hand. Nothing was changed. Restore a backup, or use an empty database.")
    }

    static func unknownVersion(_ version: Int, newest: Int) -> Self {
        Self("There is no version \(version) of the schema; this Doppel knows 0 (empty) to \(newest).")
    }

    static func serverTooOld(_ server: String) -> Self {
        Self("The server is PostgreSQL \(server); Doppel needs 13 or newer. Nothing was changed.")
    }

    static func encoding(_ encoding: String) -> Self {
        Self(
            "The database's encoding is \(encoding); Doppel needs UTF8. Nothing was changed. Make another database: "
                + "createdb --encoding=UTF8 --template=template0 NAME.")
    }

    static func losesData(_ step: MigrationPlan.Step) -> Self {
        Self(
            "Going from version \(step.from) to \(step.to) removes the history that the database holds. Nothing was "
                + "changed. Make a backup, and say --accept-data-loss if that is wanted.")
    }

    static func contended(_ attempts: Int) -> Self {
        Self(
            "Others changed the schema at the same time, \(attempts) times in a row. See who else migrates this "
                + "database, and try again.")
    }

    /// PostgreSQL did not do what a step needs.
    static func failed(_ step: MigrationPlan.Step?, _ failure: PostgresFailure) -> Self {
        guard let step else { return Self("The schema cannot be read: \(failure)") }
        return Self(
            "Version \(step.from) stays as it is; the step to version \(step.to) failed: \(failure)")
    }
}
