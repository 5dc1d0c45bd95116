import Hummingbird
import TwinCore
import TwinRuntime

extension Endpoints {
    /// Answers `GET /api/v1/twins`.
    @Sendable func twins(_ request: Request, _ context: GatewayContext) async throws -> Response {
        var query = QueryReader(request, known: ["status", "zone", "type", "limit", "cursor", "at"])
        let words = DeviceStatus.allCases.map(\.rawValue).joined(separator: ", ")
        let wanted = TwinQuery(
            status: query.read("status", expected: "one of \(words)") { DeviceStatus(rawValue: $0) },
            zone: query.text("zone"), type: query.text("type"),
            limit: query.integer("limit", in: 1...TwinQuery.maximumLimit, otherwise: GatewayLimits.defaultTwins),
            after: query.read("cursor", expected: "next_cursor of an earlier answer") { text in
                Cursor.decode(text).flatMap { DeviceID($0) }
            })
        let time = query.time("at")
        try query.finish()
        let page = if let time { try await service.twins(wanted, at: time) } else { await service.twins(wanted) }
        var items: [JSONValue] = []
        items.reserveCapacity(page.items.count)
        for (index, view) in page.items.enumerated() {
            items.append(view.json)
            if index % GatewayLimits.twinsPerTurn == GatewayLimits.twinsPerTurn - 1 { await Task.yield() }
        }
        let answer: JSONValue = [
            "items": .array(items), "next_cursor": JSONValue(page.next.map { Cursor.encode($0.description) }),
        ]
        return .json(time.map { answer.adding([.init(name: "rebuilt", value: $0.rebuiltJSON)]) } ?? answer)
    }

    /// Answers `GET /api/v1/twins/{device}`.
    @Sendable func twin(_ request: Request, _ context: GatewayContext) async throws -> Response {
        let device = try PathReader(context).device()
        var query = QueryReader(request, known: ["at"])
        let time = query.time("at")
        try query.finish()
        guard let time else {
            let view = try await view(device)
            return .json(view.json, headers: view.revisionHeaders)
        }
        guard let view = try await service.twin(device, at: time) else {
            throw Problem.notFound("'\(device)' had not spoken by \(time.rfc3339)")
        }
        return .json(view.json.adding([.init(name: "rebuilt", value: time.rebuiltJSON)]))
    }

    /// Answers `POST /api/v1/twins/{device}/approve`.
    @Sendable func approve(_ request: Request, _ context: GatewayContext) async throws -> Response {
        let device = try await deviceWithoutBody(request, context)
        return .json(try await service.approve(device, by: context.caller).json)
    }

    /// Answers `POST /api/v1/twins/{device}/reject`.
    @Sendable func reject(_ request: Request, _ context: GatewayContext) async throws -> Response {
        let device = try await deviceWithoutBody(request, context)
        return .json(try await service.reject(device, by: context.caller).json)
    }

    /// Answers `GET /api/v1/twins/{device}/sensors/{gpio}`: all sensors of the pin, since one chip reports several values.
    @Sendable func sensors(_ request: Request, _ context: GatewayContext) async throws -> Response {
        let path = PathReader(context)
        let (device, gpio) = (try path.device(), try path.gpio())
        var query = QueryReader(request, known: ["type"])
        let type = query.text("type")
        try query.finish()
        let view = try await view(device)
        let kind = type.map { view.catalogue.sensorKind($0)?.name ?? $0 }
        let found = view.snapshot.sensors.filter { $0.key.gpio == gpio && (kind == nil || $0.key.type == kind) }
        guard !found.isEmpty else {
            throw Problem.notFound("'\(device)' has no sensor\(kind.map { " '\($0)'" } ?? "") on pin \(gpio)")
        }
        return .json([
            "device": .string(device.description), "gpio": .integer(Int64(gpio.number)),
            "items": .array(found.map { view.json(of: $0) }),
        ])
    }

    /// Answers `GET /api/v1/twins/{device}/actuators/{gpio}`.
    @Sendable func actuator(_ request: Request, _ context: GatewayContext) async throws -> Response {
        let path = PathReader(context)
        let (device, gpio) = (try path.device(), try path.gpio())
        try QueryReader(request, known: []).finish()
        let view = try await view(device)
        guard let found = view.snapshot.actuators.first(where: { $0.gpio == gpio }) else {
            throw ServiceError.unknownActuator(device, gpio)
        }
        return .json(view.json(of: found))
    }

    /// The twin, or the problem that there is none.
    func view(_ device: DeviceID) async throws -> TwinView {
        guard let view = await service.twin(device) else { throw ServiceError.unknownDevice(device) }
        return view
    }

    /// The device of a request that takes no body, or an empty object.
    func deviceWithoutBody(_ request: Request, _ context: GatewayContext) async throws -> DeviceID {
        let device = try PathReader(context).device()
        try QueryReader(request, known: []).finish()
        try await BodyReader(request, known: [], isOptional: true).finish()
        return device
    }
}
