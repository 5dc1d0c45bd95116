import Foundation
import GRDB
import TwinCore
import TwinRuntime

/// Enters facts and samples of another store under the sequence numbers that they had.
struct CopiedRows {
    private var sensors: SensorRegistry
    private var chain: SafetyChain
    private let origin: CopyOrigin

    /// Reads what is there already.
    init(_ origin: CopyOrigin, _ db: Database) throws {
        self.origin = origin
        sensors = try SensorRegistry(db)
        chain = try SafetyChain(db)
    }

    /// The transaction was committed.
    mutating func committed() {
        sensors.committed()
        chain.committed()
    }

    /// The transaction was rolled back.
    mutating func rolledBack() {
        sensors.rolledBack()
        chain.rolledBack()
    }

    /// Enters a batch within the current transaction.
    mutating func insert(_ batch: FeedBatch, _ progress: inout CopyProgress, _ db: Database) throws {
        try insertReadings(batch, &progress, db)
        try insertFacts(batch.facts, &progress, db)
        let turn = try db.cachedStatement(sql: "INSERT INTO clock_turns (sequence, unix_ms) VALUES (?, ?)")
        for clockTurn in batch.clockTurns {
            try turn.execute(arguments: [Int64(clockTurn.sequence), clockTurn.time.milliseconds])
        }
    }

    private mutating func insertReadings(_ batch: FeedBatch, _ progress: inout CopyProgress, _ db: Database) throws {
        guard let last = batch.readings.last else { return }
        let named = Dictionary(batch.sensors.map { ($0.number, $0) }, uniquingKeysWith: { $1 })
        var rows: [ReadingRow] = []
        rows.reserveCapacity(batch.readings.count)
        for reading in batch.readings {
            guard let sensor = named[reading.sensor] else {
                throw JournalFailure("the reading \(reading.sequence) is of a sensor without a name.")
            }
            let entry = try sensors.entry(.init(device: sensor.device, key: sensor.key), unit: sensor.unit, db)
            func own(_ unit: String) -> String? { unit == entry.unit ? nil : unit }
            rows.append(
                ReadingRow(
                    reading.sample, sequence: Int64(reading.sequence), sensor: entry.id, at: reading.moment,
                    ownUnit: own(reading.sample.unit)))
            if let original = reading.original {
                try insert(original, of: reading.sequence, ownUnit: own(original.unit), db)
            }
            note(sensor.device, reading.sequence, &progress)
        }
        try ReadingRow.insertion.insert(rows[...], db, bind: { $0.bind($1) })
        let entries = rows.map {
            HistoryBacklog.Entry(sensor: $0.sensor, event: $0.sample.eventTime.milliseconds, sequence: $0.sequence)
        }.sorted()
        try HistoryBacklog.insertion.insert(entries[...], db) { entry, place in
            place.bind(entry.sensor, 1)
            place.bind(entry.event, 2)
            place.bind(entry.sequence, 3)
        }
        try Schema.set(Schema.Mark.historyThrough, to: Int64(last.sequence), db)
    }

    private func insert(_ original: Sample, of sequence: UInt64, ownUnit: String?, _ db: Database) throws {
        try db.cachedStatement(
            sql: """
                INSERT INTO original_readings (sequence, value, unit, quality, model, calibration)
                VALUES (?, ?, ?, ?, ?, ?)
                """
        ).execute(arguments: [
            Int64(sequence), original.value, ownUnit.map { StoredText.column($0) }, original.quality.column,
            original.model.map { Int64($0.version) },
            original.model.flatMap { $0.calibration > 0 ? Int64($0.calibration) : nil },
        ])
    }

    private mutating func insertFacts(_ facts: [FeedFact], _ progress: inout CopyProgress, _ db: Database) throws {
        let insertion = try db.cachedStatement(
            sql:
                "INSERT INTO facts (sequence, device, kind, unix_ms, uptime_ms, body, seal) VALUES (?, ?, ?, ?, ?, ?, ?)"
        )
        for fact in facts {
            let row = FactRow(fact.fact, sequence: Int64(fact.sequence), body: fact.body)
            try insertion.execute(arguments: [
                row.sequence, row.device, row.kind, row.unixMilliseconds, row.uptimeMilliseconds, row.body, row.seal,
            ])
            if let device = fact.fact.device { note(device, fact.sequence, &progress) }
            if let hash = fact.safetyHash { try link(fact, row, given: hash, &progress, db) }
        }
        try chain.storeHead(db)
    }

    /// Makes a fact the next link of the chain, and looks whether it was one where it comes from.
    ///
    /// The chain is made of what is stored here. As long as no token was taken out of a fact, it is the same chain.
    private mutating func link(
        _ fact: FeedFact, _ row: FactRow, given: [UInt8], _ progress: inout CopyProgress, _ db: Database
    ) throws {
        let fits = row.hash(after: progress.givenHash) == given
        let isFirst = progress.givenHash == origin.anchor.hash
        progress.givenHash = given
        if !fits, isFirst, origin.isChainCut {
            // What it followed was removed with time: it is what the chain hangs on from now on.
            return try chain.hang(on: fact.sequence, hash: given, db)
        }
        if !fits, !fact.fact.event.bearsToken {
            progress.misfits += 1
            progress.firstMisfit = progress.firstMisfit ?? fact.sequence
        }
        try chain.append(row, db)
    }

    /// Takes note of a device's fact that its twin does not hold.
    private func note(_ device: DeviceID, _ sequence: UInt64, _ progress: inout CopyProgress) {
        guard sequence > origin.twins[device] ?? 0 else { return }
        progress.replayFrom = min(progress.replayFrom ?? sequence, sequence)
    }
}

extension SafetyChain {
    /// Begins a chain anew behind a link whose own fact is not one of it.
    mutating func hang(on sequence: UInt64, hash: [UInt8], _ db: Database) throws {
        try Self.set(.anchor, to: Link(sequence: Int64(sequence), number: head.number + 1, hash: hash), db)
        try Self.set(.head, to: Link(sequence: Int64(sequence), number: head.number + 1, hash: hash), db)
        self = try Self(db)
    }
}

extension Event {
    /// Whether an emergency token was taken out of it before it left the journal.
    fileprivate var bearsToken: Bool {
        switch self {
        case .device(.token(.sent)), .site(.broadcastTokenChanged(.some, _)): true
        case .site, .device, .sensor, .actuator: false
        }
    }
}
