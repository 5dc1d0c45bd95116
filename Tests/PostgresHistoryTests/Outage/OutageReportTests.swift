import Logging
import PostgresCluster
import Synchronization
import TestSupport
import Testing
import TwinCore
import TwinRuntime

@testable import PostgresHistory

@Suite struct `What an operator reads about PostgreSQL` {
    private static let refused = "connection to server at \"10.0.0.9\", port 5432 failed: Connection refused"

    /// A report with a clock and a log of its own.
    private final class Site: Sendable {
        let loop = ClockedLoop(at: Moment(time: UnixTime(milliseconds: 0), uptime: Uptime(milliseconds: 0)))
        let lines = Mutex<[String]>([])
        let rows = Mutex(0)

        func report() -> OutageReport {
            var logger = Logger(label: "test") { _ in
                LineLog { line in self.lines.withLock { $0.append(line) } }
            }
            logger.logLevel = .info
            return OutageReport(server: "postgres://doppel:***@10.0.0.9/doppel", on: loop, logger: logger) {
                OutageReport.Waiting(rows: self.rows.withLock { $0 }, room: "7 rows wait and take 0 of 64 MB")
            }
        }

        /// Lets what was posted be done, and the clock go on.
        func wait(seconds: Int64) {
            for _ in 0..<seconds {
                loop.run {}
                loop.advance(1_000)
            }
        }

        /// What was written since the last time.
        func new() -> [String] {
            loop.run {}
            return lines.withLock { lines in
                defer { lines = [] }
                return lines
            }
        }
    }

    @Test func `says with one voice what happened, what is safe, what waits and what to do`() {
        let site = Site()
        let report = site.report()
        let links = ["feed_link", "questions", "inbox"].map {
            report.events(of: .link($0, effect: "\($0) does nothing"))
        }
        let feed = report.note(
            of: .work("feed", headline: "PostgreSQL does not take history", effect: "nothing is fed"))
        for _ in 0..<30 {
            for link in links { link.disconnected(Self.refused, 1_000) }
            feed("The schema cannot be read: \(Self.refused)")
            site.wait(seconds: 1)
        }
        let lines = site.new()
        #expect(lines.count == 1, "\(lines)")
        let line = lines.first ?? ""
        #expect(
            line.hasPrefix(
                "warning PostgreSQL is away. Twins, commands and stops go on; readings and records are kept in the "
                    + "journal and wait there."))
        for part in [
            "feed_link (feed_link does nothing), questions (questions does nothing), inbox (inbox does nothing)",
            "Start PostgreSQL there, or correct host and port in DOPPEL_HISTORY_URL",
            "postgres://doppel:***@10.0.0.9/doppel", "Doppel tries again by itself",
            "reason\": \(Self.refused)", "7 rows wait and take 0 of 64 MB",
        ] { #expect(line.contains(part), "\(part) is not in \(line)") }

        site.wait(seconds: 60)
        #expect(site.new().map { $0.prefix(48) } == ["warning PostgreSQL is away, for 1 min 2 s now. T"])

        site.rows.withLock { $0 = 1_204 }
        // The feed, which failed for want of a connection only, has nothing to take back.
        for link in links { link.connected("16.2") }
        site.wait(seconds: 2)
        site.rows.withLock { $0 = 0 }
        site.wait(seconds: 60)
        let back = site.new()
        #expect(back.count == 1 && back[0].hasPrefix("notice PostgreSQL works again after 1 min 30 s; "), "\(back)")
        #expect(back.first?.contains("1204 rows") == true)
    }

    @Test func `tells a refusal and a single connection from a server that is away`() {
        let site = Site()
        let report = site.report()
        let link = report.events(of: .link("feed_link", effect: "nothing is fed"))
        let other = report.events(of: .link("questions", effect: "no answers"))
        let feed = report.note(
            of: .work("feed", headline: "PostgreSQL does not take history", effect: "nothing is fed"))
        link.connected("16.2")
        other.connected("16.2")
        feed("could not extend file \"base/1\": No space left on device (SQLSTATE 53100)")
        site.wait(seconds: 3)
        let refusal = site.new()
        #expect(refusal.first?.hasPrefix("warning PostgreSQL does not take history. ") == true, "\(refusal)")
        #expect(refusal.first?.contains("Free space on the server's disk") == true)
        feed(nil)
        site.wait(seconds: 10)
        #expect(site.new().count == 1)
        other.disconnected("FATAL: sorry, too many clients already", 1_000)
        site.wait(seconds: 3)
        let crowd = site.new()
        #expect(crowd.first?.hasPrefix("warning A connection to PostgreSQL fails. ") == true, "\(crowd)")
        #expect(crowd.first?.contains("Raise max_connections") == true)
    }

    @Test(arguments: [
        ("FATAL: password authentication failed for user \"doppel\"", "Correct user and password"),
        ("FATAL: no pg_hba.conf entry for host \"::1\", user \"d\", database \"d\", no encryption", "in pg_hba.conf"),
        ("FATAL: database \"doppel\" does not exist", "createdb"),
        ("could not translate host name \"db\" to address", "Correct the host"),
        ("the server did not let us in within 10 s", "overloaded, stuck or cut off"),
        ("something never heard of", "See that PostgreSQL runs and lets Doppel in"),
    ]) func `says what would help`(_ reason: String, _ advice: String) {
        #expect(OutageWords.advice(reason, "postgres://db").contains(advice))
    }

    @Test func `says how long in two units`() {
        #expect(
            [400, 59_999, 60_000, 3_725_000, 90_061_000].map { OutageWords.span($0) }
                == ["1 s", "59 s", "1 min 0 s", "1 h 2 min", "1 d 1 h"])
    }

    @Test func `never tells a password, of a server that is closed or refuses it`() async throws {
        let cluster = try await PostgresCluster.shared
        for url in [cluster.url(password: "hunter2/é@"), "postgres://doppel:hunter2@127.0.0.1:1/doppel"] {
            try await withLink(url) { link, recorder in
                let site = Site()
                let events = site.report().events(of: .link("feed_link", effect: "nothing is fed"))
                await eventually("an attempt fails") { !recorder.disconnected.isEmpty }
                events.disconnected(recorder.disconnected[0], 1_000)
                site.wait(seconds: 3)
                let lines = site.new()
                #expect(lines.count == 1)
                #expect(!lines.joined().contains("hunter2") && !recorder.log.joined().contains("hunter2"), "\(lines)")
            }
        }
    }
}
