import TwinCore
import TwinRuntime

/// Which number a sensor of the journal has in PostgreSQL.
///
/// Rows of `sensors` are never removed or renumbered, so what was looked up once holds until something fails: the server
/// that comes back may have lost its last rows, and have given their numbers to other sensors.
struct FeedSensors: Sendable {
    /// A sensor in PostgreSQL.
    struct Known: Sendable {
        let number: Int32
        /// The unit in which its readings are stored; those in another say so.
        let unit: String
    }

    private var known: [Int64: Known] = [:]

    /// A sensor by the journal's number.
    subscript(_ number: Int64) -> Known? { known[number] }

    /// Looks up what is not known yet, and makes what is not there yet.
    mutating func learn(_ sensors: [StoredSensor], through link: PostgresLink) async throws(PostgresFailure) {
        let new = sensors.filter { known[$0.number] == nil }
        guard !new.isEmpty else { return }
        let names: [PostgresValue] = [
            .texts(new.map { $0.device.description }), .integers(new.map { Int64($0.key.gpio.number) }),
            .texts(new.map { StoredText.column($0.key.type) }), .texts(new.map { $0.key.address.column }),
        ]
        let units = PostgresValue.texts(new.map { StoredText.column($0.unit) })
        let results = try await link.transaction(
            [.statement(FeedStatements.makeSensors, names + [units]), .statement(FeedStatements.findSensors, names)],
            deadlineMilliseconds: HistoryFeed.deadlineMilliseconds)
        let rows = results[1]
        for row in 0..<rows.count {
            guard let place = try rows.integer(row, 0), let number = try rows.integer(row, 1),
                let unit = try rows.text(row, 2)
            else { throw PostgresFailure(.misused, "a row of sensors lacks its number or its unit") }
            known[new[Int(place) - 1].number] = Known(number: Int32(number), unit: StoredText.text(unit))
        }
        if let lost = new.first(where: { known[$0.number] == nil }) {
            throw PostgresFailure(.misused, "the sensor \(lost.key.id) of \(lost.device) cannot be found in PostgreSQL")
        }
    }
}
