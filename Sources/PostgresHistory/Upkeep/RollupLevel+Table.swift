import TwinCore

extension RollupLevel {
    /// Where the level's buckets are stored.
    var table: String {
        switch self {
        case .minute: "rollup_minutes"
        case .hour: "rollup_hours"
        case .day: "rollup_days"
        case .week: "rollup_weeks"
        case .month: "rollup_months"
        }
    }

    /// The columns of a bucket, in the order in which they are written and read.
    static let columns = """
        start_time, unit, count, mean, squared_deviations, minimum, maximum, first_time, first_value, last_time, \
        last_value
        """
}
