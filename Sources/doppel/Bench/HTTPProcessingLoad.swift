import AsyncHTTPClient
import KaiserProtocol
import NIOCore
import NIOHTTP1

/// Requests to process raw values over HTTP, at a constant rate that waits for no answer.
struct HTTPProcessingLoad {
    /// How long an answer may take, in seconds.
    private static let patienceSeconds: Int64 = 10
    /// The longest answer that is taken, in bytes.
    private static let maximumBytes = 1 << 16

    let url: String
    let plan: ProcessingLoad.Plan

    private struct Answer: Sendable {
        var milliseconds: Double
        var endedAt: Int64
        var isSuccess: Bool
    }

    func run() async throws -> ProcessingLoadResult {
        let clock = ContinuousClock()
        let begun = (instant: clock.now, at: BenchClock.now)
        let answers = await withTaskGroup(of: Answer?.self) { group in
            for number in 0..<plan.rate * plan.seconds {
                let due = begun.instant + .nanoseconds(Int64(number) * 1_000_000_000 / Int64(plan.rate))
                if clock.now < due { try? await clock.sleep(until: due, tolerance: .zero) }
                group.addTask { try? await ask(number) }
            }
            return await group.reduce(into: []) { $0.append($1) }
        }
        let came = answers.compactMap(\.self)
        var result = ProcessingLoadResult()
        result.sent = answers.count
        result.answered = came.count
        result.failed = came.count { !$0.isSuccess }
        result.roundTrip = Spread(of: came.map(\.milliseconds))
        if let end = came.map(\.endedAt).max(), end > begun.at {
            result.answersPerSecond = Double(came.count) * 1e9 / Double(end - begun.at)
        }
        return result
    }

    private func ask(_ number: Int) async throws -> Answer {
        let question = ProcessingLoad.questions[number % ProcessingLoad.questions.count]
        var request = HTTPClientRequest(url: url)
        request.method = .POST
        request.headers.add(name: "content-type", value: "application/json")
        let text = """
            {"gpio":\(question.gpio),"sensor_type":"\(question.type)","raw_value":\(question.raw)}
            """
        request.body = .bytes(Array(text.utf8))
        let sentAt = BenchClock.now
        let response = try await HTTPClient.shared.execute(request, timeout: .seconds(Self.patienceSeconds))
        let body = try await response.body.collect(upTo: Self.maximumBytes)
        let endedAt = BenchClock.now
        let bytes = Array(body.readableBytesView)
        let isSuccess = try JSONObject(bytes.span).text("status", in: bytes.span) == "ok"
        return Answer(milliseconds: Double(endedAt - sentAt) / 1e6, endedAt: endedAt, isSuccess: isSuccess)
    }
}
