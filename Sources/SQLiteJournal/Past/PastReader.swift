import Foundation
import GRDB
import TwinCore
import TwinRuntime

/// Reads what rebuilds some twins at an instant, within one read transaction and in bounded memory.
struct PastReader {
    /// How many sequence numbers are read at once.
    static let page: Int64 = 20_000

    private let db: Database
    private let query: PastQuery
    private let instants: PastInstants

    /// How long two kept snapshots lie apart at most.
    private let intervalMilliseconds: Int64

    init(_ query: PastQuery, intervalMilliseconds: Int64, _ db: Database) {
        self.query = query
        self.intervalMilliseconds = intervalMilliseconds
        self.db = db
        instants = PastInstants(db: db)
    }

    /// Where the twin of a device begins to be rebuilt.
    private struct Base {
        var device: DeviceID
        /// The last fact in its snapshot; 0 without one.
        var last: Int64
        /// No fact of the device lies between its snapshot and this one, inclusive.
        var through: Int64
        var body: Body

        enum Body {
            case none
            case latest
            case past
        }
    }

    /// Finds out what there is to be read.
    func stretch() throws -> PastStretch {
        let from = try Self.keptFrom(intervalMilliseconds: intervalMilliseconds, db)
        guard query.at.milliseconds >= from else {
            throw PastFailure.notKept(from: UnixTime(milliseconds: from))
        }
        let last = try instants.lastSequence(at: query.at)
        guard let found = try instants.moment(through: last) else {
            return PastStretch(
                moment: Moment(time: query.at, uptime: Uptime(milliseconds: 0)), lastSequence: 0, devices: [],
                forEach: { _ in })
        }
        let devices = try devices()
        let span = query.at.milliseconds - found.moment.time.milliseconds
        return PastStretch(
            moment: Moment(time: query.at, uptime: found.moment.uptime.advanced(byMilliseconds: span)),
            lastSequence: UInt64(last), devices: devices,
            forEach: { try read(devices, through: last, $0) })
    }

    /// From when on twins can be rebuilt: a replay reads samples from up to two intervals before its instant.
    static func keptFrom(intervalMilliseconds: Int64, _ db: Database) throws -> Int64 {
        let readings = try Schema.mark(Schema.Mark.readingsFrom, db)
        return max(
            try Schema.mark(Schema.Mark.pastFrom, db), readings == 0 ? 0 : readings + 2 * intervalMilliseconds)
    }

    private func read(_ devices: [DeviceID], through end: Int64, _ take: (PastStretch.Step) throws -> Void) throws {
        guard let first = devices.first, let last = devices.last else { return }
        let replayFrom = try Schema.mark(Schema.Mark.replayFrom, db)
        let bases = try devices.map { try base(of: $0, through: end, replayFrom: replayFrom) }
        for base in bases {
            try query.mayGoOn()
            guard let snapshot = try snapshot(base) else { continue }
            try take(.snapshot(snapshot, lastSequence: UInt64(base.last)))
        }
        let start = min(end, bases.map(\.through).min() ?? end)
        let facts = PastFacts(from: first, to: last, db)
        // Runs may have begun where none of the devices spoke.
        try facts.site(after: bases.map(\.last).min() ?? 0, through: start, take)
        var low = start
        while low < end {
            try query.mayGoOn()
            let high = min(end, low + Self.page)
            try facts.all(after: low, through: high, take)
            low = high
        }
    }

    private func base(of device: DeviceID, through end: Int64, replayFrom: Int64) throws -> Base {
        let name = device.description
        let latest = try Int64.fetchOne(
            db.cachedStatement(sql: "SELECT last_sequence FROM snapshots WHERE device = ?"), arguments: [name])
        if let latest, latest <= end {
            return Base(device: device, last: latest, through: max(latest, replayFrom - 1), body: .latest)
        }
        let past = try Int64.fetchOne(
            db.cachedStatement(
                sql: """
                    SELECT last_sequence FROM past_snapshots WHERE device = ? AND last_sequence <= ?
                    ORDER BY last_sequence DESC LIMIT 1
                    """), arguments: [name, end])
        let next = try Int64.fetchOne(
            db.cachedStatement(
                sql: """
                    SELECT first_sequence FROM past_snapshots WHERE device = ? AND last_sequence > ?
                    ORDER BY last_sequence LIMIT 1
                    """), arguments: [name, end])
        let before = latest == nil ? replayFrom - 1 : 0
        return Base(
            device: device, last: past ?? 0, through: max(past ?? before, (next ?? 0) - 1),
            body: past == nil ? .none : .past)
    }

    private func snapshot(_ base: Base) throws -> DeviceSnapshot? {
        let name = base.device.description
        let body: Data
        let row: String
        switch base.body {
        case .none: return nil
        case .latest:
            let text = try String.fetchOne(
                db.cachedStatement(sql: "SELECT body FROM snapshots WHERE device = ?"), arguments: [name])
            (body, row) = (Data((text ?? "").utf8), "row device=\(name) of snapshots")
        case .past:
            let column = try Data.fetchOne(
                db.cachedStatement(sql: "SELECT body FROM past_snapshots WHERE device = ? AND last_sequence = ?"),
                arguments: [name, base.last])
            row = "row device=\(name), last_sequence=\(base.last) of past_snapshots"
            do {
                body = try PackedText.unpack(column ?? Data())
            } catch {
                throw JournalFailure.unreadable(row, error)
            }
        }
        do {
            return try JSONDecoder().decode(DeviceSnapshot.self, from: body)
        } catch {
            throw JournalFailure.unreadable(row, error)
        }
    }

    /// The devices that are asked for, as far as the journal knows them.
    private func devices() throws -> [DeviceID] {
        switch query.devices {
        case .one(let device): return [device]
        case .after(let id, let limit):
            var devices: [DeviceID] = []
            var last = id?.description ?? ""
            while devices.count < limit, let name = try device(after: last) {
                guard let device = DeviceID(name) else {
                    throw JournalFailure.unreadable("the facts", ColumnFault("device", name))
                }
                devices.append(device)
                last = name
            }
            return devices
        }
    }

    private func device(after name: String) throws -> String? {
        try String.fetchOne(
            db.cachedStatement(
                sql: """
                    SELECT min(device) FROM (
                        SELECT (SELECT min(device) FROM facts WHERE device > :name) AS device
                        UNION ALL SELECT (SELECT min(device) FROM snapshots WHERE device > :name)
                        UNION ALL SELECT (SELECT min(device) FROM past_snapshots WHERE device > :name))
                    """), arguments: ["name": name])
    }
}
