import TwinCore

/// The shape of a topic that nobody knows: short, and the same for all devices and pins.
///
/// Refusals are counted by shape, so a shape never repeats what a stranger made up: numbers read `{gpio}`, device ids
/// `{id}`, the second level `{kaiser}`, words of the contract stay, and everything else is `*`.
enum TopicShape {
    /// The most levels shown.
    static let maximumLevels = 12

    static func unknown(_ bytes: Span<UInt8>) -> String {
        var levels: [String] = []
        var start = 0
        while start <= bytes.count {
            if levels.count == maximumLevels {
                levels.append("#")
                break
            }
            let end = TopicPattern.levelEnd(bytes, start)
            levels.append(level(bytes, start, end, number: levels.count))
            start = end + 1
        }
        return levels.joined(separator: "/")
    }

    private static func level(_ bytes: Span<UInt8>, _ start: Int, _ end: Int, number: Int) -> String {
        guard end - start <= DeviceID.maximumLength, isPrintable(bytes, start, end) else { return "*" }
        if TopicPattern.number(bytes, start, end) != nil { return "{gpio}" }
        let text = JSONText.plain(bytes, start, end)
        if number == 1, text != "broadcast" { return "{kaiser}" }
        if TopicPattern.words.contains(text) { return text }
        return DeviceID(text) == nil ? "*" : "{id}"
    }

    /// Whether a level is ASCII without spaces and control characters, and so surely UTF-8.
    static func isPrintable(_ bytes: Span<UInt8>, _ start: Int, _ end: Int) -> Bool {
        for index in start..<end where !(0x21...0x7E).contains(bytes[index]) { return false }
        return true
    }
}
