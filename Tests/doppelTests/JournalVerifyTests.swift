import ArgumentParser
import Foundation
import SQLiteJournal
import Testing
import TwinCore
import TwinRuntime

@testable import doppel

@Suite struct JournalVerifyTests {
    private func verify(_ arguments: [String]) throws -> (status: Int32, result: String, messages: [String]) {
        let recording = RecordingConsole()
        let status = try JournalVerify.parse(arguments).perform(environment: [:], console: recording.console)
        return (status, recording.result, recording.messages)
    }

    /// A journal that a loop wrote which never runs: it is opened and let go of.
    private func makeJournal(in folder: TemporaryFolder) throws {
        _ = try SQLiteJournal(directory: folder.path, loop: StillLoop())
    }

    @Test func aSoundJournalIsSoAndChangesNothing() throws {
        let folder = try TemporaryFolder()
        try makeJournal(in: folder)
        let checked = try verify(["--data-directory", folder.path])
        #expect(checked.status == 0)
        #expect(checked.result.hasSuffix("ok: everything is as it was stored\n"), "\(checked.result)")
        #expect(checked.result.contains("chain of safety records: none"))
        #expect(checked.messages.first?.hasPrefix("checking SQLite's structure") == true)
        #expect(checked.messages.contains { $0.hasPrefix("checking facts: 0 of 0 rows") })
    }

    @Test func whatIsDamagedComesFirstWithAdvice() {
        var report = JournalReport(path: "x")
        var facts = TableVerification(name: "facts")
        (facts.rows, facts.unsealed, facts.damages) = (9, 2, 1)
        report.tables = [facts]
        for number in 1...60 {
            report.add(
                JournalDamage(
                    table: "facts", record: "sequence=\(number)", about: "ESP_\u{1B}[2J, device.alarmed",
                    problem: "its seal does not fit"))
        }
        let lines = JournalSheet.lines(report)
        #expect(lines[0] == "DAMAGED:")
        #expect(lines[1] == "  facts sequence=1 (ESP_\u{FFFD}[2J, device.alarmed): its seal does not fit")
        #expect(lines[51] == "and 10 more; --json names up to 1000")
        #expect(lines.contains("TABLE  ROWS  UNSEALED  DAMAGED") && lines.contains("facts  9     2         1"))
        #expect(lines.contains { $0.hasPrefix("2 rows bear no seal") })
        #expect(lines.last == "Single records are damaged: a backup from before holds them as they were.")
    }

    @Test func theSameAsJSON() throws {
        let folder = try TemporaryFolder()
        try makeJournal(in: folder)
        let checked = try verify(["--data-directory", folder.path, "--json"])
        let object = try JSONSerialization.jsonObject(with: Data(checked.result.utf8)) as? [String: Any]
        #expect(object?["intact"] as? Bool == true && object?["damage_count"] as? Int == 0)
        #expect((object?["tables"] as? [Any])?.count == 8)
        #expect((object?["safety_chain"] as? [String: Any])?["records"] as? Int == 0)
    }

    @Test func withoutAJournalThereIsNothingToVerify() throws {
        let checked = try verify(["--data-directory", "/nonexistent"])
        #expect(checked.status == 1 && checked.result.isEmpty)
        #expect(checked.messages.first?.hasPrefix("there is no journal at /nonexistent/doppel.sqlite") == true)
    }
}

/// A loop that nothing happens on.
private final class StillLoop: Loop {
    var moment: Moment { Moment(time: UnixTime(milliseconds: 0), uptime: Uptime(milliseconds: 0)) }
    func post(_ job: @escaping @Sendable () -> Void) {}
    func schedule(at deadline: Uptime, _ job: @escaping @Sendable () -> Void) -> any LoopTimer { StillTimer() }
    func enqueue(_ job: consuming ExecutorJob) {}
}

private struct StillTimer: LoopTimer {
    func cancel() {}
}
