import EventLoop
import Logging
import TwinCore
import TwinRuntime

extension HistoryFeed {
    /// Asks PostgreSQL how far it is.
    func begin(_ course: inout FeedCourse) async throws {
        let id = try await source.journalID()
        let results = try await link.transaction(
            [.statement(FeedStatements.introduce, [.text(id)]), .statement(FeedStatements.checkpoint, [.text(id)])])
        guard results[1].count == 1, let base = try results[1].integer(0, 0),
            let sequence = try results[1].integer(0, 1), let change = try results[1].integer(0, 2)
        else { throw PostgresFailure(.misused, "the table journals says nothing about the journal \(id)") }
        course.journal = FeedShipment.Journal(id: id, base: base)
        course.checkpoint = FeedCheckpoint(sequence: UInt64(max(0, sequence)), change: change)
        course.hasBegun = true
        let others = try await link.query(FeedStatements.others, [.text(id)])
        try await source.noteOthers(try others.truth(0, 0))
        let through = course.checkpoint.sequence
        note { standing in
            standing.trouble = nil
            standing.through = through
        }
        logger.info("feed.begins", metadata: ["through": "\(through)"])
    }

    /// Brings the next batch, or what was corrected where there is none.
    ///
    /// - Returns: Whether more waits already.
    func advance(_ course: inout FeedCourse) async throws -> Bool {
        guard let journal = course.journal else { throw PostgresFailure(.misused, "the feed has not begun") }
        let limit = course.limit
        let made: (shipment: FeedShipment?, sensors: FeedSensors)
        if let next = course.next {
            made = try await next.value
        } else {
            made = try await make(after: course.checkpoint, limit, journal, course.sensors)
        }
        course.next = nil
        course.sensors = made.sensors
        guard let shipment = made.shipment else { return try await correct(&course, journal) }
        try await makePartitions(&course, for: shipment)
        let isFull = shipment.rowCount >= limit
        if isFull {
            let (through, sensors) = (shipment.through, course.sensors)
            course.next = Task { [self] in try await make(after: through, limit, journal, sensors) }
        }
        try await ship(shipment, &course)
        course.checkpoint = shipment.through
        course.arrived()
        note { standing in
            standing.through = shipment.through.sequence
            standing.fed += UInt64(shipment.rowCount)
        }
        return isFull
    }

    private func ship(_ shipment: FeedShipment, _ course: inout FeedCourse) async throws {
        do throws(PostgresFailure) {
            try await link.transaction(
                shipment.steps(isStaged: course.isStaged), deadlineMilliseconds: Self.deadlineMilliseconds)
        } catch {
            guard error.sqlState == FeedStatements.duplicateState, !course.isStaged else { throw error }
            // Some of it is there already, by a restored backup or another way: what is missing is added.
            course.isStaged = true
            logger.notice("feed.merges", metadata: ["reason": "\(error.message)"])
            try await link.transaction(
                shipment.steps(isStaged: true), deadlineMilliseconds: Self.deadlineMilliseconds)
        }
    }

    /// Reads the next rows and puts them into PostgreSQL's form.
    @concurrent
    private func make(
        after checkpoint: FeedCheckpoint, _ limit: Int, _ journal: FeedShipment.Journal, _ known: FeedSensors
    ) async throws -> (shipment: FeedShipment?, sensors: FeedSensors) {
        let batch = try await source.rows(after: checkpoint, limit: limit)
        guard !batch.isEmpty else { return (nil, known) }
        var sensors = known
        try await sensors.learn(batch.sensors, through: link)
        return (try FeedShipment(batch, after: checkpoint, of: journal, sensors), sensors)
    }

    /// Makes the partitions that a shipment's days need, once; whatever has none goes to the default one.
    private func makePartitions(_ course: inout FeedCourse, for shipment: FeedShipment) async throws {
        for day in shipment.days.subtracting(course.days).sorted() {
            let noon = UnixTime(milliseconds: day * 86_400_000 + 43_200_000)
            _ = try await link.query(
                FeedStatements.makePartitions, [.time(noon)], deadlineMilliseconds: Self.deadlineMilliseconds)
            course.days.insert(day)
        }
    }

    /// Brings samples that were computed again after they were stored.
    private func correct(_ course: inout FeedCourse, _ journal: FeedShipment.Journal) async throws -> Bool {
        let readings = try await source.changedReadings(limit: Self.correctionRows)
        guard !readings.isEmpty else { return false }
        // Those behind the checkpoint will come as they are now.
        let fed = readings.filter { $0.sequence <= course.checkpoint.sequence }
        if !fed.isEmpty {
            try await course.sensors.learn(
                try await source.sensors(Set(fed.map(\.sensor)).sorted()), through: link)
            try await link.transaction(
                try FeedShipment.corrections(fed, of: journal, course.sensors),
                deadlineMilliseconds: Self.deadlineMilliseconds)
        }
        try await source.forgetChanged(readings)
        return readings.count == Self.correctionRows
    }

    /// Tells the journal how far the feed is, and asks how much waits; now and then.
    func keepBooks(_ course: inout FeedCourse) async throws {
        let now = loop.moment.uptime
        if let last = course.booksKeptAt, now.milliseconds(since: last) < Self.bookkeepingMilliseconds { return }
        course.booksKeptAt = now
        let backlog = try await source.backlog(after: course.hasBegun ? course.checkpoint : nil)
        note { $0.backlog = backlog }
        guard course.journal != nil, course.noted != course.checkpoint.sequence else { return }
        try await source.noteFed(through: course.checkpoint.sequence)
        course.noted = course.checkpoint.sequence
    }
}
