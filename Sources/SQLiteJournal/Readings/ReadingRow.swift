import GRDB
import TwinCore
import TwinRuntime

/// One row of `readings`: a sample, and the fact it came in.
struct ReadingRow {
    let sequence: Int64
    let sensor: Int64
    let moment: Moment
    let sample: Sample
    /// The sample's unit where it is not the sensor's usual one.
    let ownUnit: String?

    /// The columns, in the order in which they are written and read.
    static let columns = """
        sequence, sensor_id, claimed_ms, digest, event_ms, receipt_ms, fact_ms, uptime_ms, raw, value, unit, \
        quality, error_code, is_timely, reported_quality, model, calibration, companion
        """

    /// How many columns that are.
    static let columnCount = 18

    /// Reads a row that holds ``columns``.
    ///
    /// - Parameters:
    ///   - row: The row. The tables are strict, so each column holds its declared type or NULL.
    ///   - unit: The unit of a reading that names none.
    init(_ row: Row, unit: String) throws(JournalFailure) {
        sequence = row[0]
        sensor = row[1]
        let receipt = UnixTime(milliseconds: row[5])
        let received: Int64? = row[6]
        moment = Moment(
            time: received.map { UnixTime(milliseconds: $0) } ?? receipt, uptime: Uptime(milliseconds: row[7]))
        let number: Int64 = row[11]
        guard let quality = Quality(column: number) else {
            throw .unreadable("row sequence=\(sequence) of readings", ColumnFault("quality", number))
        }
        let isTimely: Int64 = row[13]
        let reported: Int64? = row[14]
        let version: Int64? = row[15]
        let calibration: Int64? = row[16]
        let errorCode: Int64? = row[12]
        let text: String? = row[10]
        ownUnit = text.map { StoredText.text($0) }
        sample = Sample(
            raw: row[8], value: row[9], unit: ownUnit ?? unit, quality: quality,
            eventTime: UnixTime(milliseconds: row[4]), receiptTime: receipt,
            claimedTime: UnixTime(milliseconds: row[2]), digest: UInt64(bitPattern: row[3]),
            errorCode: errorCode.map { Int($0) }, isTimely: isTimely != 0,
            reportedQuality: reported.flatMap { Quality(column: $0) },
            model: version.map {
                ModelStamp(
                    version: UInt32(truncatingIfNeeded: $0), calibration: UInt32(truncatingIfNeeded: calibration ?? 0))
            }, companionCelsius: row[17])
    }
}

extension ReadingRow {
    /// Stores readings, except those that are stored: same sensor, same claimed time, same digest.
    static let insertion = RowInsertion(
        "INSERT INTO readings (\(columns), seal)", columns: columnCount + 1,
        "ON CONFLICT (claimed_ms, sensor_id, digest) DO NOTHING")

    /// A row to be written.
    init(_ sample: Sample, sequence: Int64, sensor: Int64, at moment: Moment, ownUnit: String?) {
        self.sequence = sequence
        self.sensor = sensor
        self.moment = moment
        self.sample = sample
        self.ownUnit = ownUnit
    }

    /// Binds the values in the order of ``columns``, and the seal behind them; what is NULL is left out.
    func bind(_ place: RowInsertion.Place) {
        var row = SealedPlace(place)
        add(to: &row)
        place.bind(row.seal.value, 19)
    }

    /// What the row's seal should be.
    var seal: Int64 {
        var row = SealedPlace(nil)
        add(to: &row)
        return row.seal.value
    }

    private func add(to row: inout SealedPlace) {
        row.add(sequence, 1)
        row.add(sensor, 2)
        row.add(sample.claimedTime.milliseconds, 3)
        row.add(Int64(bitPattern: sample.digest), 4)
        row.add(sample.eventTime.milliseconds, 5)
        row.add(sample.receiptTime.milliseconds, 6)
        if moment.time != sample.receiptTime { row.add(moment.time.milliseconds, 7) }
        row.add(moment.uptime.milliseconds, 8)
        row.add(sample.raw, 9)
        if let value = sample.value { row.add(value, 10) }
        if let ownUnit { row.add(StoredText.column(ownUnit), 11) }
        row.add(sample.quality.column, 12)
        if let code = sample.errorCode { row.add(Int64(code), 13) }
        row.add(sample.isTimely ? Int64(1) : 0, 14)
        if let reported = sample.reportedQuality { row.add(reported.column, 15) }
        if let model = sample.model {
            row.add(Int64(model.version), 16)
            if model.calibration > 0 { row.add(Int64(model.calibration), 17) }
        }
        if let celsius = sample.companionCelsius { row.add(celsius, 18) }
    }
}
