/// Where days, weeks and months begin at the site.
///
/// A pure value: the rules of the time zone are given as a list of the moments at which its distance from UTC changes,
/// so that every store and every test counts the same days.
public struct SiteCalendar: Sendable, Equatable {
    /// A moment from which on local time is so far ahead of UTC.
    public struct Transition: Sendable, Equatable {
        /// From when on.
        public let at: UnixTime
        /// How far local time is ahead of UTC, in milliseconds; a whole number of minutes.
        public let offsetMilliseconds: Int64

        /// Puts a transition together.
        public init(at: UnixTime, offsetMilliseconds: Int64) {
            self.at = at
            self.offsetMilliseconds = offsetMilliseconds
        }
    }

    /// The zone's name in the IANA time zone database, such as `Europe/Berlin`.
    public let zone: String
    private let initialOffset: Int64
    private let transitions: [Transition]

    private static let dayMilliseconds: Int64 = 86_400_000

    /// A calendar in which every day has 24 hours.
    public static let utc = Self(zone: "UTC", initialOffsetMilliseconds: 0, transitions: [])

    /// Puts a calendar together.
    ///
    /// - Parameters:
    ///   - zone: Its name.
    ///   - initialOffsetMilliseconds: How far local time is ahead of UTC before the first transition.
    ///   - transitions: When that changes, oldest first.
    public init(zone: String, initialOffsetMilliseconds: Int64, transitions: [Transition]) {
        precondition(
            zip(transitions, transitions.dropFirst()).allSatisfy { $0.at < $1.at }, "transitions come oldest first")
        self.zone = zone
        self.transitions = transitions
        initialOffset = initialOffsetMilliseconds
    }

    /// The bucket that a moment lies in: from its start up to the start of the next.
    public func bucket(_ resolution: Resolution, containing time: UnixTime) -> Range<UnixTime> {
        if let length = resolution.milliseconds {
            let start = Self.floor(time.milliseconds, length) * length
            return UnixTime(milliseconds: start)..<UnixTime(milliseconds: start + length)
        }
        var day = localDay(time)
        // Where the clock goes back over midnight, a day's name comes twice; its bucket is one span all the same.
        if time < startOfDay(day) { day -= 1 } else if time >= startOfDay(day + 1) { day += 1 }
        let days = Self.days(resolution, containing: day)
        return startOfDay(days.lowerBound)..<startOfDay(days.upperBound)
    }

    /// The starts of all buckets that have a part within a span, oldest first.
    public func starts(_ resolution: Resolution, in span: Range<UnixTime>) -> [UnixTime] {
        var starts: [UnixTime] = []
        guard !span.isEmpty else { return starts }
        var bucket = bucket(resolution, containing: span.lowerBound)
        while bucket.lowerBound < span.upperBound {
            starts.append(bucket.lowerBound)
            bucket = self.bucket(resolution, containing: bucket.upperBound)
        }
        return starts
    }

    /// How far local time is ahead of UTC, in milliseconds.
    public func offsetMilliseconds(at time: UnixTime) -> Int64 {
        let next = nextTransition(after: time)
        return next == 0 ? initialOffset : transitions[next - 1].offsetMilliseconds
    }

    /// The index of the first transition later than a moment.
    private func nextTransition(after time: UnixTime) -> Int {
        var low = 0
        var high = transitions.count
        while low < high {
            let middle = (low + high) / 2
            if transitions[middle].at <= time { low = middle + 1 } else { high = middle }
        }
        return low
    }

    /// The number of the local day, counted from 1 January 1970.
    private func localDay(_ time: UnixTime) -> Int64 {
        Self.floor(time.milliseconds + offsetMilliseconds(at: time), Self.dayMilliseconds)
    }

    /// The first moment of a local day: midnight, the earlier one where there are two, or the moment at which the clock
    /// jumped over it.
    private func startOfDay(_ day: Int64) -> UnixTime {
        let midnight = day * Self.dayMilliseconds
        // No zone is further from UTC than a day, so the clock's changes nearby are all within two days.
        let early = UnixTime(milliseconds: midnight - 2 * Self.dayMilliseconds)
        let late = UnixTime(milliseconds: midnight + 2 * Self.dayMilliseconds)
        let next = nextTransition(after: early)
        var offset = next == 0 ? initialOffset : transitions[next - 1].offsetMilliseconds
        for transition in transitions[next...].prefix(while: { $0.at <= late }) {
            let candidate = UnixTime(milliseconds: midnight - offset)
            if candidate < transition.at { return candidate }
            offset = transition.offsetMilliseconds
            if transition.at.milliseconds + offset >= midnight { return transition.at }
        }
        return UnixTime(milliseconds: midnight - offset)
    }

    /// The local days of the bucket that a day lies in.
    private static func days(_ resolution: Resolution, containing day: Int64) -> Range<Int64> {
        switch resolution {
        case .week:
            // 1 January 1970 was a Thursday, so Mondays have the number 4 modulo 7.
            let monday = floor(day - 4, 7) * 7 + 4
            return monday..<monday + 7
        case .month:
            let (year, month) = month(of: day)
            return self.day(year, month)..<(month == 12 ? self.day(year + 1, 1) : self.day(year, month + 1))
        default: return day..<day + 1
        }
    }

    /// The number of the first day of a month of the Gregorian calendar.
    ///
    /// Years are counted from March, so that the leap day comes last; from there a month's first day is a linear
    /// function of its number, rounded.
    private static func day(_ year: Int64, _ month: Int64) -> Int64 {
        let marchYear = month <= 2 ? year - 1 : year
        let monthFromMarch = (month + 9) % 12
        let leapDays = floor(marchYear, 4) - floor(marchYear, 100) + floor(marchYear, 400)
        // 719,468 days lie between 1 March of the year 0 and 1 January 1970.
        return marchYear * 365 + leapDays + (153 * monthFromMarch + 2) / 5 - 719_468
    }

    private static func month(of day: Int64) -> (year: Int64, month: Int64) {
        var year = 1970 + floor(day, 366)
        while self.day(year + 1, 1) <= day { year += 1 }
        while self.day(year, 1) > day { year -= 1 }
        var month: Int64 = 12
        while self.day(year, month) > day { month -= 1 }
        return (year, month)
    }

    private static func floor(_ dividend: Int64, _ divisor: Int64) -> Int64 {
        let quotient = dividend / divisor
        return dividend % divisor < 0 ? quotient - 1 : quotient
    }
}
