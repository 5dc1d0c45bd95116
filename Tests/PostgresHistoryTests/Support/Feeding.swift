import EventLoop
import PostgresHistory
import TestSupport
import Testing
import TwinCore
import TwinRuntime

/// Runs a test with a database that has the schema, and feeds of sources to it.
func withFeeds(
    _ url: String, _ sources: [FakeSource], batchRows: Int = 100,
    _ body: ([HistoryFeed], PostgresLink, LinkRecorder) async throws -> Void
) async throws {
    try await withLink(url) { link, recorder in
        let feeds = sources.map { source in
            HistoryFeed(
                from: source, to: link, on: recorder.loop, batchRows: batchRows, logger: recorder.logger
            ) { try await SchemaMigrator(link).migrate() }
        }
        await recorder.loop.run { for feed in feeds { feed.start { _ in } } }
        var failure: (any Error)?
        do { try await body(feeds, link, recorder) } catch { failure = error }
        for feed in feeds {
            await withCheckedContinuation { continuation in
                recorder.loop.post { feed.stop { continuation.resume() } }
            }
        }
        if let failure { throw failure }
    }
}

/// Waits until everything of a source is in PostgreSQL, and the source was told so.
func fed(_ source: FakeSource, at location: SourceLocation = #_sourceLocation) async {
    await eventually("everything is fed", within: .seconds(60), at: location) {
        source.fedThrough == source.lastSequence
    }
}

/// What is wrong with the readings that PostgreSQL holds, compared with the source's; `nil` when nothing is.
func difference(_ link: PostgresLink, _ source: FakeSource, base: Int64 = 0) async throws -> String? {
    let rows = try await link.query(
        """
        SELECT position, raw_value, processed_value, coalesce(r.unit, s.unit), digest, sensor_type, event_time
        FROM sensor_readings r JOIN sensors s USING (sensor_id) WHERE position > $1 AND position < $1 + (1::bigint << 40)
        ORDER BY position
        """, [.integer(base)], deadlineMilliseconds: 30_000)
    let expected = source.readings
    guard rows.count == expected.count else { return "\(rows.count) rows instead of \(expected.count)" }
    for (row, reading) in expected.enumerated() {
        let sensor = try await source.sensors([reading.sensor])[0]
        let isSame =
            try rows.integer(row, 0) == base + Int64(reading.sequence)
            && rows.double(row, 1) == reading.sample.raw && rows.double(row, 2) == reading.sample.value
            && rows.text(row, 3) == StoredText.column(reading.sample.unit)
            && rows.integer(row, 4) == Int64(bitPattern: reading.sample.digest)
            && rows.text(row, 5) == StoredText.column(sensor.key.type)
            && rows.time(row, 6) == reading.sample.eventTime
        if !isSame { return "row \(row) is not reading \(reading.sequence)" }
    }
    return nil
}
