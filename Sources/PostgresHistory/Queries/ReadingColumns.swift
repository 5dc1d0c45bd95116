import TwinCore

/// One row of `sensor_readings` as it is asked for and read.
enum ReadingColumns {
    /// What is asked for, in the order in which it is read.
    static let list = """
        event_time, receipt_time, position, digest, uptime_ms, raw_value, processed_value, quality::text, \
        model_version, calibration, reported_quality::text, is_timely, claimed_ms, fact_time, companion_celsius, \
        error_code, unit
        """
    /// How many there are.
    static let count = 17

    /// Reads the sample of a row.
    ///
    /// - Parameters:
    ///   - first: The column at which ``list`` begins.
    ///   - unit: The unit of a reading that names none.
    static func sample(
        _ rows: PostgresRows, _ row: Int, from first: Int = 0, unit: String
    ) throws(PostgresFailure) -> Sample {
        let eventTime = try rows.moment(row, first)
        let receiptTime = try rows.moment(row, first + 1)
        let version = try rows.integer(row, first + 8)
        let calibration = try rows.integer(row, first + 9) ?? 0
        let claimed = try rows.integer(row, first + 12)
        let ownUnit = try rows.text(row, first + 16)
        return Sample(
            raw: try rows.number(row, first + 5), value: try rows.double(row, first + 6),
            unit: ownUnit.map { StoredText.text($0) } ?? unit,
            quality: try quality(rows.words(row, first + 7)), eventTime: eventTime, receiptTime: receiptTime,
            claimedTime: claimed.map { UnixTime(milliseconds: $0) } ?? eventTime,
            digest: UInt64(bitPattern: try rows.wholeNumber(row, first + 3)),
            errorCode: try rows.integer(row, first + 15).map { Int($0) }, isTimely: try rows.truth(row, first + 11),
            reportedQuality: try rows.text(row, first + 10).map(quality),
            model: version.map {
                ModelStamp(
                    version: UInt32(truncatingIfNeeded: $0), calibration: UInt32(truncatingIfNeeded: calibration))
            }, companionCelsius: try rows.double(row, first + 14))
    }

    /// Reads the moment of a row's fact.
    static func moment(_ rows: PostgresRows, _ row: Int, from first: Int = 0) throws(PostgresFailure) -> Moment {
        let received = try rows.moment(row, first + 1)
        return Moment(
            time: try rows.time(row, first + 13) ?? received,
            uptime: Uptime(milliseconds: try rows.wholeNumber(row, first + 4)))
    }

    /// Reads a word for a quality.
    static func quality(_ word: String) throws(PostgresFailure) -> Quality {
        guard let quality = Quality(rawValue: word) else {
            throw PostgresFailure(.misused, "a reading's quality is '\(word)', which this Doppel does not know")
        }
        return quality
    }
}
