import HTTPTypes
import Hummingbird
import TwinRuntime

extension Endpoints {
    /// Answers `GET /livez`: the process answers.
    @Sendable func live(_ request: Request, _ context: GatewayContext) async throws -> Response {
        .json(["status": "live"])
    }

    /// Answers `GET /readyz`: the runtime takes traffic.
    @Sendable func ready(_ request: Request, _ context: GatewayContext) async throws -> Response {
        if let missing = await service.unreadiness() { throw Problem.unavailable("not-ready", missing) }
        return .json(["status": "ready"])
    }

    /// Answers `GET /metrics`.
    @Sendable func metrics(_ request: Request, _ context: GatewayContext) async throws -> Response {
        let text = PrometheusText.write(await service.measurements())
        return Response(
            status: .ok, headers: [.contentType: PrometheusText.contentType, .cacheControl: "no-store"],
            body: ResponseBody(byteBuffer: ByteBuffer(string: text)))
    }

    /// Answers `GET /api/v1/supervision`.
    @Sendable func supervision(_ request: Request, _ context: GatewayContext) async throws -> Response {
        try QueryReader(request, known: []).finish()
        return .json(await service.supervision().json)
    }

    /// Answers `POST /api/v1/supervision/{node}/restart`.
    @Sendable func restartPart(_ request: Request, _ context: GatewayContext) async throws -> Response {
        try QueryReader(request, known: []).finish()
        try await BodyReader(request, known: [], isOptional: true).finish()
        let node = PathReader(context).node()
        return .json(try await service.restartPart(node, by: context.caller).json, status: .accepted)
    }

    /// Answers `GET /`.
    @Sendable func page(_ request: Request, _ context: GatewayContext) async throws -> Response {
        let nonce = Page.makeNonce()
        return Response(
            status: .ok,
            headers: [
                .contentType: "text/html; charset=utf-8", .cacheControl: "no-store",
                .contentSecurityPolicy: Page.contentSecurityPolicy(nonce: nonce),
            ],
            body: ResponseBody(byteBuffer: ByteBuffer(string: Page.html(nonce: nonce))))
    }
}
