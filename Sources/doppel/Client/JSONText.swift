import Foundation

/// Writes JSON for requests.
enum JSONText {
    /// A text as JSON writes it.
    static func quoted(_ text: String) -> String {
        let encoder = JSONEncoder()
        encoder.outputFormatting = .withoutEscapingSlashes
        // A text can always be encoded; without one the server refuses the request and nothing happens.
        return (try? encoder.encode(text)).map { String(decoding: $0, as: UTF8.self) } ?? "null"
    }
}
