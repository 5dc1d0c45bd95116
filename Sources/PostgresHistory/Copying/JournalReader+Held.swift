import TwinCore
public import TwinRuntime

/// Looks for what a journal holds.
extension JournalReader {
    /// Which of some facts are here, and adds them to what was found.
    public func look(
        for facts: [RecordPlace<UInt64>], safety: Bool, _ held: inout HeldRecords
    ) async throws(PostgresFailure) {
        let kept = try await keptFrom(safety ? .safetyFrom : .eventsFrom)
        let wanted = facts.filter { $0.time >= kept }.map(\.name)
        let rows = try await ask(
            "SELECT position FROM \(safety ? "safety_records" : "events") WHERE position = ANY ($1::bigint[])",
            [.integers(wanted.map { line.position(of: $0) })])
        var found: Set<UInt64> = []
        for row in 0..<rows.count { found.insert(JournalLine.sequence(of: try rows.wholeNumber(row, 0))) }
        held.add(wanted, found: found)
    }

    /// Which of some commands are here, and adds them to what was found.
    public func look(for commands: [RecordPlace<String>], _ held: inout HeldRecords) async throws(PostgresFailure) {
        let kept = try await keptFrom(.eventsFrom)
        try await look("command_id", in: "commands", for: commands.filter { $0.time >= kept }.map(\.name), &held)
    }

    /// Which of some devices have a twin here, and adds them to what was found.
    public func look(forTwinsOf devices: [String], _ held: inout HeldRecords) async throws(PostgresFailure) {
        try await look("device_id", in: "twins", for: devices, &held)
    }

    private func look(
        _ column: String, in table: String, for names: [String], _ held: inout HeldRecords
    ) async throws(PostgresFailure) {
        let rows = try await ask(
            "SELECT \(column) FROM \(table) WHERE \(column) = ANY ($1::text[])", [.texts(names)])
        var found: Set<String> = []
        for row in 0..<rows.count { found.insert(try rows.words(row, 0)) }
        held.add(names, found: found)
    }

    /// From when on retention kept what a mark is about.
    private func keptFrom(_ name: HistoryMarks.Name) async throws(PostgresFailure) -> UnixTime {
        UnixTime(milliseconds: try await HistoryMarks.text(name, link).flatMap { Int64($0) } ?? .min)
    }
}
