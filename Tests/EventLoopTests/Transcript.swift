/// What happened, in order, for a test to wait for.
///
/// The suite's time limit is the deadline.
struct Transcript<Line: Sendable>: Sendable {
    private let stream: AsyncStream<Line>
    private let end: AsyncStream<Line>.Continuation

    init(of _: Line.Type = Line.self) { (stream, end) = AsyncStream.makeStream() }

    /// Adds a line, from any thread.
    func note(_ line: Line) { end.yield(line) }

    /// Waits for the next so many lines.
    func lines(_ count: Int) async -> [Line] {
        var lines: [Line] = []
        guard count > 0 else { return lines }
        for await line in stream {
            lines.append(line)
            if lines.count == count { break }
        }
        return lines
    }

    /// Waits for the next line.
    func line() async -> Line? { await lines(1).first }
}
