// How large a push can get on the wire. The wire's form is made elsewhere; what it may cost is agreed here, and a test
// beside the encoder holds both together.

extension ConfigurationPush {
    /// The most bytes of a text on the wire, escapes included; a longer one is cut.
    public static let maximumTextBytes = 6 * Desired.Limits.nameBytes
    /// The most bytes of a word on the wire, such as a kind or a subzone; a longer one is cut.
    public static let maximumWordBytes = 40
    /// The most bytes of a push without its items: two ids of 63 bytes, a digest of 64, numbers, names of members.
    public static let envelopeBytes = 468

    /// How many bytes a text takes on the wire at most: JSON writes a control character with six, a quote with two.
    static func wireBytes(_ text: String, maximum: Int) -> Int {
        var count = 0
        for byte in text.utf8 {
            switch byte {
            case 0..<0x20, 0x7F: count += 6
            case UInt8(ascii: "\""), UInt8(ascii: "\\"): count += 2
            default: count += 1
            }
            if count >= maximum { return maximum }
        }
        return count
    }
}

extension ConfigurationPush.SensorItem {
    /// The members' names, punctuation, numbers, words of a fixed list and the comma that follows.
    private static let frameBytes = 296

    /// How many bytes it takes in a message at most.
    public var maximumWireBytes: Int {
        Self.frameBytes + ConfigurationPush.wireBytes(wish.name, maximum: ConfigurationPush.maximumTextBytes)
            + ConfigurationPush.wireBytes(key.type, maximum: ConfigurationPush.maximumWordBytes)
            + ConfigurationPush.wireBytes(wish.subzone, maximum: ConfigurationPush.maximumWordBytes)
    }
}

extension ConfigurationPush.ActuatorItem {
    /// The members' names, punctuation, numbers and the comma that follows.
    private static let frameBytes = 232

    /// How many bytes it takes in a message at most.
    public var maximumWireBytes: Int {
        Self.frameBytes + ConfigurationPush.wireBytes(wish.name, maximum: ConfigurationPush.maximumTextBytes)
            + ConfigurationPush.wireBytes(wish.type, maximum: ConfigurationPush.maximumWordBytes)
            + ConfigurationPush.wireBytes(wish.subzone, maximum: ConfigurationPush.maximumWordBytes)
    }
}
