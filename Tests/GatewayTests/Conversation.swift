import HTTPTypes
import Hummingbird
import HummingbirdTesting
import Logging
import Testing
import TwinRuntime

@testable import Gateway

/// Asks a gateway, one line a request, and gives the answers back as JSON.
struct Conversation: Sendable {
    /// One answer.
    struct Answer: Sendable {
        let status: Int
        let headers: HTTPFields
        let text: String

        /// The body as JSON; what is no JSON fails the test.
        var json: JSONValue {
            get throws { try JSONValue(parsing: text) }
        }

        /// The problem's word, if the answer is a problem.
        var problem: String? {
            guard headers[.contentType] == "application/problem+json" else { return nil }
            return (try? json)?["type"]?.asText.map { String($0.dropFirst(Problem.typePrefix.count)) }
        }

        /// The members that a problem names.
        var members: [String] {
            guard case .array(let errors)? = (try? json)?["errors"] else { return [] }
            return errors.compactMap { $0["member"]?.asText }
        }
    }

    fileprivate let client: any TestClientProtocol

    func get(_ path: String, headers: HTTPFields = [:]) async throws -> Answer {
        try await ask(.get, path, headers: headers)
    }

    func post(_ path: String, _ body: String? = nil, headers: HTTPFields = [:]) async throws -> Answer {
        var headers = headers
        if body != nil, headers[.contentType] == nil { headers[.contentType] = "application/json" }
        return try await ask(.post, path, headers: headers, body: body)
    }

    func ask(
        _ method: HTTPRequest.Method, _ path: String, headers: HTTPFields = [:], body: String? = nil
    ) async throws -> Answer {
        try await client.execute(
            uri: path, method: method, headers: headers, body: body.map { ByteBuffer(string: $0) }
        ) { response in
            Answer(
                status: response.status.code, headers: response.headers, text: String(buffer: response.body))
        }
    }
}

/// Runs a conversation with a gateway over `twins`.
func converse<Value: Sendable>(
    _ twins: FakeTwins, over setup: TestingSetup = .router, options: GatewayOptions = GatewayOptions(port: 0),
    _ talk: @Sendable (Conversation) async throws -> Value
) async throws -> Value {
    let gateway = Gateway(service: twins, options: options, logger: .silent)
    return try await gateway.application { _ in }.test(setup) { try await talk(Conversation(client: $0)) }
}

extension Logger {
    /// Says nothing.
    static var silent: Logger { Logger(label: "test") { _ in SwiftLogNoOpLogHandler() } }
}
