import HTTPTypes
import Hummingbird

/// How a history is written.
enum HistoryForm: String, CaseIterable, Sendable {
    case json, csv, ndjson

    /// The media type, without parameters.
    var mediaType: String {
        switch self {
        case .json: "application/json"
        case .csv: "text/csv"
        case .ndjson: "application/x-ndjson"
        }
    }

    /// What the answer says it is.
    var contentType: String {
        self == .csv ? "text/csv; charset=utf-8; header=present" : mediaType
    }

    /// The form that a request accepts best: JSON, unless it names another that is known.
    init(accepted headers: HTTPFields) {
        let ranges = headers[values: .accept].flatMap { $0.split(separator: ",") }
        let known = ranges.compactMap { range -> (form: HistoryForm, weight: Double)? in
            let parts = range.split(separator: ";").map { $0.filter { $0 != " " && $0 != "\t" }.lowercased() }
            guard let type = parts.first, let form = Self.allCases.first(where: { $0.mediaType == type }) else {
                return nil
            }
            let weight = parts.dropFirst().first { $0.hasPrefix("q=") }.flatMap { Double($0.dropFirst(2)) } ?? 1
            return (form, weight)
        }
        var best: (form: HistoryForm, weight: Double) = (.json, 0)
        for candidate in known where candidate.weight > best.weight { best = candidate }
        self = best.form
    }
}
