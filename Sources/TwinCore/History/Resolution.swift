/// How long the buckets of an aggregated series are.
///
/// Minutes and hours are aligned to UTC; days, weeks (from Monday) and months to the site's time zone.
public enum Resolution: String, Sendable, CaseIterable {
    case minute = "1m"
    case fiveMinutes = "5m"
    case quarterHour = "15m"
    case halfHour = "30m"
    case hour = "1h"
    case sixHours = "6h"
    case halfDay = "12h"
    case day = "1d"
    case week = "1w"
    case month = "1mo"

    /// How long a bucket is whose length is always the same, in milliseconds; `nil` for those of the calendar.
    public var milliseconds: Int64? {
        switch self {
        case .minute: 60_000
        case .fiveMinutes: 300_000
        case .quarterHour: 900_000
        case .halfHour: 1_800_000
        case .hour: 3_600_000
        case .sixHours: 21_600_000
        case .halfDay: 43_200_000
        case .day, .week, .month: nil
        }
    }

    /// How long a bucket is at most, in milliseconds; a day may have 25 hours, a month 31 days and one hour.
    public var longestMilliseconds: Int64 {
        switch self {
        case .day: 25 * 3_600_000
        case .week: (7 * 24 + 1) * 3_600_000
        case .month: (31 * 24 + 1) * 3_600_000
        default: milliseconds ?? 0
        }
    }

    /// The coarsest stored level that such buckets can be made of.
    public var level: RollupLevel {
        switch self {
        case .minute, .fiveMinutes, .quarterHour, .halfHour: .minute
        case .hour, .sixHours, .halfDay: .hour
        case .day: .day
        case .week: .week
        case .month: .month
        }
    }
}

/// The lengths of buckets that stores keep ready.
public enum RollupLevel: Int, Sendable, CaseIterable, Comparable {
    case minute = 0
    case hour = 1
    case day = 2
    case week = 3
    case month = 4

    /// The level whose buckets make one of this level; `nil` for minutes, which are made of samples.
    public var finer: Self? {
        switch self {
        case .minute: nil
        case .hour: .minute
        case .day: .hour
        case .week, .month: .day
        }
    }

    /// The resolution of the level.
    public var resolution: Resolution {
        switch self {
        case .minute: .minute
        case .hour: .hour
        case .day: .day
        case .week: .week
        case .month: .month
        }
    }

    /// Orders by length.
    public static func < (left: Self, right: Self) -> Bool { left.rawValue < right.rawValue }
}
