/// What operators asked a device to do and what it answered; changed by ``OperationLedger/apply(_:at:)`` alone.
public struct OperationLedger: Sendable, Equatable, Codable {
    /// The most operations kept; the oldest that are over are forgotten.
    public static let maximumOperations = 32
    /// An operation that was not handed to the broker by then is given up, in milliseconds.
    public static let handOverMilliseconds: Int64 = 10_000
    /// How long an answer is waited for, in milliseconds.
    public static let answerMilliseconds: Int64 = 15_000
    /// How much longer than the device's own limit the answer to a measurement is waited for, in milliseconds.
    public static let measureGraceMilliseconds: Int64 = 2_000
    /// Switching the device off is asked for again after so long without an answer, in milliseconds.
    public static let repeatMilliseconds: Int64 = 5_000
    /// How often switching the device off is asked for at most.
    public static let maximumAttempts = 4
    /// What is said of an isolation that nothing confirmed.
    static let unconfirmedIsolation = "sent; devices do not acknowledge this, and none refused it"

    /// The operations, oldest first.
    public internal(set) var records: [OperationRecord] = []
    /// The latest answer that nobody waited for.
    public internal(set) var lastStray: Received<SystemAnswer>?

    /// Makes an empty ledger.
    public init() {}

    /// The operation of an id; `nil` when there is none, or it was forgotten.
    public subscript(id: CommandID) -> OperationRecord? { records.last { $0.operation.id == id } }

    /// The operations that are not over, oldest first.
    public var underWay: [OperationRecord] { records.filter { !$0.state.isFinal } }
}

extension OperationLedger {
    /// Takes one fact into the state.
    public mutating func apply(_ event: OperationEvent, at moment: Moment) {
        switch event {
        case .accepted(let operation): begin(operation, at: moment)
        case .sent(let id):
            change(id) { record in
                guard record.state == .accepted else { return }
                record.state = .sent
                record.since = moment
                record.deadline = record.operation.kind.answerDeadline(sentAt: moment)
            }
        case .repeated(let id):
            change(id) { record in
                record.attempts += 1
                record.deadline = moment.uptime.advanced(byMilliseconds: Self.repeatMilliseconds)
            }
        case .answered(let id, let isSuccess, let detail, let members):
            end(id, isSuccess ? .answered : .failed, detail, members, at: moment)
        case .failed(let id, let reason): end(id, .failed, reason, at: moment)
        case .unanswered(let id):
            let detail =
                if case .isolateSubzone = self[id]?.operation.kind { Self.unconfirmedIsolation } else { "no answer" }
            end(id, .unanswered, detail, at: moment)
        case .stray(let answer): lastStray = Received(answer, at: moment.time)
        case .strayMeasurement: break  // Kept as a fact; the reading itself comes as sensor data.
        }
    }

    /// A new run of the runtime began: whatever is under way is waited for once more, whole.
    public mutating func beginRun(at moment: Moment) {
        for index in records.indices {
            records[index].since = Moment(time: records[index].since.time, uptime: moment.uptime)
            let kind = records[index].operation.kind
            records[index].deadline =
                switch records[index].state {
                case .accepted: kind.handOverDeadline(acceptedAt: moment)
                case .sent, .answered, .failed, .unanswered: kind.answerDeadline(sentAt: moment)
                }
        }
    }

    private mutating func begin(_ operation: Operation, at moment: Moment) {
        // The decision made room by ending one, should none be over.
        if records.count >= Self.maximumOperations {
            records.remove(at: records.firstIndex { $0.state.isFinal } ?? 0)
        }
        records.append(
            OperationRecord(
                operation: operation, state: .accepted, since: moment, detail: "",
                deadline: operation.kind.handOverDeadline(acceptedAt: moment)))
    }

    private mutating func end(
        _ id: CommandID, _ state: OperationRecord.State, _ detail: String, _ members: [String: String] = [:],
        at moment: Moment
    ) {
        change(id) { record in
            record.state = state
            record.since = moment
            record.detail = detail
            record.answer = members
        }
    }

    /// Changes an operation that is not over.
    private mutating func change(_ id: CommandID, _ change: (inout OperationRecord) -> Void) {
        guard let index = records.firstIndex(where: { $0.operation.id == id && !$0.state.isFinal }) else { return }
        change(&records[index])
    }
}

extension Operation.Kind {
    fileprivate func handOverDeadline(acceptedAt moment: Moment) -> Uptime {
        let span = self == .enterSafeMode ? OperationLedger.repeatMilliseconds : OperationLedger.handOverMilliseconds
        return moment.uptime.advanced(byMilliseconds: span)
    }

    fileprivate func answerDeadline(sentAt moment: Moment) -> Uptime {
        let span =
            switch self {
            case .measure(_, let timeout): Int64(timeout) + OperationLedger.measureGraceMilliseconds
            case .enterSafeMode: OperationLedger.repeatMilliseconds
            case .status, .diagnostics, .readConfiguration, .leaveSafeMode, .setLogLevel, .scanOneWire, .factoryReset,
                .setEmergencyToken, .updateCredentials, .isolateSubzone:
                OperationLedger.answerMilliseconds
            }
        return moment.uptime.advanced(byMilliseconds: span)
    }
}
