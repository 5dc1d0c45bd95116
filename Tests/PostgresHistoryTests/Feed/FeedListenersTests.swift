import Testing
import TwinCore
import TwinRuntime

@testable import PostgresHistory

/// What listeners are told, and when: the pure part.
@Suite struct `Listeners` {
    private static let journal = "0123456789abcdef0123456789abcdef"

    private func rows(_ places: ClosedRange<Int64>) -> FeedNotice {
        var batch = FeedBatch(through: FeedCheckpoint(sequence: UInt64(places.upperBound), change: 0))
        batch.readings = places.map { place in
            let time = UnixTime(milliseconds: place * 1_000)
            return FeedReading(
                sequence: UInt64(place), sensor: 1, moment: Moment(time: time, uptime: Uptime(milliseconds: 1)),
                sample: Sample(
                    raw: 1, value: 1, unit: "pH", quality: .good, eventTime: time, receiptTime: time,
                    claimedTime: time, digest: UInt64(place), isTimely: true))
        }
        return FeedNotice(batch, after: places.lowerBound - 1, through: places.upperBound, of: Self.journal)
    }

    /// Stores a row at each of these times and lets the feed rest in between; says what is told when.
    private func transcript(
        _ times: [Int64], restsEvery stride: Int64? = nil, until end: Int64 = 0, blockedUntil: Int64 = -1
    ) -> [String] {
        var listeners = FeedListeners()
        var told: [String] = []
        var place: Int64 = 0
        for time in 0...max(end, times.last ?? 0) {
            let now = Uptime(milliseconds: time)
            func tell(_ notice: FeedNotice) {
                guard time > blockedUntil else { return listeners.blocked(at: now) }
                listeners.delivered(notice, at: now)
                told.append("\(time): \(notice.after + 1)-\(notice.through), \(notice.rows.sensorReadings) rows")
            }
            if times.contains(time) {
                place += 1
                let batch = rows(place...place)
                let notice = listeners.notice(with: batch, at: now)
                listeners.stored(batch)
                if let notice { tell(notice) }
            } else if let stride, time.isMultiple(of: stride), let notice = listeners.notice(at: now) {
                tell(notice)
            }
        }
        return told
    }

    @Test func `are told at once of the first, and of what follows together`() {
        #expect(
            transcript([10, 20, 30, 200, 260, 270], restsEvery: 50, until: 2_000) == [
                "10: 1-1, 1 rows", "260: 2-5, 4 rows", "550: 6-6, 1 rows",
            ])
    }

    @Test func `are told four times a second at most, of every row`() {
        let told = transcript((0..<1_000).map { $0 * 3 }, restsEvery: 250, until: 4_000)
        #expect(told.count <= 13)
        #expect(
            told.compactMap { $0.split(separator: " ").dropFirst(2).first.flatMap { Int($0) } }.reduce(0, +) == 1_000)
        #expect(told.last?.contains("-1000,") == true)
    }

    @Test func `hear everything later when the queue was full`() {
        let told = transcript([0, 10, 300], restsEvery: 250, until: 130_000, blockedUntil: 60_100)
        #expect(told == ["120000: 1-3, 3 rows"])
    }

    @Test func `are told where a feed begins, and of what may have come unnoticed`() {
        var listeners = FeedListeners()
        let now = Uptime(milliseconds: 0)
        listeners.begins(at: 40, of: Self.journal)
        #expect(listeners.untold == FeedNotice(of: Self.journal, after: 40, through: 40))
        let first = listeners.notice(with: rows(41...50), at: now)
        #expect(first?.after == 40 && first?.through == 50 && first?.isComplete == false && first?.span == nil)
        listeners.stored(rows(41...50))
        listeners.delivered(first!, at: now)
        // The next transaction took effect, and nobody heard of its end.
        listeners.begins(at: 60, of: Self.journal)
        #expect(listeners.untold == FeedNotice(of: Self.journal, after: 50, through: 60))
        listeners.delivered(listeners.untold!, at: now)
        listeners.begins(at: 60, of: Self.journal)
        #expect(listeners.untold == nil)
    }

    @Test func `read small JSON, however much there is to say`() throws {
        let payload = try rows(3...5).payload
        #expect(
            payload == """
                {"after":2,"complete":true,"from":"1970-01-01T00:00:03.000Z",\
                "journal":"0123456789abcdef0123456789abcdef","rows":{"commands":0,"esp_devices":0,"events":0,\
                "safety_records":0,"sensor_readings":3},"through":5,"to":"1970-01-01T00:00:05.000Z"}
                """)
        var all = FeedNotice(of: Self.journal, after: .min, through: .max)
        let bare = try all.payload
        #expect(!bare.contains("from"))
        for _ in 0..<1_000 { all.add(rows(1...2)) }
        let size = try all.payload.utf8.count
        #expect(size < FeedNotice.maximumBytes / 10)
    }
}
