import TwinCore
import TwinRuntime

/// A question about one pin or sensor with everything decided that it left open.
struct HistoryPlan: Sendable {
    /// Whose history.
    let request: SeriesRequest
    /// What is asked of it.
    let question: HistoryQuestion
    /// The kind asked for, by its canonical word.
    let kind: String?
    /// The sensors that it is the history of.
    let sensors: [StoredSensor]
    /// The resolution in force; `nil` for samples.
    let resolution: Resolution?
    /// The earliest event time wanted; `nil` for any.
    let from: UnixTime?
    /// The event time up to which values are wanted; `nil` for any.
    let to: UnixTime?
    /// Where the page before ended.
    let place: HistoryCursor.Place?
    /// Who answers.
    let store: any HistoryStore

    /// Decides what a question leaves open.
    ///
    /// - Throws: ``Problem`` when no sensor is meant, or one of several.
    init(
        _ request: SeriesRequest, _ question: HistoryQuestion, of view: TwinView, in store: any HistoryStore
    ) async throws {
        self.request = request
        self.question = question
        self.store = store
        kind = request.kind(in: view.catalogue)
        sensors = try await request.sensors(kind, in: store)
        guard !sensors.isEmpty || request.isShown(kind, by: view) else {
            throw await request.unknown(kind, of: view, in: store)
        }
        let isOfOneSensor = question.choice != .raw || question.smooth != nil
        let sensor = isOfOneSensor ? try request.onlySensor(of: sensors) : nil
        if let cursor = request.cursor {
            guard cursor.question == Self.checksum(question, request, kind) else { throw Problem.foreignCursor }
            (from, to, place) = (cursor.from, cursor.to, cursor.place)
            resolution = cursor.resolution
            return
        }
        place = nil
        guard question.choice != .raw, let sensor else {
            (from, to) = (question.from, question.to)
            resolution = question.choice.fixed
            return
        }
        let span = try await Self.span(of: sensor, question, in: store)
        (from, to) = (span?.lowerBound ?? question.from, span?.upperBound ?? question.to)
        resolution = try await Self.resolution(for: span, of: sensor, question, in: store)
    }

    /// The span of the whole question; `nil` for that of samples whose ends are open, or of no samples.
    var span: Range<UnixTime>? {
        guard let from, let to, from <= to else { return nil }
        return from..<to
    }

    /// What belongs to a question, and must be the same on its next page.
    var checksum: UInt32 { Self.checksum(question, request, kind) }

    private static func checksum(_ question: HistoryQuestion, _ request: SeriesRequest, _ kind: String?) -> UInt32 {
        let whose = "\(request.device) \(request.gpio) \(kind ?? "-") \(request.address?.word ?? "-")"
        return CRC32.of("\(whose) \(question.text)".utf8)
    }

    /// The span asked for; where the caller left an end open, up to the first or last sample.
    private static func span(
        of sensor: StoredSensor, _ question: HistoryQuestion, in store: any HistoryStore
    ) async throws -> Range<UnixTime>? {
        if let from = question.from, let to = question.to { return from..<to }
        guard let extent = try await store.span(of: sensor) else { return nil }
        if let from = question.from { return from..<max(from, extent.upperBound) }
        if let to = question.to { return min(to, extent.lowerBound)..<to }
        return extent
    }

    /// The resolution asked for; of the automatic ones, samples where they fit, or the finest that fits.
    private static func resolution(
        for span: Range<UnixTime>?, of sensor: StoredSensor, _ question: HistoryQuestion, in store: any HistoryStore
    ) async throws -> Resolution? {
        guard question.choice == .automatic, let span else { return question.choice.fixed }
        // Who asks for aggregates or for no gaps wants buckets, however few samples there are.
        if question.aggregates == nil, question.fill == .none {
            let samples = try await store.samples(
                SampleQuery(
                    device: sensor.device, gpio: sensor.key.gpio, type: sensor.key.type, address: sensor.key.address,
                    from: span.lowerBound, to: span.upperBound, limit: question.limit + 1))
            if samples.count <= question.limit { return nil }
        }
        return store.calendar.finest(for: span, atMost: question.limit)
    }
}

extension ResolutionChoice {
    /// The buckets asked for by name; `nil` for samples, and for the automatic choice of a history without any.
    fileprivate var fixed: Resolution? { if case .buckets(let resolution) = self { resolution } else { nil } }
}

extension Problem {
    /// The cursor is one of another answer.
    static let foreignCursor = Problem.invalid(
        "cursor", "belongs to another question",
        expected: "the next_cursor of an answer to this question; of all parameters only limit may change")
}
