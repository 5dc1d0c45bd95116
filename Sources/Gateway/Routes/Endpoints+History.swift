import Hummingbird
import TwinCore
import TwinRuntime

extension Endpoints {
    /// Answers `GET /api/v1/twins/{device}/sensors/{gpio}/history`: a page, or all of it as a file.
    @Sendable func history(_ request: Request, _ context: GatewayContext) async throws -> Response {
        let path = PathReader(context)
        let (device, gpio) = (try path.device(), try path.gpio())
        var query = QueryReader(request, known: SeriesRequest.names + HistoryQuestion.names + ["format"])
        let form = query.word("format", of: HistoryForm.self) ?? HistoryForm(accepted: request.headers)
        let series = SeriesRequest(device: device, gpio: gpio, &query)
        let question = HistoryQuestion(&query, isDownload: form != .json)
        if form != .json {
            for name in ["limit", "cursor"] where query.has(name) {
                query.note(name, "a download has no pages", expected: "no such parameter, or format=json")
            }
        }
        try query.finish()
        let view = try await view(device)
        guard form != .json else {
            let plan = try await HistoryPlan(series, question, of: view, in: service.history)
            return .json(try await plan.answer())
        }
        guard let seat = downloadSeats.take() else { throw Problem.tooManyDownloads(downloadSeats.capacity) }
        let plan = try await HistoryPlan(series, question, of: view, in: service.history)
        return try await Download(
            plan: plan, form: form, seat: seat, logger: context.logger, requestID: context.requestID
        ).response()
    }

    /// Answers `GET /api/v1/twins/{device}/sensors/{gpio}/statistics`.
    @Sendable func statistics(_ request: Request, _ context: GatewayContext) async throws -> Response {
        let path = PathReader(context)
        let (device, gpio) = (try path.device(), try path.gpio())
        var query = QueryReader(request, known: ["type", "address", "from", "to"])
        let series = SeriesRequest(device: device, gpio: gpio, &query)
        var question = HistoryQuestion(&query)
        try query.finish()
        question.choice = .buckets(.month)
        let plan = try await HistoryPlan(series, question, of: try await view(device), in: service.history)
        var buckets: [Bucket] = []
        if let sensor = plan.sensors.first, let span = plan.span, !span.isEmpty {
            buckets = try await service.history.buckets(
                BucketQuery(sensor: sensor, resolution: .month, span: span))
        }
        let statistics = Statistics(buckets)
        let head: JSONValue = [
            "device": .string(device.description), "gpio": .integer(Int64(gpio.number)),
            "sensors": .array(plan.sensors.map(\.json)), "from": JSONValue(plan.from), "to": JSONValue(plan.to),
        ]
        let others = JSONValue.Member(name: "other_units", value: .array(statistics.others))
        return .json(head.adding(statistics.latest + [others]))
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

extension Problem {
    /// All places for downloads are taken.
    fileprivate static func tooManyDownloads(_ capacity: Int) -> Problem {
        .unavailable("too-many-downloads", "\(capacity) downloads are under way already; pages work as ever")
    }
}
