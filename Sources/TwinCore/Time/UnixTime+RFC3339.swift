extension UnixTime {
    private static let millisecondsPerDay: Int64 = 86_400_000
    /// 0000-01-01T00:00:00.000Z, the earliest time that four digits of a year can name.
    private static let earliestWritten: Int64 = -62_167_219_200_000
    /// 9999-12-31T23:59:59.999Z, the latest.
    private static let latestWritten: Int64 = 253_402_300_799_999

    /// The time as RFC 3339 writes it, in UTC with milliseconds: `2026-05-01T01:46:40.250Z`.
    ///
    /// RFC 3339 knows the years 0000 to 9999; a time outside them is written as the nearest one inside.
    public var rfc3339: String {
        let bounded = min(max(milliseconds, Self.earliestWritten), Self.latestWritten)
        let days = Self.floorDivide(bounded, Self.millisecondsPerDay)
        let inDay = bounded - days * Self.millisecondsPerDay
        let (year, month, day) = Self.date(daysSinceEpoch: days)
        var text: [UInt8] = []
        text.reserveCapacity(24)
        Self.append(year, 4, to: &text)
        text.append(UInt8(ascii: "-"))
        Self.append(month, 2, to: &text)
        text.append(UInt8(ascii: "-"))
        Self.append(day, 2, to: &text)
        text.append(UInt8(ascii: "T"))
        Self.append(inDay / 3_600_000, 2, to: &text)
        text.append(UInt8(ascii: ":"))
        Self.append(inDay / 60_000 % 60, 2, to: &text)
        text.append(UInt8(ascii: ":"))
        Self.append(inDay / 1000 % 60, 2, to: &text)
        text.append(UInt8(ascii: "."))
        Self.append(inDay % 1000, 3, to: &text)
        text.append(UInt8(ascii: "Z"))
        return String(decoding: text, as: UTF8.self)
    }

    /// Reads an RFC 3339 time with any offset; digits of a second after the third are dropped.
    ///
    /// `nil` for any other text. A leap second (`:60`) counts as the second that follows it.
    public init?(rfc3339 text: String) {
        var reader = Reader(bytes: Array(text.utf8))
        guard let year = reader.number(4), reader.take("-"), let month = reader.number(2), (1...12).contains(month),
            reader.take("-"), let day = reader.number(2), (1...Self.dayCount(year, month)).contains(day),
            reader.take("T") || reader.take("t") || reader.take(" "),
            let hour = reader.number(2), hour <= 23, reader.take(":"),
            let minute = reader.number(2), minute <= 59, reader.take(":"),
            let second = reader.number(2), second <= 60
        else { return nil }
        var fraction: Int64 = 0
        if reader.take(".") {
            guard let found = reader.fraction() else { return nil }
            fraction = found
        }
        guard let offsetMinutes = reader.offset(), reader.isAtEnd else { return nil }
        let days = Self.daysSinceEpoch(year, month, day)
        let seconds = hour * 3600 + (minute - offsetMinutes) * 60 + second
        self.init(milliseconds: days * Self.millisecondsPerDay + seconds * 1000 + fraction)
    }

    private static func append(_ number: Int64, _ digits: Int, to text: inout [UInt8]) {
        var divisor: Int64 = 1
        for _ in 1..<digits { divisor *= 10 }
        while divisor > 0 {
            text.append(UInt8(ascii: "0") + UInt8(number / divisor % 10))
            divisor /= 10
        }
    }

    private static func floorDivide(_ number: Int64, _ divisor: Int64) -> Int64 {
        let quotient = number / divisor
        return number % divisor < 0 ? quotient - 1 : quotient
    }

    // The proleptic Gregorian calendar, counted in years that begin on 1 March: the leap day is then a year's last,
    // and the months March to January have lengths that repeat every five (153 days). 719,468 days lie between
    // 0000-03-01 and 1970-01-01; 400 years have 146,097 days.

    private static func daysSinceEpoch(_ year: Int64, _ month: Int64, _ day: Int64) -> Int64 {
        let marchYear = month > 2 ? year : year - 1
        let marchMonth = month > 2 ? month - 3 : month + 9
        let leapDays = floorDivide(marchYear, 4) - floorDivide(marchYear, 100) + floorDivide(marchYear, 400)
        return marchYear * 365 + leapDays + (marchMonth * 153 + 2) / 5 + day - 1 - 719_468
    }

    private static func date(daysSinceEpoch days: Int64) -> (year: Int64, month: Int64, day: Int64) {
        let shifted = days + 719_468
        let era = floorDivide(shifted, 146_097)
        let inEra = shifted - era * 146_097
        let yearInEra = (inEra - inEra / 1460 + inEra / 36_524 - inEra / 146_096) / 365
        let inYear = inEra - (yearInEra * 365 + yearInEra / 4 - yearInEra / 100)
        let marchMonth = (inYear * 5 + 2) / 153
        let day = inYear - (marchMonth * 153 + 2) / 5 + 1
        let month = marchMonth < 10 ? marchMonth + 3 : marchMonth - 9
        return (era * 400 + yearInEra + (month <= 2 ? 1 : 0), month, day)
    }

    private static func dayCount(_ year: Int64, _ month: Int64) -> Int64 {
        switch month {
        case 2: year % 4 == 0 && (year % 100 != 0 || year % 400 == 0) ? 29 : 28
        case 4, 6, 9, 11: 30
        default: 31
        }
    }

    /// Reads digits and signs from a text.
    private struct Reader {
        let bytes: [UInt8]
        private var index = 0

        init(bytes: [UInt8]) { self.bytes = bytes }

        var isAtEnd: Bool { index == bytes.count }

        mutating func take(_ scalar: Unicode.Scalar) -> Bool {
            guard index < bytes.count, bytes[index] == UInt8(ascii: scalar) else { return false }
            index += 1
            return true
        }

        /// Exactly so many digits.
        mutating func number(_ digits: Int) -> Int64? {
            var number: Int64 = 0
            for _ in 0..<digits {
                guard let digit = digit() else { return nil }
                number = number * 10 + digit
            }
            return number
        }

        /// One or more digits after the point, in milliseconds.
        mutating func fraction() -> Int64? {
            var milliseconds: Int64 = 0
            var weight: Int64 = 100
            var isEmpty = true
            while let digit = digit() {
                milliseconds += digit * weight
                weight /= 10
                isEmpty = false
            }
            return isEmpty ? nil : milliseconds
        }

        /// `Z` or `±hh:mm`, in minutes.
        mutating func offset() -> Int64? {
            if take("Z") || take("z") { return 0 }
            let sign: Int64
            if take("+") { sign = 1 } else if take("-") { sign = -1 } else { return nil }
            guard let hours = number(2), hours <= 23, take(":"), let minutes = number(2), minutes <= 59 else {
                return nil
            }
            return sign * (hours * 60 + minutes)
        }

        private mutating func digit() -> Int64? {
            guard index < bytes.count else { return nil }
            let digit = bytes[index] &- UInt8(ascii: "0")
            guard digit < 10 else { return nil }
            index += 1
            return Int64(digit)
        }
    }
}
