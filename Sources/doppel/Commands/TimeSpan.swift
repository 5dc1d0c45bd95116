import ArgumentParser

/// A time that a person gives, such as `90s`, `30m`, `2h`, `1d`, or a bare number of seconds.
struct TimeSpan: ExpressibleByArgument, Equatable {
    /// The longest that is taken, in seconds: a hundred years.
    static let maximumSeconds = 36_525 * 86_400

    /// How long, in seconds.
    let seconds: Int

    init?(argument: String) {
        let factor =
            switch argument.last {
            case "s": 1
            case "m": 60
            case "h": 3600
            case "d": 86_400
            default: 0
            }
        guard let number = Int(factor == 0 ? argument[...] : argument.dropLast()), number > 0 else { return nil }
        let (seconds, isTooLong) = number.multipliedReportingOverflow(by: max(1, factor))
        guard !isTooLong, seconds <= Self.maximumSeconds else { return nil }
        self.seconds = seconds
    }
}
