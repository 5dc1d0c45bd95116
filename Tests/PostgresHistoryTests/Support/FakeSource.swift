import Synchronization
import TwinCore
import TwinRuntime

/// A journal in memory, as a feed sees it.
final class FakeSource: FeedSource {
    struct State {
        var readings: [FeedReading] = []
        var facts: [FeedFact] = []
        var commands: [(change: Int64, record: CommandRecord)] = []
        var twins: [(change: Int64, twin: DeviceSnapshot)] = []
        var sensors: [StoredSensor] = []
        var changed: [FeedReading] = []
        var id: String
        var noted = FeedCheckpoint()
        var recomputed: Set<UInt64> = []
        var lost = 0
        /// Whether the other store has rows of other journals; `nil` while nobody said.
        var others: Bool?
        /// How often it went back: other rows come then.
        var turns: UInt64 = 0
        var sequence: UInt64 = 0
        var change: Int64 = 0
        var former: String?
        var shared = FeedCheckpoint()
        /// Whether a reading comes whenever rows are asked for.
        var isBusy = false
        /// The sequence number of a row that cannot be read.
        var unreadable: UInt64?
    }

    private let state: Mutex<State>

    init(_ id: String = "0123456789abcdef0123456789abcdef", sensors count: Int = 3) {
        state = Mutex(State(id: id))
        state.withLock { state in
            state.sensors = (1...count).map { number in
                StoredSensor(
                    number: Int64(100 + number), device: DeviceID("ESP_00000\(number)")!,
                    key: SensorKey(gpio: GPIO(4)!, type: "ph\0\\\(number)", address: .i2c(68)), unit: "pH")
            }
        }
    }

    /// What the safety records of a journal hang on whose first ones are gone.
    static let anchor = SafetyAnchor(sequence: 3, number: 2, hash: (1...32).map { UInt8($0) })

    /// When the first reading was measured: in the middle of an hour, near the end of a UTC day.
    static let start = UnixTime(milliseconds: 1_795_303_800_000)

    /// Adds readings of all sensors in turn, one a second.
    func addReadings(
        _ count: Int, receivedLater delay: Int64 = 0,
        at time: (Int) -> UnixTime = { start.advanced(byMilliseconds: Int64($0) * 1_000) }
    ) {
        state.withLock { state in
            for _ in 0..<count {
                state.sequence += 1
                let number = state.sequence
                let receipt = Self.start.advanced(
                    byMilliseconds: Int64(number) * 1_000 + 25 + Int64(state.turns) + delay)
                let event = time(Int(number))
                let sample = Sample(
                    raw: Double(number), value: number % 7 == 0 ? nil : Double(number) / 2,
                    unit: number % 5 == 0 ? "mV\\" : "pH", quality: .good, eventTime: event, receiptTime: receipt,
                    claimedTime: event, digest: UInt64.max - number - state.turns << 32,
                    errorCode: number % 11 == 0 ? 7 : nil,
                    isTimely: true, model: number % 3 == 0 ? ModelStamp(version: .max, calibration: 2) : nil)
                state.readings.append(
                    FeedReading(
                        sequence: number, sensor: state.sensors[Int(number) % state.sensors.count].number,
                        moment: Moment(time: receipt, uptime: Uptime(milliseconds: Int64(number))), sample: sample))
            }
        }
    }

    /// Becomes a restored backup of another journal.
    func branch(off former: String, at shared: FeedCheckpoint) {
        state.withLock { state in (state.former, state.shared) = (former, shared) }
    }

    /// Adds a fact; a safety record where there is a hash.
    func addFact(body: String = #"{"text":"a\u0000b"}"#, hash: [UInt8]? = nil) {
        state.withLock { state in
            state.sequence += 1
            let moment = Moment(time: Self.start, uptime: Uptime(milliseconds: 1))
            let fact = Fact(device: state.sensors[0].device, moment: moment, event: .device(.cameOnline))
            state.facts.append(FeedFact(sequence: state.sequence, fact: fact, body: body, safetyHash: hash))
        }
    }

    /// Adds a command or changes it.
    func put(_ record: CommandRecord) {
        state.withLock { state in
            state.change += 1
            state.commands.removeAll { $0.record.order.id == record.order.id }
            state.commands.append((state.change, record))
        }
    }

    /// Adds a twin or changes it.
    func put(_ twin: DeviceSnapshot) {
        state.withLock { state in
            state.change += 1
            state.twins.removeAll { $0.twin.device.id == twin.device.id }
            state.twins.append((state.change, twin))
        }
    }

    /// Changes values that were stored, as computing them again does.
    func recompute(_ change: (Double) -> Double?, where isMeant: (UInt64) -> Bool) {
        state.withLock { state in
            for index in state.readings.indices where isMeant(state.readings[index].sequence) {
                state.readings[index].original = state.readings[index].original ?? state.readings[index].sample
                state.readings[index].sample.value = change(state.readings[index].sample.raw)
                state.readings[index].sample.quality = .suspect
                state.changed.append(state.readings[index])
                state.recomputed.insert(state.readings[index].sequence)
            }
        }
    }

    /// Has a reading come whenever rows are asked for, so that there is always a next batch.
    func keepBusy(_ isBusy: Bool) { state.withLock { $0.isBusy = isBusy } }

    /// Damages a row.
    func damage(_ sequence: UInt64?) { state.withLock { $0.unreadable = sequence } }

    var readings: [FeedReading] { state.withLock { $0.readings } }
    var changed: [FeedReading] { state.withLock { $0.changed } }
    var id: String { state.withLock { $0.id } }
    var fedThrough: UInt64 { state.withLock { $0.noted.sequence } }
    var lastSequence: UInt64 { state.withLock { $0.sequence } }

    func origin() async throws -> FeedOrigin {
        state.withLock { FeedOrigin(journal: $0.id, former: $0.former, shared: $0.shared, anchor: Self.anchor) }
    }

    func rows(after checkpoint: FeedCheckpoint, limit: Int) async throws -> FeedBatch {
        if state.withLock({ $0.isBusy }) { addReadings(1) }
        return try state.withLock { state in
            let end = max(checkpoint.sequence, min(state.sequence, checkpoint.sequence + UInt64(limit)))
            let wanted = (checkpoint.sequence + 1)..<(end + 1)
            if let row = state.unreadable, wanted.contains(row) {
                throw JournalFailure("row sequence=\(row) of facts cannot be read")
            }
            let readings = state.readings.filter { wanted.contains($0.sequence) }
            let named = Set(readings.map(\.sensor))
            let commands = state.commands.filter { $0.change > checkpoint.change }
            let twins = state.twins.filter { $0.change > checkpoint.change }
            var batch = FeedBatch(through: FeedCheckpoint(sequence: end, change: state.change))
            batch.sensors = state.sensors.filter { named.contains($0.number) }
            batch.readings = readings
            batch.facts = state.facts.filter { wanted.contains($0.sequence) }
            batch.commands = commands.map(\.record)
            batch.twins = twins.map { FeedTwin(snapshot: $0.twin, lastSequence: end, body: "{}") }
            return batch
        }
    }

    func backlog(after checkpoint: FeedCheckpoint?) async throws -> FeedBacklog {
        state.withLock { state in
            let waiting = state.sequence - min(checkpoint?.sequence ?? state.noted.sequence, state.sequence)
            return FeedBacklog(rows: Int(waiting), oldest: waiting > 0 ? Self.start : nil)
        }
    }

    func sensors(_ numbers: [Int64]) async throws -> [StoredSensor] {
        state.withLock { $0.sensors.filter { numbers.contains($0.number) } }
    }

    func changedReadings(limit: Int) async throws -> [FeedReading] {
        state.withLock { Array($0.changed.prefix(limit)) }
    }

    func forgetChanged(_ readings: [FeedReading]) async throws {
        state.withLock { state in state.changed.removeAll { readings.contains($0) } }
    }

    var others: Bool? { state.withLock { $0.others } }

    func noteOthers(_ areThere: Bool) async throws { state.withLock { $0.others = areThere } }

    func noteFed(through checkpoint: FeedCheckpoint) async throws {
        state.withLock { $0.noted = checkpoint }
    }

    func reach() async throws -> FeedReach {
        state.withLock { state in
            FeedReach(
                last: FeedCheckpoint(sequence: state.sequence, change: state.change), noted: state.noted,
                corrections: state.changed.count, lost: state.lost)
        }
    }

    func branchOff(behind shared: FeedCheckpoint) async throws {
        state.withLock { state in
            (state.former, state.shared) = (state.id, shared)
            state.id += "-2"
        }
    }

    func feedAgain(behind checkpoint: FeedCheckpoint) async throws -> Int {
        state.withLock { state in
            let again = (checkpoint.sequence + 1)..<(max(state.noted.sequence, checkpoint.sequence) + 1)
            let here = (state.readings.map(\.sequence) + state.facts.map(\.sequence)).filter { again.contains($0) }
            state.changed = state.readings.filter {
                $0.sequence <= checkpoint.sequence && state.recomputed.contains($0.sequence)
            }
            state.noted = checkpoint
            state.lost += again.count - here.count
            return again.count - here.count
        }
    }

    /// Removes rows, as retention does.
    func remove(_ sequences: ClosedRange<UInt64>) {
        state.withLock { state in
            state.readings.removeAll { sequences.contains($0.sequence) }
            state.facts.removeAll { sequences.contains($0.sequence) }
        }
    }

    /// Becomes what it was, as a folder does that is copied back.
    func goBack(to sequence: UInt64, noted: UInt64) {
        state.withLock { state in
            state.readings.removeAll { $0.sequence > sequence }
            state.facts.removeAll { $0.sequence > sequence }
            (state.sequence, state.noted.sequence) = (sequence, noted)
            state.turns += 1
        }
    }
}
