import TwinCore

extension JournalLine {
    /// The most sequence numbers that a journal has; every journal's places lie so far apart.
    static let maximumSequence: Int64 = (1 << 40) - 1

    /// The sequence number of a place.
    static func sequence(of position: Int64) -> UInt64 { UInt64(position & maximumSequence) }

    /// Where in SQL a place belongs to some of the line's sequence numbers.
    ///
    /// - Parameters:
    ///   - after: Behind this number.
    ///   - through: Up to this one.
    func holds(_ column: String = "position", after: UInt64 = 0, through: UInt64 = UInt64(maximumSequence)) -> String {
        let pieces = stretches.compactMap { stretch -> String? in
            let low = max(stretch.after, Int64(clamping: after))
            let high = min(stretch.through, Int64(clamping: through))
            guard low < high else { return nil }
            return "(\(column) > \(stretch.base + low) AND \(column) <= \(stretch.base + high))"
        }
        return pieces.isEmpty ? "false" : "(\(pieces.joined(separator: " OR ")))"
    }

    /// Where in SQL a place belongs to any journal of the line, also behind where the next one branched off.
    func isOfLine(_ column: String = "position") -> String {
        let pieces = stretches.map {
            "(\(column) >= \($0.base) AND \(column) <= \($0.base + Self.maximumSequence))"
        }
        return "(\(pieces.joined(separator: " OR ")))"
    }
}
