import HTTPTypes
import Hummingbird
import NIOCore
import ServiceLifecycle
import TwinCore
import TwinRuntime

extension Endpoints {
    /// Answers `GET /api/v1/events`: facts as server-sent events, as they become durable.
    @Sendable func events(_ request: Request, _ context: GatewayContext) async throws -> Response {
        var query = QueryReader(request, known: ["device"])
        let device = query.read("device", expected: "a device id") { DeviceID($0) }
        try query.finish()
        guard let seat = seats.take() else {
            throw Problem.unavailable("too-many-watchers", "\(GatewayLimits.watchers) clients watch already")
        }
        let watch = EventWatch(
            facts: service.watch(), device: device, heartbeat: heartbeat, seat: seat, channel: context.channel)
        let body = ResponseBody { writer in
            async let _: Void = watch.collect()
            async let _: Void = watch.beat()
            async let _: Void = watch.endOnShutdown()
            async let _: Void = watch.endOnDeparture(of: request.body)
            try await writer.write(EventWatch.greeting)
            for await item in watch.queue.items {
                try await writer.write(EventWatch.text(item))
                watch.queue.noteProgress()
            }
            try await writer.finish(nil)
        }
        return Response(
            status: .ok,
            headers: [
                .contentType: "text/event-stream", .cacheControl: "no-store", .xAccelBuffering: "no",
            ],
            body: body)
    }
}

extension HTTPField.Name {
    /// Tells proxies not to hold events back.
    fileprivate static let xAccelBuffering = HTTPField.Name("X-Accel-Buffering")!
}

/// One client that watches events.
struct EventWatch: Sendable {
    /// What happens.
    let facts: AsyncStream<Fact>
    /// Whose facts are wanted; `nil` for all.
    let device: DeviceID?
    /// How often the client hears something.
    let heartbeat: Duration
    /// Held as long as the client watches.
    let seat: WatcherSeats.Seat
    /// The client's connection.
    let channel: any Channel
    /// What waits for the client.
    let queue = EventQueue(limit: GatewayLimits.waitingEvents)

    /// After how many milliseconds a browser tries again when the stream broke.
    private static let retryMilliseconds = 2000

    /// What the client hears at once, so that it knows that it is heard.
    static var greeting: ByteBuffer { ByteBuffer(string: "retry: \(retryMilliseconds)\n: watching\n\n") }

    /// Puts the wanted facts into the queue until the runtime ends them, and ends the queue then.
    func collect() async {
        var number: UInt64 = 0
        for await fact in facts where device == nil || fact.device == nil || fact.device == device {
            number += 1
            queue.add(fact, number: number)
        }
        queue.finish()
    }

    /// Puts heartbeats into the queue; closes the connection of a client that takes none.
    func beat() async {
        while true {
            do { try await Task.sleep(for: heartbeat) } catch { return }
            if !queue.addHeartbeat() {
                channel.close(promise: nil)
                return
            }
        }
    }

    /// Ends the queue when the gateway shuts down.
    func endOnShutdown() async {
        try? await gracefulShutdown()
        queue.finish()
    }

    /// Ends the queue when the client closes its side of the connection.
    func endOnDeparture(of body: RequestBody) async {
        let queue = queue
        try? await body.consumeWithInboundCloseHandler { _ in
            while true { try await Task.sleep(for: .seconds(3600)) }
        } onInboundClosed: {
            queue.finish()
        }
    }

    /// One item as it goes to the client.
    static func text(_ item: EventQueue.Item) -> ByteBuffer {
        switch item {
        case .heartbeat: ByteBuffer(string: ": alive\n\n")
        case .fact(let fact, let number):
            ByteBuffer(string: "id: \(number)\nevent: \(fact.kind)\ndata: \(fact.json.text)\n\n")
        }
    }
}
