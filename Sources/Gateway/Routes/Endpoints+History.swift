import FoundationEssentials
import Hummingbird
import TwinCore
import TwinRuntime

extension Endpoints {
    /// Answers `GET /api/v1/twins/{device}/sensors/{gpio}/history`: newest first.
    @Sendable func history(_ request: Request, _ context: GatewayContext) async throws -> Response {
        let path = PathReader(context)
        let (device, gpio) = (try path.device(), try path.gpio())
        var query = QueryReader(request, known: ["type", "from", "to", "limit", "cursor"])
        let type = query.text("type")
        let (from, to) = (query.time("from"), query.time("to"))
        let limit = query.integer("limit", in: 1...GatewayLimits.samples, otherwise: GatewayLimits.defaultSamples)
        let place = query.read("cursor", expected: "next_cursor of an earlier answer") { HistoryPlace(cursor: $0) }
        try query.finish()
        let view = try await view(device)
        let wanted = type.map { view.catalogue.sensorKind($0)?.name ?? $0 }
        let kinds = Set(view.snapshot.sensors.lazy.map(\.key).filter { $0.gpio == gpio }.map(\.type))
        // A row does not say of which kind it is; the question or the pin does, if it carries only one.
        let kind = wanted ?? (kinds.count == 1 ? kinds.first : nil)
        let end = [to, place?.end].compactMap { $0 }.min()
        let skipped = place?.skipped ?? 0
        // One more than asked for tells whether there is a next page.
        let samples = try await service.history.samples(
            SampleQuery(
                device: device, gpio: gpio, type: wanted, from: from,
                to: end, limit: skipped + limit + 1)
        ).map(\.sample)
        let page = samples.dropFirst(skipped).prefix(limit)
        let next = samples.count > skipped + limit ? HistoryPlace(after: page, from: place) : nil
        return .json([
            "items": .array(page.map { $0.json(kind: kind) }), "next_cursor": JSONValue(next?.cursor),
        ])
    }

    /// Answers `GET /api/v1/dead-letters`.
    @Sendable func deadLetters(_ request: Request, _ context: GatewayContext) async throws -> Response {
        var query = QueryReader(request, known: ["limit"])
        let limit = query.integer(
            "limit", in: 1...GatewayLimits.deadLetters, otherwise: GatewayLimits.defaultDeadLetters)
        try query.finish()
        let report = try await service.history.deadLetters(limit: limit)
        let counts = report.counts.sorted { $0.reason.rawValue < $1.reason.rawValue }
        return .json([
            "counts": .object(counts.map { .init(name: $0.reason.rawValue, value: JSONValue($0.count)) }),
            "items": .array(report.items.map(\.json)),
        ])
    }
}

/// Where in a history a page ended.
///
/// Samples have no number of their own, and several may share a time. So a place is a time, exclusive, and how many of
/// the samples right below it were shown already.
struct HistoryPlace: Equatable {
    /// Samples before this time are still to come.
    let end: UnixTime
    /// Except so many.
    let skipped: Int

    init(end: UnixTime, skipped: Int) {
        self.end = end
        self.skipped = skipped
    }

    /// The place behind a page that began at `place`; `nil` when too many samples share one time to go on.
    init?(after page: ArraySlice<Sample>, from place: HistoryPlace?) {
        guard let last = page.last?.eventTime else { return nil }
        let end = last.advanced(byMilliseconds: 1)
        let shared = page.reversed().prefix { $0.eventTime == last }.count
        let earlier = place?.end == end ? place?.skipped ?? 0 : 0
        guard shared + earlier < GatewayLimits.samples else { return nil }
        self.init(end: end, skipped: shared + earlier)
    }

    /// Reads a place; `nil` for a text that is none.
    init?(cursor: String) {
        let parts = (Cursor.decode(cursor) ?? "").split(separator: "+", omittingEmptySubsequences: false)
        guard parts.count == 2, let milliseconds = Int64(parts[0]), let skipped = Int(parts[1]),
            (0..<GatewayLimits.samples).contains(skipped)
        else { return nil }
        self.init(end: UnixTime(milliseconds: milliseconds), skipped: skipped)
    }

    /// The place as a client gets it.
    var cursor: String { Cursor.encode("\(end.milliseconds)+\(skipped)") }
}
