import Hummingbird
import TwinCore
import TwinRuntime

extension Endpoints {
    /// Answers `GET /api/v1/models`.
    @Sendable func models(_ request: Request, _ context: GatewayContext) async throws -> Response {
        try QueryReader(request, known: []).finish()
        return .json(await service.models().json)
    }

    /// Answers `GET /api/v1/models/{kind}`: a kind of sensor, actuator or board, by its name or another word for it.
    @Sendable func model(_ request: Request, _ context: GatewayContext) async throws -> Response {
        let word = PathReader(context).kind()
        try QueryReader(request, known: []).finish()
        let catalogue = await service.models().catalogue
        if let kind = catalogue.sensorKind(word) { return .json(kind.json) }
        if let kind = catalogue.actuatorKinds.first(where: { $0.name == word }) { return .json(kind.json) }
        if let board = catalogue.board(word) { return .json(board.json) }
        let names =
            catalogue.sensorKinds.map(\.name) + catalogue.actuatorKinds.map(\.name) + catalogue.boards.map(\.name)
        let nearest = NearestWord.to(word, among: names).map { "; did you mean '\($0)'?" } ?? ""
        throw Problem.notFound("no model '\(word.prefix(100))'\(nearest)")
    }

    /// Answers `GET /api/v1/relays`.
    @Sendable func relays(_ request: Request, _ context: GatewayContext) async throws -> Response {
        try QueryReader(request, known: []).finish()
        return .json(["items": .array(await service.relays().map(\.json))])
    }
}
