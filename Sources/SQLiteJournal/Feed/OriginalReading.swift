import GRDB
import TwinCore
import TwinRuntime

/// What a sample was before it was ever computed again: one row of `original_readings`.
struct OriginalReading {
    /// The columns, in the order in which they are read.
    static let columns = "sequence, value, unit, quality, model, calibration"

    let sequence: Int64
    private let value: Double?
    private let unit: String?
    private let quality: Int64
    private let model: Int64?
    private let calibration: Int64?

    init(_ row: Row) {
        sequence = row[0]
        value = row[1]
        unit = row[2]
        quality = row[3]
        model = row[4]
        calibration = row[5]
    }

    /// The sample as it was.
    ///
    /// - Parameters:
    ///   - sample: The sample as it is.
    ///   - usualUnit: The unit of a row that names none.
    func sample(of sample: Sample, usualUnit: String) throws(JournalFailure) -> Sample {
        guard let quality = Quality(column: quality) else {
            throw .unreadable("row sequence=\(sequence) of original_readings", ColumnFault("quality", quality))
        }
        var original = sample
        original.value = value
        original.unit = unit.map { StoredText.text($0) } ?? usualUnit
        original.quality = quality
        original.model = model.map {
            ModelStamp(
                version: UInt32(truncatingIfNeeded: $0), calibration: UInt32(truncatingIfNeeded: calibration ?? 0))
        }
        return original
    }
}
