import HTTPTypes
import Hummingbird
import TwinCore
import TwinRuntime

extension Endpoints {
    /// Answers `GET /api/v1/events`: facts as server-sent events, as they become durable.
    @Sendable func events(_ request: Request, _ context: GatewayContext) async throws -> Response {
        var query = QueryReader(request, known: ["device"])
        let device = query.read("device", expected: "a device id") { DeviceID($0) }
        try query.finish()
        let seat = try takeSeat(seats)
        let outbox = Outbox { device == nil || $0.device == nil || $0.device == device }
        service.watch(outbox)
        return EventStream(outbox: outbox, heartbeat: heartbeat, seat: seat, channel: context.channel)
            .response(to: request)
    }

    /// Answers `GET /api/v1/emergency-stop/stream`: the scoreboard, and then each change of it.
    @Sendable func stopStream(_ request: Request, _ context: GatewayContext) async throws -> Response {
        try QueryReader(request, known: []).finish()
        let seat = try takeSeat(scoreboardSeats)
        let outbox = Outbox()
        let reading = scoreboards.subscribe(outbox)
        return EventStream(outbox: outbox, heartbeat: heartbeat, seat: seat, channel: context.channel)
            .response(to: request) {
                reading.next().map { update in
                    switch update {
                    case .whole(let report): [.init(name: "scoreboard", value: report)]
                    case .changed(let change): [.init(name: "changed", value: change)]
                    }
                } ?? []
            }
    }

    private func takeSeat(_ seats: WatcherSeats) throws(Problem) -> WatcherSeats.Seat {
        guard let seat = seats.take() else { throw .tooManyWatchers(seats.capacity) }
        return seat
    }
}

extension Problem {
    /// All seats are taken.
    static func tooManyWatchers(_ capacity: Int) -> Problem {
        .unavailable("too-many-watchers", "\(capacity) clients watch already")
    }
}
