/// A subscription's pattern.
struct TopicFilter: Sendable {
    private let bytes: [UInt8]

    init(_ text: String) { bytes = Array(text.utf8) }

    /// Whether a topic matches, by the rules of MQTT 5, section 4.7.
    ///
    /// One pass over the topic's bytes: a world asks this several times for each message.
    func matches(_ topic: String) -> Bool {
        var position = 0
        for byte in topic.utf8 {
            if position < bytes.count, bytes[position] == UInt8(ascii: "+") {
                guard byte == UInt8(ascii: "/") else { continue }
                position += 1
            }
            guard position < bytes.count else { return false }
            if bytes[position] == UInt8(ascii: "#") { return true }
            guard bytes[position] == byte else { return false }
            position += 1
        }
        return isSatisfied(from: position)
    }

    /// Whether what is left of the filter asks for nothing more of a topic that has ended.
    private func isSatisfied(from position: Int) -> Bool {
        switch bytes.count - position {
        case 0: true
        case 1: bytes[position] == UInt8(ascii: "+") || bytes[position] == UInt8(ascii: "#")
        case 2: bytes[position] == UInt8(ascii: "/") && bytes[position + 1] == UInt8(ascii: "#")
        case 3:
            // "+/#" also stands for the level of the plus alone.
            bytes[position] == UInt8(ascii: "+") && bytes[position + 2] == UInt8(ascii: "#")
        default: false
        }
    }
}
