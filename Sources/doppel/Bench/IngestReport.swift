import Foundation

/// What `doppel bench ingest` prints.
struct IngestReport: Codable, Sendable {
    /// One measurement.
    struct Run: Codable, Sendable {
        /// Messages a second, from the first publication to the last one counted or stored.
        var perSecond: Double
        /// CPU seconds of the measured process for a million messages.
        var cpuSecondsPerMillion: Double
    }

    var devices: Int
    var messages: Int
    var runs: Int
    var baselinePerSecond: Double
    var doppelPerSecond: Double
    var ratio: Double
    var baselineCpuSecondsPerMillion: Double
    var doppelCpuSecondsPerMillion: Double
    var loopLagP99Microseconds: Double
    var residentMemoryBytes: Double
    var storedSamples: Int
    var baselineRuns: [Run]
    var doppelRuns: [Run]

    /// One JSON object, for scripts.
    var json: String { get throws { try Self.json(self) } }

    /// What a benchmark reports, as one JSON object.
    static func json(_ report: some Encodable) throws -> String {
        let encoder = JSONEncoder()
        encoder.keyEncodingStrategy = .convertToSnakeCase
        encoder.outputFormatting = [.prettyPrinted, .sortedKeys]
        return String(decoding: try encoder.encode(report), as: UTF8.self)
    }

    /// The middle one of some numbers.
    static func median(_ numbers: [Double]) -> Double {
        let sorted = numbers.sorted()
        let middle = sorted.count / 2
        return sorted.count % 2 == 1 ? sorted[middle] : (sorted[middle - 1] + sorted[middle]) / 2
    }
}
