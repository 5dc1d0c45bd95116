/// Which resolution somebody asks a history for.
public enum ResolutionChoice: Sendable, Hashable {
    /// The finest that fits.
    case automatic
    /// The samples themselves.
    case raw
    /// Buckets.
    case buckets(Resolution)

    /// All words, the finest first.
    public static let words = ["auto", "raw"] + Resolution.allCases.map(\.rawValue)

    /// Reads a word; `nil` for one that is none.
    public init?(word: String) {
        switch word {
        case "auto": self = .automatic
        case "raw": self = .raw
        default:
            guard let resolution = Resolution(rawValue: word) else { return nil }
            self = .buckets(resolution)
        }
    }

    /// The word for it.
    public var word: String {
        switch self {
        case .automatic: "auto"
        case .raw: "raw"
        case .buckets(let resolution): resolution.rawValue
        }
    }
}

extension SiteCalendar {
    /// How many buckets have a part within a span; `nil` when they are more than `most`.
    public func count(_ resolution: Resolution, in span: Range<UnixTime>, atMost most: Int) -> Int? {
        guard !span.isEmpty else { return 0 }
        if let length = resolution.milliseconds {
            let start = bucket(resolution, containing: span.lowerBound).lowerBound
            let count = (span.upperBound.milliseconds - start.milliseconds + length - 1) / length
            return count <= Int64(most) ? Int(count) : nil
        }
        let length = span.upperBound.milliseconds - span.lowerBound.milliseconds
        guard length / resolution.longestMilliseconds <= Int64(most) else { return nil }
        var count = 0
        var place = span.lowerBound
        while place < span.upperBound {
            count += 1
            guard count <= most else { return nil }
            place = bucket(resolution, containing: place).upperBound
        }
        return count
    }

    /// The finest resolution of which at most so many buckets have a part within a span; months where none fits.
    public func finest(for span: Range<UnixTime>, atMost most: Int) -> Resolution {
        Resolution.allCases.first { count($0, in: span, atMost: most) != nil } ?? .month
    }

    /// The first, or last, so many buckets that have a part within a span, oldest first, each from its own start.
    public func buckets(
        _ resolution: Resolution, in span: Range<UnixTime>, atMost most: Int, fromEnd: Bool
    ) -> [Range<UnixTime>] {
        var found: [Range<UnixTime>] = []
        var rest = span
        while !rest.isEmpty, found.count < most {
            if fromEnd {
                let last = bucket(resolution, containing: rest.upperBound.advanced(byMilliseconds: -1))
                found.append(last)
                rest = rest.lowerBound..<max(rest.lowerBound, last.lowerBound)
            } else {
                let first = bucket(resolution, containing: rest.lowerBound)
                found.append(first)
                rest = min(rest.upperBound, first.upperBound)..<rest.upperBound
            }
        }
        return fromEnd ? found.reversed() : found
    }
}
