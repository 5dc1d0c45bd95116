import Foundation
import TwinCore
import TwinRuntime

/// Reads the steps that rebuild some twins, in order, in pages of bounded size.
struct PastPages: Sendable {
    /// The most facts, and the most samples, of one page.
    private static let rows = 5_000
    /// How many places one page looks at, at first, at least and at most.
    private static let places: (first: Int64, range: ClosedRange<Int64>) = (50_000, 10_000...10_000_000)

    private let link: PostgresLink
    private let line: JournalLine
    private let devices: (first: String, last: String)
    private let sensors: [Int64: StoredSensor]
    private var bases: PastBases?
    private let runs: (after: Int64, through: Int64)
    /// What is still to be read, in order.
    private var parts: [JournalLine.Places]
    private var width = places.first

    /// Finds out where to begin.
    init(
        of devices: [DeviceID], through end: Int64, _ journal: PastJournal, _ link: PostgresLink
    ) async throws {
        self.link = link
        line = journal.line
        self.devices = (devices.first?.description ?? "", devices.last?.description ?? "")
        guard !devices.isEmpty else {
            (sensors, parts, runs) = ([:], [], (0, 0))
            return
        }
        let bases = try await PastBases(of: devices, through: end, journal, link)
        self.bases = bases
        let start = min(end, bases.through)
        runs = (bases.oldest, start)
        parts = line.places(after: start, through: end)
        sensors = try await Self.sensors(self.devices, link)
    }

    /// The next steps; `nil` when there are none any more.
    mutating func next() async throws -> [PastStretch.Step]? {
        if let bases {
            self.bases = nil
            // Runs may have begun where none of the devices spoke.
            return bases.twins.map { .snapshot($0.twin, lastSequence: line.sequence(of: $0.position)) }
                + (try await runsBegun())
        }
        guard let part = parts.first else { return nil }
        let end = min(part.through, part.after + width)
        let facts = try await facts(
            after: part.after, through: end, "(device_id IS NULL OR device_id BETWEEN $4 AND $5)")
        let samples = try await samples(after: part.after, through: end)
        // Both lists may be cut; what lies behind the end of a cut one waits for the next page.
        let ends = [facts, samples].compactMap { $0.count == Self.rows ? $0.last?.position : nil }
        let through = ends.min() ?? end
        parts[0] = JournalLine.Places(after: through, through: part.through)
        if through == part.through { parts.removeFirst() }
        let isSparse = facts.count + samples.count < Self.rows / 2
        let width = isSparse ? width * 2 : ends.isEmpty ? width : width / 2
        self.width = min(max(width, Self.places.range.lowerBound), Self.places.range.upperBound)
        return (facts + samples).filter { $0.position <= through }.sorted { $0.position < $1.position }
            .map { .fact($0.fact, sequence: line.sequence(of: $0.position)) }
    }

    /// The beginnings of runs between the oldest twin and the first page.
    private func runsBegun() async throws -> [PastStretch.Step] {
        var steps: [PastStretch.Step] = []
        for part in line.places(after: runs.after, through: runs.through) {
            let facts = try await facts(
                after: part.after, through: part.through,
                "device_id IS NULL AND kind = 'site.run_started' AND $4::text <= $5::text")
            steps += facts.map { .fact($0.fact, sequence: line.sequence(of: $0.position)) }
        }
        return steps
    }

    private func facts(
        after low: Int64, through high: Int64, _ condition: String
    ) async throws -> [(position: Int64, fact: Fact)] {
        let rows = try await link.query(
            """
            SELECT position, event_time, uptime_ms, device_id, body::text FROM facts
            WHERE position > $1 AND position <= $2 AND \(condition) ORDER BY position LIMIT $3
            """,
            [
                .integer(low), .integer(high), .integer(Int64(Self.rows)), .text(devices.first), .text(devices.last),
            ], deadlineMilliseconds: PostgresPast.deadlineMilliseconds)
        let decoder = JSONDecoder()
        return try (0..<rows.count).map { row in
            let position = try rows.wholeNumber(row, 0)
            let moment = Moment(
                time: try rows.moment(row, 1), uptime: Uptime(milliseconds: try rows.wholeNumber(row, 2)))
            do {
                let event = try decoder.decode(Event.self, from: Data(try rows.words(row, 4).utf8))
                return (
                    position, Fact(device: try rows.text(row, 3).flatMap { DeviceID($0) }, moment: moment, event: event)
                )
            } catch {
                throw PostgresFailure(.misused, "row position=\(position) of facts cannot be read: \(error)")
            }
        }
    }

    private func samples(
        after low: Int64, through high: Int64
    ) async throws -> [(position: Int64, fact: Fact)] {
        guard !sensors.isEmpty else { return [] }
        let rows = try await link.query(
            Self.sampleQuery,
            [.integer(low), .integer(high), .integers(sensors.keys.sorted()), .integer(Int64(Self.rows))],
            deadlineMilliseconds: PostgresPast.deadlineMilliseconds)
        return try (0..<rows.count).map { row in
            guard let sensor = sensors[try rows.wholeNumber(row, 0)] else {
                throw PostgresFailure(.misused, "a reading of a sensor that was not asked for")
            }
            let sample = try ReadingColumns.sample(rows, row, from: 1, unit: sensor.unit)
            let moment = try ReadingColumns.moment(rows, row, from: 1)
            return (
                try rows.wholeNumber(row, 3),
                Fact(device: sensor.device, moment: moment, event: .sensor(sensor.key, .sampled(sample)))
            )
        }
    }

    private static func sensors(
        _ devices: (first: String, last: String), _ link: PostgresLink
    ) async throws -> [Int64: StoredSensor] {
        let rows = try await link.query(
            """
            SELECT sensor_id, device_id, gpio, sensor_type, address, unit FROM sensors
            WHERE device_id BETWEEN $1 AND $2
            """, [.text(devices.first), .text(devices.last)])
        var sensors: [Int64: StoredSensor] = [:]
        for row in 0..<rows.count {
            let sensor = try PostgresHistoryStore.sensor(rows, row)
            sensors[sensor.number] = sensor
        }
        return sensors
    }

    /// Samples as they were before they were ever computed again, in the order of ``ReadingColumns/list``.
    private static let sampleQuery: String = {
        let changed = ["processed_value", "quality", "model_version", "calibration", "unit"]
        let columns = ReadingColumns.list.split(separator: ", ").map { column in
            let name = column.prefix { $0 != ":" }
            let type = column.dropFirst(name.count)
            return changed.contains(String(name))
                ? "(CASE WHEN original.position IS NULL THEN reading.\(name) ELSE original.\(name) END)\(type)"
                : "reading.\(column)"
        }
        return """
            SELECT reading.sensor_id, \(columns.joined(separator: ", "))
            FROM sensor_readings AS reading LEFT JOIN original_readings AS original USING (position)
            WHERE reading.position > $1 AND reading.position <= $2 AND reading.sensor_id = ANY ($3)
            ORDER BY reading.position LIMIT $4
            """
    }()
}
