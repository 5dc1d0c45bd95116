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

        var description: String { "\(status) \(text.prefix(800))" }
    }

    /// The longest answer that is read, in bytes.
    private static let maximumBytes = 16 << 20

    func get(_ path: String) async throws -> Answer { try await ask(.GET, path, nil, wait: nil) }

    func post(_ path: String, _ body: String? = nil, wait seconds: Int? = nil) async throws -> Answer {
        try await ask(.POST, path, body, wait: seconds)
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

    private func ask(_ method: HTTPMethod, _ path: String, _ body: String?, wait: Int?) async throws -> Answer {
        var request = HTTPClientRequest(url: url + path)
        request.method = method
        if let wait { request.headers.add(name: "Prefer", value: "wait=\(wait)") }
        if let body {
            request.headers.add(name: "Content-Type", value: "application/json")
            request.body = .bytes(ByteBuffer(string: body))
        }
        let response = try await HTTPClient.shared.execute(request, timeout: .seconds(Int64(30 + (wait ?? 0))))
        let bytes = try await response.body.collect(upTo: Self.maximumBytes)
        let text = String(buffer: bytes)
        return Answer(status: Int(response.status.code), json: (try? JSON(text)) ?? .null, text: text)
    }
}
