import HTTPTypes
import Hummingbird
import Logging
import NIOCore
import TwinRuntime

/// Turns everything a route throws into a problem document, and gives each answer its request's id.
struct ProblemMiddleware: RouterMiddleware {
    typealias Context = GatewayContext

    func handle(
        _ request: Request, context: GatewayContext,
        next: @concurrent (Request, GatewayContext) async throws -> Response
    ) async throws -> Response {
        var response: Response
        do {
            response = try await next(request, context)
        } catch {
            let problem = Self.problem(error, request, context)
            response = .json(
                problem.document(requestID: context.requestID), status: problem.status,
                type: "application/problem+json", headers: problem.headers)
            // An answer to HEAD has no body, or the client would take it for the next answer.
            if request.method == .head { response.body = ResponseBody() }
        }
        response.headers[.requestID] = context.requestID
        response.headers[.xContentTypeOptions] = "nosniff"
        return response
    }

    private static func problem(_ error: any Error, _ request: Request, _ context: GatewayContext) -> Problem {
        switch error {
        case let problem as Problem: return problem
        case let error as ServiceError: return Problem(error)
        case let error as JournalFailure: return .unavailable("history-unavailable", error.description)
        case is CancellationError: return .unavailable("not-running", "the gateway is ending")
        case is NIOTooManyBytesError: return .tooLarge(limit: GatewayLimits.bodyBytes)
        case let error as HTTPError where error.status == .notFound:
            return .notFound("no route '\(request.uri.path)'")
        default:
            context.logger.error(
                "request failed",
                metadata: [
                    "request_id": "\(context.requestID)", "path": "\(request.uri.path)", "error": "\(error)",
                ])
            return .internal
        }
    }
}

extension HTTPField.Name {
    /// Names one request in answers and in the log.
    static let requestID = HTTPField.Name("X-Request-Id")!
    /// RFC 7240.
    static let prefer = HTTPField.Name("Prefer")!
    /// RFC 7240.
    static let preferenceApplied = HTTPField.Name("Preference-Applied")!
}
