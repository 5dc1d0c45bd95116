import Testing

@testable import PostgresHistory

@Suite struct `A plan of migrations` {
    private static let known = (1...3).map { version in
        Migration(
            version: version, name: "v\(version)", up: ["SELECT \(version)"], down: ["SELECT -\(version)"],
            losesData: version == 1)
    }

    private static func applied(_ count: Int) -> [AppliedMigration] {
        known.prefix(count).map { AppliedMigration(version: $0.version, name: $0.name, checksum: $0.checksum) }
    }

    @Test(
        arguments: [
            (0, nil, "1 2 3"), (1, nil, "2 3"), (3, nil, ""), (0, 2, "1 2"), (2, 2, ""), (3, 1, "-3 -2"), (1, 0, "-1"),
        ] as [(Int, Int?, String)])
    func `leads from what there is to what is wanted`(current: Int, target: Int?, steps: String) throws {
        let plan = try MigrationPlan(applied: Self.applied(current), known: Self.known, target: target)
        #expect(plan.current == current)
        #expect(plan.target == target ?? 3)
        let found = plan.steps.map { ($0.isDown ? "-" : "") + "\($0.migration.version)" }.joined(separator: " ")
        #expect(found == steps)
        #expect(plan.steps.contains(where: \.losesData) == (target == 0))
    }

    @Test func `refuses a schema that is newer than the program`() {
        #expect(throws: SchemaFailure.newer(3, newest: 2)) {
            try MigrationPlan(applied: Self.applied(3), known: Array(Self.known.prefix(2)))
        }
    }

    @Test func `refuses a schema that other statements made`() {
        var applied = Self.applied(2)
        applied[1] = AppliedMigration(version: 2, name: "v2", checksum: "0")
        #expect(throws: SchemaFailure.changed(2, "v2")) { try MigrationPlan(applied: applied, known: Self.known) }
    }

    @Test func `refuses a table of versions with a gap`() {
        var applied = Self.applied(3)
        applied.remove(at: 1)
        #expect(throws: SchemaFailure.gap(before: 3)) { try MigrationPlan(applied: applied, known: Self.known) }
    }

    @Test(arguments: [-1, 4])
    func `knows its own versions only`(target: Int) {
        #expect(throws: SchemaFailure.unknownVersion(target, newest: 3)) {
            try MigrationPlan(applied: [], known: Self.known, target: target)
        }
    }

    @Test func `every version that was shipped is as it was`() {
        // Changing one of these strands every database that has it. Add a version instead.
        #expect(Migration.all.map(\.version) == Array(1...Migration.all.count))
        #expect(Migration.all.allSatisfy { $0.checksum.utf8.count == 64 && !$0.down.isEmpty })
    }
}
