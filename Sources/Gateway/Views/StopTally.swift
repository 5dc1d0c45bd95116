import TwinCore
import TwinRuntime

/// How far one emergency stop has come and how long it took: the report of a drill, and of the real thing.
///
/// An output that several stops hold counts with the newest of them, which is the one it was last told of.
struct StopTally: Sendable, Equatable {
    /// The most outputs that are named as not confirmed; `total` counts all.
    static let maximumNames = 100

    /// Which stop.
    let incident: IncidentID
    /// Whether it is an exercise.
    let isDrill: Bool
    /// How many outputs it holds.
    let total: Int
    /// How many of them were seen stopped.
    let confirmed: Int
    /// Which were not, in the order of the scoreboard.
    let unconfirmed: [String]
    /// After how many milliseconds outputs were seen stopped, shortest first; those of an earlier run are not known.
    private let times: [Int64]

    /// The tallies of all stops that hold, in their order.
    static func tallies(of report: StopReport) -> [StopTally] {
        let held = Dictionary(grouping: report.lines, by: \.incident)
        return report.incidents.map { StopTally($0, held[$0.id] ?? []) }
    }

    /// Counts the lines that a stop holds.
    private init(_ incident: Incident, _ held: [StopReport.Line]) {
        let open = held.filter { $0.standing != .stopped }
        self.incident = incident.id
        isDrill = incident.isDrill
        total = held.count
        confirmed = held.count - open.count
        unconfirmed = open.prefix(Self.maximumNames).map { line in
            line.gpio.map { OutputAddress(device: line.device, gpio: $0).description } ?? line.device.description
        }
        times = held.filter { $0.standing == .stopped }.compactMap(\.confirmedAfterMilliseconds).sorted()
    }

    /// The time within which so many of a hundred outputs were seen stopped (nearest rank); `nil` when none was timed.
    func milliseconds(percentile: Int) -> Int64? {
        times.isEmpty ? nil : times[max(1, (times.count * percentile + 99) / 100) - 1]
    }

    /// The tally as it is shown.
    var json: JSONValue {
        [
            "incident": .string(incident.description), "drill": JSONValue(isDrill),
            "confirmed": JSONValue(confirmed), "total": JSONValue(total),
            "p50_ms": JSONValue(milliseconds(percentile: 50)), "p99_ms": JSONValue(milliseconds(percentile: 99)),
            "last_ms": JSONValue(times.last), "unconfirmed": .array(unconfirmed.map { .string($0) }),
        ]
    }
}
