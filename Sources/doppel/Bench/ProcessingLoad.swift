import EventLoop
import KaiserProtocol
import TwinRuntime

/// Devices that ask for raw values to be processed, and publish readings, at constant rates.
///
/// The load is open: it waits for no answer before it asks again, so a slow answer holds back nothing that would have
/// shown its slowness. Used on the loop only.
final class ProcessingLoad: @unchecked Sendable {
    /// How often what is due is sent, in milliseconds.
    private static let tickMilliseconds: Int64 = 1
    /// How long the last answers are waited for, in nanoseconds.
    private static let patienceNanoseconds: Int64 = 10_000_000_000
    /// How many sensors each device has on its bus, so that a sensor's value is told again only after a second.
    private static let sensorsOfDevice = 60
    /// What is asked for in turn: kinds of one value and, packed in one word, a chip of two.
    static let questions: [(type: String, gpio: Int, raw: Int)] = [
        ("ds18b20", 4, 348), ("moisture", 32, 2400), ("ph", 34, 1800), ("sht31", 21, 0x8000_6666),
    ]

    /// How much is asked and read.
    struct Plan: Sendable {
        var devices: Int
        /// Requests a second.
        var rate: Int
        /// Readings a second beside them.
        var readings: Int
        var seconds: Int
    }

    private let plan: Plan
    private let fleet: BenchFleet
    private let loop: EventLoop
    private var begunAt: Int64 = 0
    private var readingsSent = 0
    /// When each request was sent; 0 once it was answered.
    private var sentAt: [Int64] = []
    private var lastAnswerAt: Int64 = 0
    private var milliseconds: [Double] = []
    private var result = ProcessingLoadResult()
    private var onDone: (@Sendable (ProcessingLoadResult) -> Void)?

    init(_ plan: Plan, port: UInt16, on loop: EventLoop) {
        self.plan = plan
        self.loop = loop
        fleet = BenchFleet(devices: plan.devices, port: port, listeningTo: "pi_enhanced/response", on: loop)
        sentAt.reserveCapacity(plan.rate * plan.seconds)
        milliseconds.reserveCapacity(plan.rate * plan.seconds)
    }

    /// Connects every device and makes it known by a heartbeat.
    func connect(_ onReady: @escaping @Sendable () -> Void) {
        fleet.connect(BenchFleet.Ears(received: { self.hear($1) }), onReady)
    }

    /// Sends everything, and calls back when it is answered or the patience is over.
    func run(_ onDone: @escaping @Sendable (ProcessingLoadResult) -> Void) {
        self.onDone = onDone
        begunAt = BenchClock.now
        tick()
    }

    private func tick() {
        let elapsed = BenchClock.now - begunAt
        while isDue(sentAt.count, of: plan.rate, after: elapsed) { ask() }
        while isDue(readingsSent, of: plan.readings, after: elapsed) { read() }
        let span = Int64(plan.seconds) * 1_000_000_000
        let isAllAnswered = elapsed >= span && result.answered == result.sent
        if isAllAnswered || elapsed > span + Self.patienceNanoseconds { return finish() }
        _ = loop.schedule(afterMilliseconds: Self.tickMilliseconds) { self.tick() }
    }

    /// Whether the next of something is to be sent, when so many were and so many a second are to be.
    private func isDue(_ number: Int, of rate: Int, after elapsed: Int64) -> Bool {
        number < rate * plan.seconds && Int64(number) * 1_000_000_000 / Int64(max(rate, 1)) <= elapsed
    }

    private func ask() {
        let number = sentAt.count
        let question = Self.questions[number % Self.questions.count]
        sentAt.append(BenchClock.now)
        let wasTaken = fleet.send(
            number % plan.devices, "pi_enhanced/request",
            """
            {"gpio":\(question.gpio),"raw_value":\(question.raw),"type":"analog","sensor_type":"\(question.type)",\
            "request_id":"\(number)"}
            """)
        if wasTaken { result.sent += 1 } else { result.unsent += 1 }
    }

    private func read() {
        let turn = readingsSent / plan.devices
        let address = "28AA11BB22CC" + String(0x1000 + turn % Self.sensorsOfDevice, radix: 16).uppercased()
        let wasTaken = fleet.read(readingsSent % plan.devices, sequence: 1 + turn, address: address)
        readingsSent += 1
        if wasTaken { result.readingsSent += 1 }
    }

    private func hear(_ batch: InboundBatch) {
        let now = BenchClock.now
        for entry in batch.entries {
            let bytes = batch.bytes.span.extracting(entry.payload)
            guard let answer = try? JSONObject(bytes),
                let number = (try? answer.text("request_id", in: bytes)).flatMap({ Int($0) }),
                sentAt.indices.contains(number), sentAt[number] > 0
            else { continue }
            // An echo has no status.
            if (try? answer.text("status", in: bytes)) == "error" { result.failed += 1 }
            result.answered += 1
            milliseconds.append(Double(now - sentAt[number]) / 1e6)
            lastAnswerAt = now
            sentAt[number] = 0
        }
    }

    private func finish() {
        result.roundTrip = Spread(of: milliseconds)
        if lastAnswerAt > begunAt {
            result.answersPerSecond = Double(result.answered) * 1e9 / Double(lastAnswerAt - begunAt)
        }
        onDone?(result)
        onDone = nil
    }
}

/// What came of a load of requests, as its process tells it.
struct ProcessingLoadResult: Codable, Sendable {
    /// Requests that the connections took.
    var sent = 0
    /// Requests that they did not take.
    var unsent = 0
    var readingsSent = 0
    var answered = 0
    /// Answers that say why there is no value.
    var failed = 0
    /// Answers a second, from the first request to the last answer.
    var answersPerSecond = 0.0
    var roundTrip = Spread()
}
