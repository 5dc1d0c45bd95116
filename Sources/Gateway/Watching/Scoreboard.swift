import TwinCore
import TwinRuntime

/// The latch and the scoreboard at one moment, so that two moments can be compared.
struct Scoreboard: Sendable {
    /// The report.
    let report: StopReport
    /// Counts up with each change.
    let version: UInt64
    /// What changed since the version before; `null` in the first one.
    private(set) var change = JSONValue.null

    private let head: JSONValue
    private let standings: [Place: Standing]

    private struct Place: Hashable {
        let device: DeviceID
        let gpio: GPIO?
    }

    private struct Standing: Equatable {
        let standing: StopReport.Standing
        let evidence: String
    }

    /// The first one that anybody looks at.
    init(_ report: StopReport) { self.init(report, version: 1) }

    private init(_ report: StopReport, version: UInt64) {
        self.report = report
        self.version = version
        head = report.json(lines: [])
        standings = Dictionary(
            report.lines.map { (Self.place(of: $0), Standing(standing: $0.standing, evidence: $0.evidence)) }
        ) { first, _ in first }
    }

    /// The scoreboard of a later report; `nil` when it says nothing new.
    func successor(_ report: StopReport) -> Scoreboard? {
        var next = Scoreboard(report, version: version + 1)
        if next.head == head, next.standings == standings { return nil }
        next.change = next.changes(since: self)
        return next
    }

    /// The report, with those lines only that are new or different, and with the places whose lines are gone.
    func changes(since past: Scoreboard) -> JSONValue {
        let changed = report.lines.filter { line in
            past.standings[Self.place(of: line)] != Standing(standing: line.standing, evidence: line.evidence)
        }
        let gone = past.report.lines.filter { standings[Self.place(of: $0)] == nil }
        let places = gone.map { line -> JSONValue in
            ["device": .string(line.device.description), "gpio": JSONValue(line.gpio.map { Int($0.number) })]
        }
        return report.json(lines: changed).adding([.init(name: "gone", value: .array(places))])
    }

    private static func place(of line: StopReport.Line) -> Place { Place(device: line.device, gpio: line.gpio) }
}
