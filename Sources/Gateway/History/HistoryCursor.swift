import TwinCore
import TwinRuntime

/// Where a page of a history ended, and what the pages before it were.
///
/// It carries what was decided for the first page (the resolution, and the span where the caller left an end open), so
/// that all pages are parts of one answer although values come in meanwhile.
struct HistoryCursor: Sendable, Equatable {
    /// Where a page ended.
    enum Place: Sendable, Equatable {
        /// With this sample.
        case sample(SamplePlace)
        /// At this edge between two buckets.
        case edge(UnixTime)
    }

    /// The checksum of the question that it belongs to.
    let question: UInt32
    /// The resolution in force; `nil` for samples.
    let resolution: Resolution?
    /// The earliest event time wanted.
    let from: UnixTime?
    /// The event time up to which values are wanted.
    let to: UnixTime?
    /// Where the page ended.
    let place: Place

    private static let version = "1"
    /// What RFC 3339 can say, and no page began or ended outside it.
    private static let times = UnixTime.writable

    /// The cursor as a client gets it.
    var text: String {
        let end =
            switch place {
            case .sample(let place): "\(place.eventTime.milliseconds).\(place.sequence)"
            case .edge(let time): "\(time.milliseconds)"
            }
        let parts = [
            Self.version, String(question, radix: 16), resolution?.rawValue ?? "raw", Self.text(from), Self.text(to),
            end,
        ]
        return Cursor.encode(parts.joined(separator: "+"))
    }

    init(question: UInt32, resolution: Resolution?, from: UnixTime?, to: UnixTime?, place: Place) {
        self.question = question
        self.resolution = resolution
        self.from = from
        self.to = to
        self.place = place
    }

    /// Reads a cursor; `nil` for a text that no page ended with.
    init?(_ text: String) {
        let parts = (Cursor.decode(text) ?? "").split(separator: "+", omittingEmptySubsequences: false)
        guard parts.count == 6, parts[0] == Self.version, let question = UInt32(parts[1], radix: 16),
            let choice = ResolutionChoice(word: String(parts[2])),
            let from = Self.bound(parts[3]), let to = Self.bound(parts[4])
        else { return nil }
        let end = parts[5].split(separator: ".", omittingEmptySubsequences: false)
        guard let time = Int64(end[0]).map({ UnixTime(milliseconds: $0) }), Self.times.contains(time) else {
            return nil
        }
        switch choice {
        case .automatic: return nil
        case .raw:
            guard end.count == 2, let sequence = UInt64(end[1]), sequence < .max else { return nil }
            resolution = nil
            place = .sample(SamplePlace(eventTime: time, sequence: sequence))
        case .buckets(let found):
            guard end.count == 1, let from, let to, from <= time, time <= to else { return nil }
            resolution = found
            place = .edge(time)
        }
        self.question = question
        (self.from, self.to) = (from, to)
    }

    private static func text(_ time: UnixTime?) -> String { time.map { "\($0.milliseconds)" } ?? "-" }

    /// A bound, or `nil` for none; nothing for a text that is neither.
    private static func bound(_ text: Substring) -> UnixTime?? {
        guard text != "-" else { return .some(nil) }
        guard let time = Int64(text).map({ UnixTime(milliseconds: $0) }), times.contains(time) else { return nil }
        return time
    }
}

extension UnixTime {
    /// What RFC 3339 can say: the years 0000 to 9999.
    static let writable: ClosedRange<UnixTime> = {
        let ends = ["0000-01-01T00:00:00Z", "9999-12-31T23:59:59.999Z"].map { UnixTime(rfc3339: $0) }
        guard let first = ends[0], let last = ends[1] else { preconditionFailure("RFC 3339 cannot say its own ends") }
        return first...last
    }()
}
