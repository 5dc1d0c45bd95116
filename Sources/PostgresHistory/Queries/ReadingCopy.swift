import TwinCore
public import TwinRuntime

/// Readings on their way into `sensor_readings`, as binary `COPY` wants them.
public struct ReadingCopy: Sendable {
    /// The columns, in the order in which they are written.
    public static let columns = """
        event_time, receipt_time, position, digest, uptime_ms, raw_value, processed_value, sensor_id, quality, \
        processing_mode, model_version, calibration, reported_quality, is_timely, claimed_ms, fact_time, \
        companion_celsius, error_code, unit
        """
    private static let columnCount = 19

    private var writer = CopyWriter(columns: columnCount)

    /// How many rows there are.
    public var rows: Int { writer.rows }
    /// How many bytes there are.
    public var byteCount: Int { writer.byteCount }

    /// Begins with nothing.
    public init() {}

    /// Adds a row.
    ///
    /// - Parameters:
    ///   - reading: The sample as the journal stores it.
    ///   - position: Its place in the order of all journals.
    ///   - sensor: The sensor's number in PostgreSQL.
    ///   - usualUnit: The unit in which that sensor is stored there.
    public mutating func append(_ reading: FeedReading, position: Int64, sensor: Int32, usualUnit: String) {
        let sample = reading.sample
        writer.beginRow()
        writer.time(sample.eventTime)
        writer.time(sample.receiptTime)
        writer.integer8(position)
        writer.integer8(Int64(bitPattern: sample.digest))
        writer.integer8(reading.moment.uptime.milliseconds)
        writer.double(sample.raw)
        write(sample.value) { $0.double($1) }
        writer.integer4(sensor)
        writer.text(sample.quality.rawValue)
        writer.text(sample.processingMode.rawValue)
        write(sample.model?.version) { $0.integer4(Int32(bitPattern: $1)) }
        write(sample.model.flatMap { $0.calibration > 0 ? $0.calibration : nil }) { $0.integer4(Int32(bitPattern: $1)) }
        write(sample.reportedQuality) { $0.text($1.rawValue) }
        writer.boolean(sample.isTimely)
        write(sample.claimedTime == sample.eventTime ? nil : sample.claimedTime.milliseconds) { $0.integer8($1) }
        write(reading.moment.time == sample.receiptTime ? nil : reading.moment.time) { $0.time($1) }
        write(sample.companionCelsius) { $0.double($1) }
        write(sample.errorCode) { $0.integer8(Int64($1)) }
        write(sample.unit == usualUnit ? nil : StoredText.column(sample.unit)) { $0.text($1) }
    }

    /// Ends, and hands over the pieces.
    public consuming func finish() -> [[UInt8]] { writer.finish() }

    private mutating func write<Value>(_ value: Value?, _ write: (inout CopyWriter, Value) -> Void) {
        if let value { write(&writer, value) } else { writer.null() }
    }
}
