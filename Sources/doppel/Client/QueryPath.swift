import Foundation

/// A path with its query.
enum QueryPath {
    /// Puts a path together; what is `nil` is left out.
    static func text(_ path: String, _ wanted: [(name: String, value: String?)]) -> String {
        var components = URLComponents()
        components.path = path
        let items = wanted.compactMap { name, value in value.map { URLQueryItem(name: name, value: $0) } }
        components.queryItems = items.isEmpty ? nil : items
        // URLComponents leaves + alone, which servers read as a blank.
        components.percentEncodedQuery = components.percentEncodedQuery.map {
            $0.split(separator: "+", omittingEmptySubsequences: false).joined(separator: "%2B")
        }
        return components.string ?? components.path
    }
}
