import Hummingbird
import TwinCore
import TwinRuntime

extension Endpoints {
    /// Answers `POST /api/v1/history/query`: one question about several sensors.
    @Sendable func queryHistories(_ request: Request, _ context: GatewayContext) async throws -> Response {
        try QueryReader(request, known: []).finish()
        var body = try await BodyReader(request, known: ["series"] + HistoryQuestion.names)
        let series = Self.series(in: &body)
        var question = HistoryQuestion(&body)
        let most = GatewayLimits.queriedItems
        if let series, !series.isEmpty, !body.has("limit") { question.limit = min(question.limit, most / series.count) }
        if let series, series.count * question.limit > most {
            body.note(
                "limit", "\(question.limit) items of each of \(series.count) sensors are more than \(most)",
                expected: "at most \(most / series.count) with so many sensors")
        }
        try body.finish()
        guard let series else { preconditionFailure("missing series passed as \(body)") }
        let requestID = context.requestID
        let answers = try await Self.inOrder(series, atOnce: GatewayLimits.concurrentSeries) { [question] one in
            do {
                let view = try await view(one.device)
                return try await HistoryPlan(one, question, of: view, in: service.history).answer()
            } catch let problem as Problem {
                return one.json(failed: problem, requestID)
            } catch let error as ServiceError {
                return one.json(failed: Problem(error), requestID)
            }
        }
        return .json(["series": .array(answers)])
    }

    /// The sensors that are asked about.
    private static func series(in body: inout BodyReader) -> [SeriesRequest]? {
        let most = GatewayLimits.queriedSeries
        let expected = "a list of 1 to \(most) objects with device and gpio, and type and address where several fit"
        let given = body.required("series", expected: expected) { value -> [JSONValue]? in
            guard case .array(let elements) = value, (1...most).contains(elements.count) else { return nil }
            return elements
        }
        guard let given else { return nil }
        var series: [SeriesRequest] = []
        for (index, element) in given.enumerated() {
            let name = "series.\(index)"
            guard var one = try? BodyReader(element, known: ["device", "gpio"] + SeriesRequest.names) else {
                body.note(name, "\(element.text.prefix(100)) is not usable", expected: "an object with device and gpio")
                continue
            }
            let device = one.required("device", expected: #"a device's name such as "ESP_A1B2C3""#) {
                $0.asText.flatMap { DeviceID($0) }
            }
            let gpio = one.required("gpio", expected: "a whole number from 0 to \(GPIO.maximum)") {
                $0.asInteger.flatMap { GPIO($0) }
            }
            if let device, let gpio { series.append(SeriesRequest(device: device, gpio: gpio, &one)) }
            body.take(one, under: name)
        }
        return series
    }

    /// What `work` makes of each element, in their order, for so many at the same time.
    static func inOrder<Element: Sendable, Value: Sendable>(
        _ elements: [Element], atOnce most: Int, _ work: @escaping @Sendable (Element) async throws -> Value
    ) async throws -> [Value] {
        try await withThrowingTaskGroup(of: (Int, Value).self) { group in
            var values = [Value?](repeating: nil, count: elements.count)
            var rest = elements.enumerated().makeIterator()
            for _ in 0..<most {
                guard let (index, element) = rest.next() else { break }
                group.addTask { (index, try await work(element)) }
            }
            while let (index, value) = try await group.next() {
                values[index] = value
                if let (index, element) = rest.next() { group.addTask { (index, try await work(element)) } }
            }
            return values.compactMap { $0 }
        }
    }
}

extension SeriesRequest {
    /// What stands in place of a history that cannot be given.
    fileprivate func json(failed problem: Problem, _ requestID: String) -> JSONValue {
        [
            "device": .string(device.description), "gpio": .integer(Int64(gpio.number)), "type": JSONValue(type),
            "address": address?.json ?? .null, "error": problem.document(requestID: requestID),
        ]
    }
}
