import EventLoop
import PostgresCluster
import TestSupport
import Testing
import TwinCore
import TwinRuntime

@testable import PostgresHistory

@Suite struct `The history's feed` {
    private func url() async throws -> String {
        let cluster = try await PostgresCluster.shared
        return try await cluster.url(cluster.makeDatabase())
    }

    private func number(_ sql: String, _ link: PostgresLink) async throws -> Int64? {
        let rows = try await link.query(sql)
        return rows.count > 0 ? try rows.integer(0, 0) : nil
    }

    @Test(arguments: [1, 7, 1_000]) func `brings every reading as it is`(batchRows: Int) async throws {
        let source = FakeSource()
        source.addReadings(60)
        try await withFeeds(await url(), [source], batchRows: batchRows) { feeds, link, recorder in
            await fed(source)
            #expect(try await difference(link, source) == nil)
            source.addReadings(40)
            await fed(source)
            #expect(try await difference(link, source) == nil)
            let rows = try await link.query("SELECT fed_through, base FROM journals")
            #expect(rows.count == 1)
            #expect(try rows.integer(0, 0) == 100)
            await eventually("the vitals say so") { await recorder.loop.run { feeds[0].vitals() }.backlog == 0 }
            #expect(await recorder.loop.run { feeds[0].vitals() }.condition == .ok)
        }
    }

    @Test func `tells the journal whether the database holds rows of others, and the database what time it is`()
        async throws
    {
        let (first, second) = (FakeSource("first"), FakeSource("second"))
        first.addReadings(3)
        try await withFeeds(await url(), [first]) { _, link, recorder in
            await fed(first)
            #expect(first.others == false)
            let marks = try await link.query("SELECT value::bigint FROM marks WHERE name = 'fed_time_ms first'")
            #expect(marks.count == 1)
            #expect(try marks.integer(0, 0) == first.readings.last?.moment.time.milliseconds)
            let feed = HistoryFeed(
                from: second, to: link, on: recorder.loop, batchRows: 10, logger: recorder.logger
            ) {}
            await recorder.loop.run { feed.start { _ in } }
            await eventually("the second was told") { second.others == true }
            await withCheckedContinuation { continuation in
                recorder.loop.post { feed.stop { continuation.resume() } }
            }
        }
    }

    @Test func `tells the rollups what came, without a gap`() async throws {
        let source = FakeSource()
        source.addReadings(50)
        try await withFeeds(await url(), [source], batchRows: 20) { _, link, _ in
            await fed(source)
            let steps = try await link.query(
                "SELECT after_position, through_position, earliest, latest FROM feed_steps ORDER BY step_id")
            #expect(steps.count == 3)
            for (row, places) in [(0, 0...20), (1, 20...40), (2, 40...50)] as [(Int, ClosedRange<Int64>)] {
                #expect(try steps.integer(row, 0) == places.lowerBound)
                #expect(try steps.integer(row, 1) == places.upperBound)
                #expect(try steps.time(row, 2) == source.readings[Int(places.lowerBound)].sample.eventTime)
                #expect(try steps.time(row, 3) == source.readings[Int(places.upperBound) - 1].sample.eventTime)
            }
        }
    }

    @Test func `brings facts, safety records, commands and twins`() async throws {
        let source = FakeSource()
        let hash = [UInt8](repeating: 7, count: 32)
        source.addReadings(1)
        source.addFact()
        source.addFact(body: #"{"stop":1}"#, hash: hash)
        source.put(.example("c1"))
        source.put(.example("c2", state: .sent))
        source.put(.example(online: true))
        try await withFeeds(await url(), [source]) { _, link, _ in
            await fed(source)
            let events = try await link.query(
                "SELECT position, kind, body::text, readable(body) ->> 'text' FROM events")
            #expect(events.count == 1)
            #expect(try events.integer(0, 0) == 2)
            #expect(try events.text(0, 1) == "device.came_online")
            #expect(try events.text(0, 2) == #"{"text":"a\u0000b"}"#)
            #expect(try events.text(0, 3) == "a\u{FFFD}b")
            let safety = try await link.query("SELECT position, hash, body::text FROM safety_records")
            #expect(safety.count == 1)
            #expect(try safety.bytes(0, 1) == hash)
            #expect(try safety.text(0, 2) == #"{"stop":1}"#)
            #expect(try await number("SELECT count(*) FROM commands WHERE state = 'sent'", link) == 1)
            let device = try await link.query("SELECT device_id, status, name, position FROM esp_devices")
            #expect(try device.text(0, 1) == "online")
            #expect(try await number("SELECT count(*) FROM actuators", link) == 1)
            #expect(try await link.query("SELECT state FROM actuator_states").text(0, 0) == "unknown")

            // A record that changes while nothing else happens, and one that goes back in nobody's time.
            source.put(.example("c1", state: .confirmed))
            source.put(.example(online: false))
            await eventually("the changes are fed") {
                (try? await number("SELECT fed_change FROM journals", link)) == 5
            }
            #expect(try await number("SELECT count(*) FROM commands WHERE state = 'confirmed'", link) == 1)
            #expect(try await number("SELECT count(*) FROM commands", link) == 2)
            #expect(try await number("SELECT count(*) FROM esp_devices WHERE status = 'approved'", link) == 1)
        }
    }

    @Test func `makes a partition for each day, and leaves clocks that are far off to the default one`() async throws {
        let source = FakeSource()
        source.addReadings(4) { number in
            number == 2
                ? UnixTime(milliseconds: 4_294_967_295_000)
                : FakeSource.start.advanced(byMilliseconds: Int64(number) * 40_000_000)
        }
        try await withFeeds(await url(), [source]) { _, link, _ in
            await fed(source)
            let wrong = try await difference(link, source)
            #expect(wrong == nil)
            #expect(try await number("SELECT count(*) FROM sensor_readings_default", link) == 1)
            #expect(
                try await number("SELECT count(*) FROM partitions WHERE parent = 'sensor_readings'", link) == 2)
        }
    }

    @Test func `adds what is missing where some of it is there already`() async throws {
        let source = FakeSource()
        source.addReadings(30)
        source.addFact()
        let url = try await url()
        try await withFeeds(url, [source]) { _, link, _ in
            await fed(source)
            _ = try await link.query("DELETE FROM sensor_readings WHERE position % 3 = 0")
            _ = try await link.query("DELETE FROM feed_steps")
        }
        // As after a restored checkpoint.
        try await withLink(url) { link, _ in
            _ = try await link.query("UPDATE journals SET fed_through = 5, fed_seal = NULL")
        }
        source.addReadings(5)
        try await withFeeds(url, [source], batchRows: 10) { _, link, recorder in
            await fed(source)
            // What lay before the checkpoint is not asked for again.
            _ = try await link.query("DELETE FROM sensor_readings WHERE position <= 5")
            let count = try await number("SELECT count(*) FROM sensor_readings", link)
            #expect(count == 30)
            #expect(try await number("SELECT count(*) FROM events", link) == 1)
            #expect(recorder.log.contains { $0.contains("feed.merges") })
        }
    }

    @Test func `corrects what was computed again`() async throws {
        let source = FakeSource()
        source.addReadings(40)
        let url = try await url()
        try await withFeeds(url, [source]) { _, link, _ in await fed(source) }
        source.recompute({ $0 * 3 }) { $0 % 4 == 0 }
        source.recompute({ _ in nil }) { $0 == 5 }
        source.addReadings(10)
        source.recompute({ $0 * 5 }) { $0 == 45 }
        // A new run, which has not seen the sensors.
        try await withFeeds(url, [source]) { _, link, _ in
            await eventually("the corrections are fed") { source.changed.isEmpty }
            await fed(source)
            let wrong = try await difference(link, source)
            #expect(wrong == nil)
            #expect(try await number("SELECT last_value FROM journals_number_seq", link) == 1)
            #expect(try await number("SELECT last_value FROM sensors_sensor_id_seq", link) == 3)
            #expect(try await number("SELECT count(*) FROM stale_rollups WHERE level = 0", link) ?? 0 > 0)
        }
    }

    @Test func `does not mix two journals up, nor two feeds of one`() async throws {
        let first = FakeSource("first")
        let second = FakeSource("second")
        first.addReadings(300)
        second.addReadings(200) { FakeSource.start.advanced(byMilliseconds: Int64($0) * 1_000 + 1) }
        try await withFeeds(await url(), [first, second, first], batchRows: 10) { _, link, _ in
            await fed(first)
            await fed(second)
            let rows = try await link.query("SELECT journal_id, base FROM journals ORDER BY journal_id")
            #expect(try await difference(link, first, base: rows.integer(0, 1) ?? -1) == nil)
            #expect(try await difference(link, second, base: rows.integer(1, 1) ?? -1) == nil)
        }
    }

    @Test func `brings all before a row that the server refuses, and says what is wrong`() async throws {
        let source = FakeSource()
        source.addReadings(20)
        source.addFact(body: "no JSON")
        source.addReadings(5)
        try await withFeeds(await url(), [source], batchRows: 100) { feeds, link, recorder in
            await eventually("all before it is there") {
                (try? await number("SELECT fed_through FROM journals", link)) == 20
            }
            await eventually("the vitals say what waits") {
                let vitals = await recorder.loop.run { feeds[0].vitals() }
                return vitals.condition.reason?.contains("22P02") == true && vitals.backlog == 6
            }
        }
    }
}

extension CommandRecord {
    static func example(_ id: String, state: CommandState = .accepted) -> Self {
        CommandRecord(
            device: DeviceID("ESP_000001")!, gpio: GPIO(16)!,
            order: CommandOrder(
                id: CommandID(id), verb: .pwm, value: 0.5, durationSeconds: 30, issuedBy: "user:mara\0",
                issuedAt: FakeSource.start),
            state: state, refusedBy: nil, evaluations: [], leaseSeconds: 30)
    }
}

extension DeviceSnapshot {
    static func example(online isOnline: Bool) -> Self {
        let moment = Moment(time: FakeSource.start, uptime: Uptime(milliseconds: 1))
        let device = DeviceID("ESP_000001")!
        var state = DeviceState(address: DeviceAddress(kaiser: .god, device: device), isApproved: true, at: moment)
        if isOnline { state.apply(.cameOnline, at: moment) }
        let sensor = SensorState(key: SensorKey(gpio: GPIO(4)!, type: "ph\0\\1", address: .i2c(68)))
        let actuator = ActuatorState(device: device, gpio: GPIO(16)!, type: "pump\0")
        return DeviceSnapshot(revision: 1, device: state, sensors: [sensor], actuators: [actuator])
    }
}
