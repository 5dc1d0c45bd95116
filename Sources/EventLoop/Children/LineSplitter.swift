/// Cuts a stream of bytes into lines of bounded length.
struct LineSplitter {
    private let stream: ChildLine.Stream
    private var line: [UInt8] = []
    private var isCut = false

    init(_ stream: ChildLine.Stream) { self.stream = stream }

    /// Takes the next bytes, and answers with the lines they complete.
    mutating func take(_ bytes: some Sequence<UInt8>) -> [ChildLine] {
        var lines: [ChildLine] = []
        for byte in bytes {
            if byte == UInt8(ascii: "\n") {
                lines.append(finishLine())
            } else if line.count < ChildLine.maximumBytes {
                line.append(byte)
            } else {
                isCut = true
            }
        }
        return lines
    }

    /// The last line, if it has no line break at its end.
    mutating func finish() -> ChildLine? { line.isEmpty ? nil : finishLine() }

    private mutating func finishLine() -> ChildLine {
        defer {
            line.removeAll(keepingCapacity: true)
            isCut = false
        }
        return ChildLine(stream: stream, text: String(decoding: line, as: UTF8.self), isCut: isCut)
    }
}
