import TwinCore
import TwinRuntime

/// What twins are rebuilt from, on its way into `twins`, `twin_snapshots`, `clock_turns` and `original_readings`.
enum PastRows {
    /// The steps that bring a batch's twins and turns of the clock; what is there already stays or is replaced by itself.
    static func steps(_ batch: FeedBatch, _ line: JournalLine) -> [PostgresStep] {
        var steps: [PostgresStep] = []
        if !batch.twins.isEmpty {
            steps.append(
                .statement(
                    twins,
                    [
                        .texts(batch.twins.map(\.snapshot.device.id.description)),
                        .integers(batch.twins.map { line.position(of: $0.lastSequence) }),
                        .texts(batch.twins.map(\.body)),
                    ]))
        }
        if !batch.pastTwins.isEmpty {
            steps.append(
                .statement(
                    snapshots,
                    [
                        .texts(batch.pastTwins.map(\.device.description)),
                        .integers(batch.pastTwins.map { line.position(of: $0.lastSequence) }),
                        .integers(
                            batch.pastTwins.map { $0.firstSequence > 0 ? line.position(of: $0.firstSequence) : -1 }),
                        .integers(batch.pastTwins.map(\.time.milliseconds)), .texts(batch.pastTwins.map(\.body)),
                    ]))
        }
        if !batch.clockTurns.isEmpty {
            steps.append(
                .statement(
                    turns,
                    [
                        .integers(batch.clockTurns.map { line.position(of: $0.sequence) }),
                        .integers(batch.clockTurns.map(\.time.milliseconds)),
                    ]))
        }
        return steps
    }

    /// The step that puts aside what samples were before they were computed again; what was put aside first stays.
    static func originals(
        _ readings: [FeedReading], _ line: JournalLine, _ sensors: FeedSensors
    ) -> [PostgresStep] {
        let changed = readings.compactMap { reading in
            reading.original.map { (reading: reading, sample: $0, unit: sensors[reading.sensor]?.unit) }
        }
        guard !changed.isEmpty else { return [] }
        var copy = CopyWriter(columns: 7)
        for (reading, sample, unit) in changed {
            copy.beginRow()
            copy.integer8(line.position(of: reading.sequence))
            copy.time(sample.eventTime)
            if let value = sample.value { copy.double(value) } else { copy.null() }
            if let model = sample.model { copy.integer4(Int32(bitPattern: model.version)) } else { copy.null() }
            if let model = sample.model, model.calibration > 0 {
                copy.integer4(Int32(bitPattern: model.calibration))
            } else {
                copy.null()
            }
            copy.text(sample.quality.rawValue)
            if sample.unit == unit { copy.null() } else { copy.text(StoredText.column(sample.unit)) }
        }
        let columns = "position, event_time, processed_value, model_version, calibration, quality, unit"
        return [
            .script(FeedStatements.stage("original_readings")),
            .copy(FeedStatements.copy(columns, into: "feed_original_readings"), copy.finish()),
            .statement(FeedStatements.merge(columns, into: "original_readings")),
        ]
    }

    private static let twins = """
        INSERT INTO twins (device_id, position, body)
        SELECT device, place, twin::json FROM unnest($1::text[], $2::bigint[], $3::text[]) AS given (device, place, twin)
        ON CONFLICT (device_id) DO UPDATE SET position = excluded.position, body = excluded.body
        WHERE twins.position <= excluded.position
        """

    private static let snapshots = """
        INSERT INTO twin_snapshots (device_id, position, first_position, taken_at, body)
        SELECT device, place, nullif(first_place, -1), from_unix_ms(taken), twin::json
        FROM unnest($1::text[], $2::bigint[], $3::bigint[], $4::bigint[], $5::text[])
            AS given (device, place, first_place, taken, twin)
        ON CONFLICT (device_id, position) DO UPDATE
        SET first_position = excluded.first_position, taken_at = excluded.taken_at, body = excluded.body
        """

    private static let turns = """
        INSERT INTO clock_turns (position, received_at)
        SELECT place, from_unix_ms(received) FROM unnest($1::bigint[], $2::bigint[]) AS given (place, received)
        ON CONFLICT DO NOTHING
        """
}
