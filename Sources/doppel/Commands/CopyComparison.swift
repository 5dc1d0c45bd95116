import TwinCore
import TwinRuntime

/// What two stores hold of the same history, kind by kind.
struct CopyComparison {
    private let source: StoreName
    private var rows: [(kind: String, source: Int, target: Int)] = []
    private var differences: [String] = []

    /// Begins with nothing.
    ///
    /// - Parameter source: Where the rows came from.
    init(source: StoreName) { self.source = source }

    /// Whether every kind is whole.
    var isEqual: Bool { differences.isEmpty }

    /// Compares samples, UTC day by UTC day.
    mutating func add(readings given: [Int64: Int], _ found: [Int64: Int]) {
        rows.append(("readings", given.values.reduce(0, +), found.values.reduce(0, +)))
        let days = Set(given.keys).union(found.keys).sorted().filter { given[$0] != found[$0] }
        guard let first = days.first else { return }
        let day = UnixTime(milliseconds: first * 86_400_000).rfc3339.prefix(10)
        differences.append(
            "readings differ on \(days.count) days; the first is \(day): \(given[first] ?? 0) there, "
                + "\(found[first] ?? 0) here")
    }

    /// Compares the records of a kind that were looked for one by one.
    mutating func add(_ kind: String, _ held: HeldRecords, as word: String) {
        rows.append((kind, held.wanted, held.found))
        guard let missing = held.firstMissing else { return }
        differences.append("\(held.wanted - held.found) \(kind) are missing; the first is \(word) \(missing)")
    }

    /// Compares the counts of a kind.
    mutating func add(_ kind: String, _ given: Int, _ found: Int) {
        rows.append((kind, given, found))
        if given != found { differences.append("\(kind) differ: \(given) there, \(found) here") }
    }

    /// Takes in something else that is not as it should be.
    mutating func add(difference: String) { differences.append(difference) }

    /// The comparison for a person.
    var lines: [String] {
        let names = source == .sqlite ? ["SQLITE", "POSTGRESQL"] : ["POSTGRESQL", "SQLITE"]
        var table = Table(["KIND"] + names)
        for row in rows { table.add([row.kind, "\(row.source)", "\(row.target)"]) }
        guard !differences.isEmpty else { return table.lines + ["", "The counts are equal."] }
        return table.lines + ["", "NOT EQUAL:"] + differences.map { "  \(Table.printable($0))" }
    }
}
