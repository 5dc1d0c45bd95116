import Foundation
import SQLiteJournal

/// What a verification found, as text.
enum JournalSheet {
    /// How many damages are printed for people; the JSON has more.
    static let maximumPrinted = 50

    /// One line of progress.
    static func line(_ progress: VerificationProgress) -> String {
        guard progress.stage != "structure" else {
            return "checking SQLite's structure; a file of many gigabytes takes minutes"
        }
        let total = progress.of.map { " of \($0)" } ?? ""
        return "checking \(progress.stage): \(progress.rows)\(total) rows"
    }

    /// The result for a person.
    static func lines(_ report: JournalReport) -> [String] {
        var table = Table(["TABLE", "ROWS", "UNSEALED", "DAMAGED"])
        for found in report.tables {
            table.add([found.name, "\(found.rows)", "\(found.unsealed)", "\(found.damages)"])
        }
        let summary = table.lines + ["", chain(report.chain)] + notes(report)
        guard !report.isIntact else { return summary + ["", "ok: everything is as it was stored"] }
        let named = report.damages.prefix(maximumPrinted).map(line)
        let rest = report.damageCount - named.count
        let more = rest > 0 ? ["and \(rest) more; --json names up to \(JournalReport.maximumNamed)"] : []
        return ["DAMAGED:"] + named + more + [""] + summary + [""] + advice(report)
    }

    private static func line(_ damage: JournalDamage) -> String {
        let record = damage.record.isEmpty ? "" : " \(damage.record)"
        let about = damage.about.isEmpty ? "" : " (\(damage.about))"
        return Table.printable("  \(damage.table)\(record)\(about): \(damage.problem)")
    }

    private static func chain(_ chain: ChainVerification) -> String {
        let removed = chain.removed > 0 ? ", after \(chain.removed) that retention removed" : ""
        guard chain.records > 0 else { return "chain of safety records: none\(removed)" }
        return
            "chain of safety records: \(chain.records)\(removed); the last is sequence=\(chain.lastSequence), "
            + "hash \(chain.lastHash)"
    }

    private static func notes(_ report: JournalReport) -> [String] {
        let unsealed = report.tables.reduce(0) { $0 + $1.unsealed }
        guard unsealed > 0 else { return [] }
        return ["\(unsealed) rows bear no seal: an older Doppel stored them, and damage in them may not show"]
    }

    private static func advice(_ report: JournalReport) -> [String] {
        let isStructural = report.damages.contains { $0.table == "file" }
        let breaksChain = report.damages.contains { $0.table == "safety_records" }
        var lines = [
            "Everything that is not named above is as it was stored. A running Doppel goes on working, and switches",
            "everything off as before. What to do: copy the data directory to another disk now, as it is, and look at",
            "the system log for errors of the disk.",
        ]
        if isStructural {
            lines.append(
                "The file's structure is damaged: it gets worse with use. Restore the last backup that verifies.")
        }
        if breaksChain {
            lines.append("Safety records are among it: those named prove nothing any more. Keep the copy as evidence.")
        }
        if !isStructural && !breaksChain {
            lines.append("Single records are damaged: a backup from before holds them as they were.")
        }
        return lines
    }

    /// The result as one JSON object.
    static func json(_ report: JournalReport) -> String {
        let encoder = JSONEncoder()
        encoder.keyEncodingStrategy = .convertToSnakeCase
        encoder.outputFormatting = [.sortedKeys, .prettyPrinted, .withoutEscapingSlashes]
        // Texts and numbers alone: there is nothing that cannot be written.
        guard let bytes = try? encoder.encode(Sheet(report)) else { return "{}\n" }
        return String(decoding: bytes, as: UTF8.self) + "\n"
    }

    private struct Sheet: Encodable {
        struct Damage: Encodable {
            let table: String
            let record: String
            let about: String
            let problem: String
        }

        struct Count: Encodable {
            let name: String
            let rows: Int
            let unsealed: Int
            let damaged: Int
        }

        struct Chain: Encodable {
            let records: Int
            let removed: Int
            let lastSequence: Int64
            let lastHash: String
        }

        let path: String
        let intact: Bool
        let damageCount: Int
        let damages: [Damage]
        let tables: [Count]
        let safetyChain: Chain

        init(_ report: JournalReport) {
            path = report.path
            intact = report.isIntact
            damageCount = report.damageCount
            damages = report.damages.map {
                Damage(table: $0.table, record: $0.record, about: $0.about, problem: $0.problem)
            }
            tables = report.tables.map {
                Count(name: $0.name, rows: $0.rows, unsealed: $0.unsealed, damaged: $0.damages)
            }
            safetyChain = Chain(
                records: report.chain.records, removed: report.chain.removed,
                lastSequence: report.chain.lastSequence, lastHash: report.chain.lastHash)
        }
    }
}
