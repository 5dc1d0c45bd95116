import AsyncHTTPClient
import NIOCore

/// The measurements of a running Doppel, as its `/metrics` page shows them.
enum MetricsPage {
    /// The longest page that is taken, in bytes.
    static let maximumBytes = 1 << 20
    /// How long an answer may take, in seconds.
    static let patienceSeconds: Int64 = 10

    /// Reads the page: numbers by name, labels included.
    static func read(_ url: String) async throws -> [String: Double] {
        let response = try await HTTPClient.shared.execute(
            HTTPClientRequest(url: url), timeout: .seconds(patienceSeconds))
        let text = String(buffer: try await response.body.collect(upTo: maximumBytes))
        var values: [String: Double] = [:]
        for line in text.split(separator: "\n") where !line.hasPrefix("#") {
            guard let space = line.lastIndex(of: " ") else { continue }
            values[String(line[..<space])] = Double(line[line.index(after: space)...])
        }
        return values
    }
}
