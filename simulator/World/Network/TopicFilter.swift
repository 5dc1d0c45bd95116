/// A subscription's pattern, parsed once into its levels.
struct TopicFilter: Sendable {
    private let levels: [Substring]

    init(_ text: String) { levels = text.split(separator: "/", omittingEmptySubsequences: false) }

    /// Whether a topic matches, by the rules of MQTT 5, section 4.7.
    func matches(_ topic: String) -> Bool {
        let parts = topic.split(separator: "/", omittingEmptySubsequences: false)
        for (index, level) in levels.enumerated() {
            if level == "#" { return true }
            guard index < parts.count, level == "+" || level == parts[index] else { return false }
        }
        return parts.count == levels.count
    }
}
