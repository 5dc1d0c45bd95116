import HTTPTypes
import Hummingbird
import NIOCore
import ServiceLifecycle

/// Writes one client's outbox as server-sent events, for as long as both sides are there.
struct EventStream: Sendable {
    /// What waits for the client.
    let outbox: Outbox
    /// How often the client hears something.
    let heartbeat: Duration
    /// Held as long as the client watches.
    let seat: WatcherSeats.Seat
    /// The client's connection.
    let channel: any Channel

    /// After how many milliseconds a browser tries again when the stream broke.
    private static let retryMilliseconds = 2000
    /// What the client hears at once, so that it knows that it is heard.
    private static let greeting = ByteBuffer(string: "retry: \(retryMilliseconds)\n: watching\n\n")

    /// The answer that goes on until the client leaves or the gateway ends.
    ///
    /// - Parameter scoreboard: What is written when the scoreboard is new; `nil` for nothing.
    func response(
        to request: Request, scoreboard: @escaping @Sendable () -> [Event] = { [] }
    ) -> Response {
        let body = ResponseBody { writer in
            async let _: Void = outbox.beat(every: heartbeat, over: channel)
            async let _: Void = outbox.endOnShutdown()
            async let _: Void = endOnDeparture(of: request.body)
            try await writer.write(Self.greeting)
            while let item = await outbox.next() {
                for text in Self.texts(item, scoreboard) { try await writer.write(text) }
                outbox.noteProgress()
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

    /// One event without an id.
    struct Event: Sendable {
        /// Its name.
        let name: String
        /// Its content.
        let value: JSONValue
    }

    private static func texts(_ item: Outbox.Item, _ scoreboard: () -> [Event]) -> [ByteBuffer] {
        switch item {
        case .heartbeat: [ByteBuffer(string: ": alive\n\n")]
        case .lost(let count, let total):
            [text(Event(name: "lost", value: ["lost": JSONValue(count), "total": JSONValue(total)]))]
        case .fact(let fact, let number):
            [ByteBuffer(string: "id: \(number)\nevent: \(fact.kind)\ndata: \(fact.json.text)\n\n")]
        case .scoreboard: scoreboard().map(text)
        case .reply(let value): [text(Event(name: "reply", value: value))]
        }
    }

    private static func text(_ event: Event) -> ByteBuffer {
        ByteBuffer(string: "event: \(event.name)\ndata: \(event.value.text)\n\n")
    }

    /// Ends the stream when the client closes its side of the connection.
    private func endOnDeparture(of body: RequestBody) async {
        let outbox = outbox
        try? await body.consumeWithInboundCloseHandler { _ in
            while true { try await Task.sleep(for: .seconds(3600)) }
        } onInboundClosed: {
            outbox.end()
        }
    }
}

extension Outbox {
    /// Adds heartbeats; closes the connection of a client that is not there any more.
    func beat(every interval: Duration, over channel: any Channel) async {
        while true {
            do { try await Task.sleep(for: interval) } catch { return }
            if !addHeartbeat() {
                channel.close(promise: nil)
                return
            }
        }
    }

    /// Ends the outbox when the gateway shuts down.
    func endOnShutdown() async {
        try? await gracefulShutdown()
        end()
    }
}

extension HTTPField.Name {
    /// Tells proxies not to hold events back.
    fileprivate static let xAccelBuffering = HTTPField.Name("X-Accel-Buffering")!
}
