import TwinCore
import TwinRuntime

/// What is asked of one or several histories.
struct HistoryQuestion: Sendable {
    /// The earliest event time wanted, inclusive.
    var from: UnixTime?
    /// The event time up to which values are wanted, exclusive.
    var to: UnixTime?
    /// In which resolution.
    var choice = ResolutionChoice.raw
    /// What is shown of buckets; `nil` when the caller did not say, which means everything.
    var aggregates: [Aggregate]?
    /// What is shown for empty buckets.
    var fill = Fill.none
    /// Over how many items a moving average goes; `nil` for none.
    var smooth: Int?
    /// Which end comes first.
    var order: HistoryOrder
    /// How many items one page has at most.
    var limit: Int

    /// The names of what is read.
    static let names = ["from", "to", "resolution", "aggregate", "fill", "smooth", "order", "limit"]

    /// Reads a question, and notes what does not go together.
    ///
    /// - Parameter isDownload: Whether the answer is a file, which people read from the top.
    init(_ reader: inout some ParameterReader, isDownload: Bool = false) {
        (from, to) = (reader.time("from"), reader.time("to"))
        let words = ResolutionChoice.words.joined(separator: ", ")
        choice = reader.read("resolution", expected: "one of \(words)") { ResolutionChoice(word: $0) } ?? .raw
        aggregates = Self.aggregates(&reader)
        fill = reader.word("fill", of: Fill.self) ?? .none
        smooth = reader.integer("smooth", in: 1...GatewayLimits.smoothedItems)
        order = reader.word("order", of: HistoryOrder.self) ?? (isDownload ? .oldestFirst : .newestFirst)
        let usual = choice == .raw ? GatewayLimits.defaultSamples : GatewayLimits.defaultBuckets
        limit = reader.integer("limit", in: 1...GatewayLimits.samples, otherwise: usual)
        noteContradictions(&reader)
    }

    /// What a moving average is taken of: the first of the aggregates that are shown.
    var shown: Aggregate { aggregates?.first ?? .mean }

    /// The question without how much of the answer a page shows; equal texts are equal questions.
    var text: String {
        [
            from?.rfc3339 ?? "-", to?.rfc3339 ?? "-", choice.word,
            aggregates.map { $0.map(\.rawValue).joined(separator: ",") } ?? "-", fill.rawValue,
            smooth.map(String.init) ?? "-", order.rawValue,
        ].joined(separator: " ")
    }

    private static func aggregates(_ reader: inout some ParameterReader) -> [Aggregate]? {
        let words = Aggregate.allCases.map(\.rawValue).joined(separator: ", ")
        return reader.read("aggregate", expected: "one or several of \(words), each once, joined by commas") { text in
            let parts = text.split(separator: ",", omittingEmptySubsequences: false)
            let aggregates = parts.compactMap { Aggregate(rawValue: String($0)) }
            return aggregates.count == parts.count && Set(aggregates).count == parts.count ? aggregates : nil
        }
    }

    private func noteContradictions(_ reader: inout some ParameterReader) {
        if let from, let to, from > to {
            reader.note("from", "\(from.rfc3339) is after 'to', \(to.rfc3339)", expected: "a time before 'to'")
        }
        guard choice == .raw else { return }
        let expected = "a resolution of buckets with it, such as resolution=1h, or resolution=auto"
        if aggregates != nil { reader.note("aggregate", "samples themselves are not aggregated", expected: expected) }
        if fill != .none { reader.note("fill", "between samples there are no empty buckets", expected: expected) }
    }
}
