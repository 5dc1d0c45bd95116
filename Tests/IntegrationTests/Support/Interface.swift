import AsyncHTTPClient
import Foundation
import NIOCore
import NIOHTTP1

/// The HTTP interface of a running Doppel, as a stranger uses it.
struct Interface: Sendable {
    /// Such as `http://127.0.0.1:8080`.
    let url: String

    /// What was answered.
    struct Answer: Sendable, CustomStringConvertible {
        let status: Int
        let json: JSON
        let text: String
        /// By name in lower case.
        let headers: [String: String]

        var description: String { "\(status) \(text.prefix(800))" }
    }

    /// The longest answer that is read, in bytes.
    private static let maximumBytes = 16 << 20

    func get(_ path: String) async throws -> Answer { try await ask(.GET, path) }

    func post(_ path: String, _ body: String? = nil, wait seconds: Int? = nil) async throws -> Answer {
        try await ask(.POST, path, body, seconds.map { ["Prefer": "wait=\($0)"] } ?? [:], wait: seconds ?? 0)
    }

    func put(_ path: String, _ body: String) async throws -> Answer { try await ask(.PUT, path, body) }

    func delete(_ path: String) async throws -> Answer { try await ask(.DELETE, path) }

    /// Changes what a device is to be; `match` is an entity tag, `query` begins with a question mark.
    func wish(
        _ device: String, _ desired: String, match: String? = nil, query: String = "",
        type: String = "application/merge-patch+json"
    ) async throws -> Answer {
        try await ask(
            .PATCH, "/api/v1/twins/\(device)\(query)", #"{"desired":\#(desired)}"#,
            match.map { ["If-Match": $0] } ?? [:], type: type)
    }

    /// A device's twin.
    func twin(_ device: String) async throws -> JSON { try await get("/api/v1/twins/\(device)").json }

    /// One of a device's actuators, as its twin shows it.
    func actuator(_ device: String, _ gpio: Int) async throws -> JSON {
        try await get("/api/v1/twins/\(device)/actuators/\(gpio)").json
    }

    /// Orders a command.
    func command(_ device: String, _ gpio: Int, _ word: String, wait seconds: Int? = nil) async throws -> Answer {
        try await post(
            "/api/v1/twins/\(device)/actuators/\(gpio)/commands", #"{"command":"\#(word)"}"#, wait: seconds)
    }

    /// How often messages were refused for a reason.
    func refusals(_ reason: String) async throws -> Int {
        Int(try await get("/api/v1/dead-letters?limit=1000").json["counts"][reason].number ?? 0)
    }

    private func ask(
        _ method: HTTPMethod, _ path: String, _ body: String? = nil, _ headers: [String: String] = [:],
        type: String = "application/json", wait: Int = 0
    ) async throws -> Answer {
        var request = HTTPClientRequest(url: url + path)
        request.method = method
        for (name, value) in headers { request.headers.add(name: name, value: value) }
        if let body {
            request.headers.add(name: "Content-Type", value: type)
            request.body = .bytes(ByteBuffer(string: body))
        }
        let response = try await HTTPClient.shared.execute(request, timeout: .seconds(Int64(30 + wait)))
        let bytes = try await response.body.collect(upTo: Self.maximumBytes)
        let text = String(buffer: bytes)
        let named = response.headers.map { ($0.name.lowercased(), $0.value) }
        return Answer(
            status: Int(response.status.code), json: (try? JSON(text)) ?? .null, text: text,
            headers: Dictionary(named) { first, _ in first })
    }
}
