/// One event of a server-sent event stream.
struct ServerEvent: Sendable, Equatable {
    /// Its kind; `message` where the stream names none.
    var name: String
    /// Its content; lines are joined by a newline.
    var data: String
    /// Its id, for resuming; `nil` where the stream names none.
    var id: String?
}

/// Turns the bytes of a server-sent event stream into events, however the bytes were cut.
///
/// Follows the WHATWG HTML standard, section "Interpreting an event stream": lines end in LF, CRLF or CR, a line that
/// begins with a colon is a comment, an empty line ends an event, and an event without data is none.
struct EventStreamParser: Sendable {
    /// The longest line that is kept, in bytes; the rest of a longer one is dropped.
    static let maximumLineBytes = 1_048_576

    private var line: [UInt8] = []
    private var endedWithReturn = false
    private var name = ""
    private var data: [String] = []
    private var id: String?

    /// Takes some bytes and returns the events that they complete.
    mutating func take(_ bytes: some Sequence<UInt8>) -> [ServerEvent] {
        var events: [ServerEvent] = []
        for byte in bytes {
            let followsReturn = endedWithReturn
            endedWithReturn = byte == UInt8(ascii: "\r")
            switch byte {
            case UInt8(ascii: "\n") where followsReturn: break
            case UInt8(ascii: "\n"), UInt8(ascii: "\r"):
                if let event = endLine() { events.append(event) }
            default:
                if line.count < Self.maximumLineBytes { line.append(byte) }
            }
        }
        return events
    }

    private mutating func endLine() -> ServerEvent? {
        let text = String(decoding: line, as: UTF8.self)
        line.removeAll(keepingCapacity: true)
        guard !text.isEmpty else { return endEvent() }
        let colon = text.firstIndex(of: ":")
        let field = colon.map { text[..<$0] } ?? text[...]
        var value = colon.map { text[text.index(after: $0)...] } ?? ""
        if value.hasPrefix(" ") { value.removeFirst() }
        switch field {
        case "event": name = String(value)
        case "data": data.append(String(value))
        case "id": id = String(value)
        // The empty field is a comment; unknown fields are to be ignored.
        default: break
        }
        return nil
    }

    private mutating func endEvent() -> ServerEvent? {
        defer {
            name = ""
            data = []
        }
        guard !data.isEmpty else { return nil }
        return ServerEvent(name: name.isEmpty ? "message" : name, data: data.joined(separator: "\n"), id: id)
    }
}
