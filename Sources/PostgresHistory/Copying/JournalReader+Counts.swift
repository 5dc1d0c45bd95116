public import TwinCore
public import TwinRuntime

extension JournalReader {
    /// The event time before which samples were removed by retention.
    public func readingsFrom() async throws(PostgresFailure) -> UnixTime {
        UnixTime(milliseconds: max(0, try await HistoryMarks.kept(link).readingsFrom.milliseconds))
    }

    /// How much is here of the journal, but for samples from before a time.
    public func counts(readingsFrom: UnixTime) async throws -> HistoryCounts {
        let rows = line.holds(through: journal.through)
        var counts = HistoryCounts()
        counts.readingsByDay = try await readingsByDay(from: readingsFrom)
        counts.events = try await count("events WHERE \(rows)")
        counts.safetyRecords = try await count("safety_records WHERE \(rows)")
        counts.commands = try await count("commands WHERE \(line.isOfLine())")
        counts.twins = try await count("twins, \(newest("position"))")
        counts.pastTwins = try await count("twin_snapshots WHERE \(line.holds())")
        return counts
    }

    /// How many samples are here of each UTC day.
    public func readingsByDay(from time: UnixTime) async throws -> [Int64: Int] {
        let days = try await ask(
            """
            SELECT floor(extract(epoch FROM event_time) / 86400)::bigint, count(*) FROM sensor_readings
            WHERE \(line.holds(through: journal.through)) AND event_time >= $1 GROUP BY 1
            """, [.time(time)])
        var counts: [Int64: Int] = [:]
        for row in 0..<days.count { counts[try days.wholeNumber(row, 0)] = Int(try days.wholeNumber(row, 1)) }
        return counts
    }

    private func count(_ rows: String) async throws -> Int {
        Int(try await ask("SELECT count(*) FROM \(rows)").wholeNumber(0, 0))
    }
}
