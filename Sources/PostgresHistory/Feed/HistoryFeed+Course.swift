import EventLoop
import Logging
import TwinCore
import TwinRuntime

extension HistoryFeed {
    /// Asks PostgreSQL how far it is.
    func begin(_ course: inout FeedCourse) async throws {
        let origin = try await source.origin()
        let id = origin.journal
        // Read first: whoever else feeds this journal notes only what PostgreSQL holds by now.
        let noted = try await source.reach().noted
        let told = FeedCheckpoint(
            sequence: max(noted.sequence, course.checkpoint.sequence),
            change: max(noted.change, course.checkpoint.change))
        let results = try await link.transaction([
            .statement(
                FeedStatements.introduce,
                [
                    .text(id), .text(origin.former), .integer(Int64(clamping: origin.shared.sequence)),
                    .integer(origin.shared.change), .time(origin.pastFrom),
                    .integer(Int64(clamping: origin.anchor.sequence)), .integer(Int64(clamping: origin.anchor.number)),
                    .bytes(origin.anchor.hash),
                ]),
            .statement(FeedStatements.checkpoint, [.text(id)]), .statement(JournalLine.query, [.text(id)]),
        ])
        let line = try JournalLine(id: id, results[2])
        let (sequence, change) = (try results[1].wholeNumber(0, 0), try results[1].wholeNumber(0, 1))
        let held = FeedCheckpoint(sequence: UInt64(max(0, sequence)), change: change)
        let seal = try results[1].integer(0, 2)
        guard try await reconcile(held, seal: seal, noted: told, id) else {
            course.checkpoint = FeedCheckpoint()
            return try await begin(&course)
        }
        course.journal = line
        course.checkpoint = held
        // What is noted as fed is noted again: it may have gone back.
        course.noted = nil
        // Once: what follows a failure is told by whoever watches the database.
        let level: Logger.Level = course.hasBegun ? .debug : .info
        course.hasBegun = true
        course.listeners.begins(at: line.position(of: held.sequence), of: id)
        let others = try await link.query(FeedStatements.others, [.text(id)])
        try await source.noteOthers(try others.truth(0, 0))
        let skipped = try await link.query(FeedStatements.skipped(line)).wholeNumber(0, 0)
        let through = course.checkpoint.sequence
        note { standing in
            standing.trouble = nil
            standing.through = through
            standing.skipped = Int(skipped)
        }
        logger.log(level: level, "feed.begins", metadata: ["through": "\(through)"])
    }

    /// Brings the next batch, and what was corrected: where there is no batch, and now and then however many there are.
    ///
    /// - Returns: Whether more waits already.
    func advance(_ course: inout FeedCourse) async throws -> Bool {
        guard let journal = course.journal else { throw PostgresFailure(.misused, "the feed has not begun") }
        let limit = course.limit
        let made: FeedReadiness
        if let next = course.next {
            made = try await next.value
        } else {
            made = try await make(after: course.checkpoint, limit, journal, course.sensors)
        }
        course.next = nil
        course.sensors = made.sensors
        note(records: made.obstacle)
        guard let shipment = made.shipment else {
            try await tellRest(&course, at: loop.moment.uptime)
            return try await correct(&course, journal)
        }
        try await makePartitions(&course, for: shipment)
        let isFull =
            shipment.rowCount >= limit || shipment.recordCount >= min(limit, FeedBatch.maximumRecords)
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
        guard isCorrectionDue(course) else { return isFull }
        return try await correct(&course, journal) || isFull
    }

    private func ship(_ shipment: FeedShipment, _ course: inout FeedCourse) async throws {
        do throws(PostgresFailure) {
            do throws(PostgresFailure) {
                try await run(shipment, &course)
            } catch {
                guard error.sqlState == FeedStatements.duplicateState, !course.isStaged else { throw error }
                // Some of it is there already, by a restored backup or another way: what is missing is added.
                course.isStaged = true
                logger.notice("feed.merges", metadata: ["reason": "\(error.message)"])
                try await run(shipment, &course)
            }
        } catch {
            throw shipment.explained(error)
        }
    }

    /// Reads the next rows and puts them into PostgreSQL's form.
    @concurrent
    private func make(
        after checkpoint: FeedCheckpoint, _ limit: Int, _ journal: JournalLine, _ known: FeedSensors
    ) async throws -> FeedReadiness {
        let batch = try await source.rows(after: checkpoint, limit: limit)
        guard !batch.isEmpty else { return FeedReadiness(shipment: nil, sensors: known, obstacle: batch.obstacle) }
        var sensors = known
        try await sensors.learn(batch.sensors, through: link)
        return FeedReadiness(
            shipment: try FeedShipment(batch, after: checkpoint, of: journal, sensors), sensors: sensors,
            obstacle: batch.obstacle)
    }

    /// Takes note of why commands and twins do not get on; rows do.
    private func note(records obstacle: String?) {
        var isNews = false
        note { standing in
            isNews = obstacle != nil && standing.recordsWait != obstacle
            standing.recordsWait = obstacle
        }
        if let obstacle, isNews { logger.error("feed.records-wait", metadata: ["reason": "\(obstacle)"]) }
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

    private func isCorrectionDue(_ course: FeedCourse) -> Bool {
        guard let last = course.correctedAt else { return true }
        return loop.moment.uptime.milliseconds(since: last) >= Self.correctionMilliseconds
    }

    /// Brings samples that were computed again after they were stored.
    private func correct(_ course: inout FeedCourse, _ journal: JournalLine) async throws -> Bool {
        // Noted first: one that PostgreSQL refuses does not come before the next rows again.
        course.correctedAt = loop.moment.uptime
        let readings: [FeedReading]
        do {
            readings = try await source.changedReadings(limit: Self.correctionRows)
            note { $0.correctionsWait = nil }
        } catch let failure as JournalFailure {
            // What came first goes on; PostgreSQL has an older value meanwhile.
            note { $0.correctionsWait = "a value computed again waits: \(failure)" }
            return false
        }
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
        let reach = try await source.reach()
        note { standing in
            standing.backlog = backlog
            standing.corrections = reach.corrections
            standing.lost = reach.lost
        }
        defer {
            // Nothing may come that would show that somebody had the feed go past the record that is in the way.
            if told.recordsWait != nil, course.next == nil { course.journal = nil }
        }
        guard course.journal != nil, course.noted != course.checkpoint else { return }
        try await source.noteFed(through: course.checkpoint)
        course.noted = course.checkpoint
    }
}
