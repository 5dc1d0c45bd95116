import ArgumentParser
import TwinCore

/// `doppel history`.
struct History: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        abstract: "Show what a sensor measured, newest first, or write it as a file.",
        usage: """
            doppel history <device> <gpio> [--last 24h] [--resolution 1h]
            doppel history <device> <gpio> --csv > values.csv
            """,
        discussion: """
            Where a pin has several sensors, --type and --address say which one is meant. A file goes from the oldest \
            to the newest value and may be of any length, with times in UTC; when it was cut short the status is 3. \
            On the screen, times are those of the site's time zone (history.time_zone), in which days, weeks and \
            months begin, and the last bucket may be still running. \(ClientExit.explanation)
            """)

    @OptionGroup var options: ClientOptions

    @Argument(help: "The device's name, such as ESP_A1B2C3.")
    var device: DeviceID

    @Argument(help: "The sensor's pin.")
    var gpio: GPIO

    @Option(help: "The kind of the sensor, such as ds18b20.")
    var type: String?

    @Option(help: "Where the sensor sits on its bus: an I²C address or a 1-Wire ROM code.")
    var address: String?

    @Option(help: "The earliest time wanted, such as 2025-01-31T12:00:00Z or 1738324800000 (milliseconds since 1970).")
    var from: String?

    @Option(help: "The time up to which values are wanted, exclusive.")
    var to: String?

    @Option(help: "Instead of --from: how far back, such as 90s, 30m, 24h or 7d.")
    var last: TimeSpan?

    @Option(help: "auto, raw, 1m, 5m, 15m, 30m, 1h, 6h, 12h, 1d, 1w or 1mo (default: auto; raw with --csv).")
    var resolution: String?

    @Option(help: "Of avg, min, max, count, sum, first, last, stddev: one or several, joined by commas.")
    var aggregate: String?

    @Option(help: "What is shown where nothing was measured: none, locf or linear.")
    var fill: String?

    @Option(help: "Adds the mean over so many values, this one and those before it.")
    var smooth: Int?

    @Option(help: "How many at most.")
    var limit: Int?

    @Flag(help: "Write comma-separated values.")
    var csv = false

    func validate() throws {
        if csv, options.json { throw ValidationError("--csv and --json cannot both be.") }
        if csv, limit != nil { throw ValidationError("--limit has no effect on a file; narrow it by --from and --to.") }
        if last != nil, from != nil { throw ValidationError("--last and --from cannot both be.") }
    }

    func run() async throws {
        try await options.converse(.reading) { session async throws(ClientFailure) in try await perform(session) }
    }

    /// Asks for a page and shows it, or writes the file.
    func perform(_ session: ClientSession) async throws(ClientFailure) -> Int32 {
        guard !csv else {
            return try await write(session)
        }
        let answer = try await session.client.get(path(session))
        session.show(answer) { HistorySheet.lines($0, now: session.now) }
        return ClientExit.success
    }

    /// Writes the file as it comes.
    private func write(_ session: ClientSession) async throws(ClientFailure) -> Int32 {
        var count = 0
        do {
            try await session.client.download(path(session), type: "text/csv") { bytes in
                count += bytes.count
                session.console.write(bytes)
            }
        } catch {
            if count > 0 { session.console.tell("THE FILE IS CUT SHORT after \(count) bytes; take it again.") }
            throw error
        }
        return ClientExit.success
    }

    private func path(_ session: ClientSession) -> String {
        let start = last.map { span in
            UnixTime(milliseconds: Int64(session.now * 1000)).advanced(byMilliseconds: -Int64(span.seconds) * 1000)
        }
        return QueryPath.text(
            "/api/v1/twins/\(device)/sensors/\(gpio)/history",
            [
                ("type", type), ("address", address), ("from", from ?? start?.rfc3339), ("to", to),
                ("resolution", resolution ?? (csv ? nil : "auto")), ("aggregate", aggregate), ("fill", fill),
                ("smooth", smooth.map(String.init)), ("limit", limit.map(String.init)),
            ])
    }
}
