import HTTPTypes
import Hummingbird
import TwinRuntime

/// Everything that can be asked, and what answers it.
struct Endpoints: Sendable {
    /// The runtime.
    let service: any TwinService
    /// How often a watcher hears something.
    let heartbeat: Duration
    /// Who watches.
    let seats = WatcherSeats(GatewayLimits.watchers)

    /// One method of one path.
    struct Route: Sendable {
        let method: HTTPRequest.Method
        let path: String
        let answer: @Sendable (Request, GatewayContext) async throws -> Response
    }

    /// All routes; docs/openapi.yaml describes each.
    var routes: [Route] {
        let api = "/api/v1"
        let twin = "\(api)/twins/{device}"
        return [
            Route(method: .get, path: "/", answer: page),
            Route(method: .get, path: "/livez", answer: live),
            Route(method: .get, path: "/readyz", answer: ready),
            Route(method: .get, path: "/metrics", answer: metrics),
            Route(method: .get, path: "\(api)/twins", answer: twins),
            Route(method: .get, path: twin, answer: self.twin),
            Route(method: .post, path: "\(twin)/approve", answer: approve),
            Route(method: .post, path: "\(twin)/reject", answer: reject),
            Route(method: .get, path: "\(twin)/sensors/{gpio}", answer: sensors),
            Route(method: .get, path: "\(twin)/sensors/{gpio}/history", answer: history),
            Route(method: .get, path: "\(twin)/actuators/{gpio}", answer: actuator),
            Route(method: .post, path: "\(twin)/actuators/{gpio}/commands", answer: orderCommand),
            Route(method: .get, path: "\(api)/commands/{id}", answer: command),
            Route(method: .get, path: "\(api)/emergency-stop", answer: stopReport),
            Route(method: .post, path: "\(api)/emergency-stop", answer: stop),
            Route(method: .post, path: "\(api)/emergency-stop/clear", answer: clearStops),
            Route(method: .get, path: "\(api)/events", answer: events),
            Route(method: .get, path: "\(api)/dead-letters", answer: deadLetters),
            Route(method: .get, path: "\(api)/supervision", answer: supervision),
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
            router.on(RouterPath(route.path), method: route.method, use: route.answer)
        }
        var seen: Set<String> = []
        for path in routes.map(\.path) where seen.insert(path).inserted {
            let allowed = routes.filter { $0.path == path }.map(\.method)
            for method in Self.methods where !allowed.contains(method) {
                router.on(RouterPath(path), method: method) { _, _ -> Response in
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
