import HTTPTypes
import Hummingbird
import TwinRuntime

/// Everything that can be asked, and what answers it.
struct Endpoints: Sendable {
    /// The runtime.
    let service: any TwinService
    /// How often a watcher hears something.
    let heartbeat: Duration
    /// Who watches events.
    let seats = WatcherSeats(GatewayLimits.watchers)
    /// Who watches the scoreboard; those who watch events do not take their places.
    let scoreboardSeats = WatcherSeats(GatewayLimits.watchers)
    /// Who talks over a WebSocket.
    let socketSeats = WatcherSeats(GatewayLimits.sockets)
    /// Who downloads histories.
    let downloadSeats = WatcherSeats(GatewayLimits.downloads)
    /// What the watchers of the scoreboard share.
    let scoreboards: ScoreboardFeed

    /// Puts the endpoints of a runtime together.
    init(service: any TwinService, heartbeat: Duration) {
        self.service = service
        self.heartbeat = heartbeat
        scoreboards = ScoreboardFeed(service: service)
    }

    /// One method of one path.
    struct Route: Sendable {
        let method: HTTPRequest.Method
        let path: String
        let answer: @Sendable (Request, GatewayContext) async throws -> Response

        /// The path as the router knows it.
        var routerPath: RouterPath { Self.routerPath(path) }

        /// A path as the router knows it: two names for one place would hide each other's routes.
        static func routerPath(_ path: String) -> RouterPath {
            RouterPath(path.replacing("{sensor}", with: "{gpio}"))
        }
    }

    /// All routes; docs/openapi.yaml describes each.
    var routes: [Route] { operationRoutes + twinRoutes + calibrationRoutes + stopRoutes }

    private static let api = "/api/v1"
    private static let twin = "\(api)/twins/{device}"

    private var operationRoutes: [Route] {
        let api = Self.api
        return [
            Route(method: .get, path: "/", answer: page),
            Route(method: .get, path: "/livez", answer: live),
            Route(method: .get, path: "/readyz", answer: ready),
            Route(method: .get, path: "/metrics", answer: metrics),
            Route(method: .get, path: "\(api)/events", answer: events),
            Route(method: .get, path: GatewayChannel.path, answer: socket),
            Route(method: .get, path: "\(api)/dead-letters", answer: deadLetters),
            Route(method: .get, path: "\(api)/supervision", answer: supervision),
            Route(method: .post, path: "\(api)/supervision/{node}/restart", answer: restartPart),
            Route(method: .get, path: "\(api)/relays", answer: relays),
            Route(method: .get, path: "\(api)/models", answer: models),
            Route(method: .get, path: "\(api)/models/{kind}", answer: model),
        ]
    }

    private var twinRoutes: [Route] {
        let twin = Self.twin
        return [
            Route(method: .get, path: "\(Self.api)/twins", answer: twins),
            Route(method: .get, path: twin, answer: self.twin),
            Route(method: .patch, path: twin, answer: configure),
            Route(method: .delete, path: twin, answer: delete),
            Route(method: .post, path: "\(twin)/approve", answer: approve),
            Route(method: .post, path: "\(twin)/reject", answer: reject),
            Route(method: .post, path: "\(twin)/release", answer: release),
            Route(method: .post, path: "\(twin)/operations", answer: operate),
            Route(method: .get, path: "\(twin)/operations/{id}", answer: operation),
            Route(method: .get, path: "\(twin)/sensors/{gpio}", answer: sensors),
            Route(method: .get, path: "\(twin)/sensors/{gpio}/history", answer: history),
            Route(method: .get, path: "\(twin)/sensors/{gpio}/statistics", answer: statistics),
            Route(method: .post, path: "\(twin)/sensors/{gpio}/measure", answer: measure),
            Route(method: .post, path: "\(twin)/sensors/{sensor}/reprocess", answer: reprocess),
            Route(method: .get, path: "\(twin)/actuators/{gpio}", answer: actuator),
            Route(method: .post, path: "\(twin)/actuators/{gpio}/commands", answer: orderCommand),
            Route(method: .put, path: "\(twin)/actuators/{gpio}/lockout", answer: lockOut),
            Route(method: .delete, path: "\(twin)/actuators/{gpio}/lockout", answer: removeLockout),
            Route(method: .get, path: "\(Self.api)/commands/{id}", answer: command),
            Route(method: .post, path: "\(Self.api)/history/query", answer: queryHistories),
        ]
    }

    private var calibrationRoutes: [Route] {
        let calibration = "\(Self.twin)/sensors/{sensor}/calibration"
        return [
            Route(method: .get, path: calibration, answer: self.calibration),
            Route(method: .delete, path: calibration, answer: removeCalibration),
            Route(method: .post, path: "\(calibration)/session", answer: beginCalibration),
            Route(method: .delete, path: "\(calibration)/session", answer: abandonCalibration),
            Route(method: .post, path: "\(calibration)/session/points", answer: addCalibrationPoint),
            Route(method: .delete, path: "\(calibration)/session/points/{index}", answer: dropCalibrationPoint),
            Route(method: .post, path: "\(calibration)/session/apply", answer: applyCalibration),
            Route(method: .post, path: "\(Self.api)/sensors/calibrate", answer: calibrateAtOnce),
            Route(method: .post, path: "\(Self.api)/sensors/process", answer: process),
        ]
    }

    private var stopRoutes: [Route] {
        let api = Self.api
        return [
            Route(method: .get, path: "\(api)/emergency-stop", answer: stopReport),
            Route(method: .get, path: "\(api)/emergency-stop/stream", answer: stopStream),
            Route(method: .post, path: "\(api)/emergency-stop", answer: stop),
            Route(method: .post, path: "\(api)/emergency-stop/clear", answer: clearStops),
            Route(method: .put, path: "\(api)/emergency/broadcast-token", answer: setBroadcastToken),
            Route(method: .delete, path: "\(api)/emergency/broadcast-token", answer: removeBroadcastToken),
        ]
    }

    /// Methods that a path answers with 405 when it has no route for them.
    private static let methods: [HTTPRequest.Method] = [
        .get, .head, .post, .put, .patch, .delete, .options, .trace, .connect,
    ]

    /// Puts all routes on a router.
    func register(on router: Router<GatewayContext>) {
        let routes = routes
        for route in routes {
            router.on(route.routerPath, method: route.method, use: route.answer)
        }
        var seen: Set<String> = []
        for path in routes.map(\.path) where seen.insert(path).inserted {
            let allowed = routes.filter { $0.path == path }.map(\.method)
            for method in Self.methods where !allowed.contains(method) {
                router.on(Route.routerPath(path), method: method) { _, _ -> Response in
                    throw Problem.methodNotAllowed(method.rawValue, allowed: allowed.map(\.rawValue))
                }
            }
        }
    }
}

extension Response {
    /// An answer in JSON.
    static func json(
        _ value: JSONValue, status: HTTPResponse.Status = .ok, type: String = "application/json",
        headers: HTTPFields = [:]
    ) -> Response {
        var bytes: [UInt8] = []
        value.write(to: &bytes)
        var headers = headers
        headers[.contentType] = type
        headers[.cacheControl] = "no-store"
        return Response(status: status, headers: headers, body: ResponseBody(byteBuffer: ByteBuffer(bytes: bytes)))
    }
}
