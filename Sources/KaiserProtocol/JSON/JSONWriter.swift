/// Writes one JSON object, member by member, in the order of the calls.
package struct JSONWriter {
    private var bytes: [UInt8] = [UInt8(ascii: "{")]
    private static let hexDigits = Array("0123456789abcdef".utf8)

    /// Begins an object.
    package init() { bytes.reserveCapacity(256) }

    /// Adds a text.
    ///
    /// - Parameter maximum: After how many bytes, escapes included, the text is cut (at a character); devices have
    ///   fixed buffers.
    package mutating func member(_ key: StaticString, _ text: String, maximum: Int = .max) {
        begin(key)
        bytes.append(UInt8(ascii: "\""))
        let end = maximum == .max ? Int.max : bytes.count + maximum
        for scalar in text.unicodeScalars {
            let before = bytes.count
            append(scalar)
            if bytes.count > end {
                bytes.removeLast(bytes.count - before)
                break
            }
        }
        bytes.append(UInt8(ascii: "\""))
    }

    /// Adds a whole number.
    package mutating func member(_ key: StaticString, _ number: some BinaryInteger) {
        begin(key)
        bytes.append(contentsOf: number.description.utf8)
    }

    /// Adds a number; JSON has none that is not finite, so such a one is our own bug.
    package mutating func member(_ key: StaticString, _ number: Double) {
        precondition(number.isFinite, "\(key) is \(number), which JSON cannot hold")
        begin(key)
        bytes.append(contentsOf: number.description.utf8)
    }

    /// Adds a number under a name that is known at run time only, with escapes where it needs them.
    package mutating func member(named name: String, _ number: Double) {
        precondition(number.isFinite, "\(name) is \(number), which JSON cannot hold")
        if bytes.count > 1 { bytes.append(UInt8(ascii: ",")) }
        bytes.append(UInt8(ascii: "\""))
        for scalar in name.unicodeScalars { append(scalar) }
        bytes.append(contentsOf: "\":".utf8)
        bytes.append(contentsOf: number.description.utf8)
    }

    /// Adds a boolean.
    package mutating func member(_ key: StaticString, _ isTrue: Bool) {
        begin(key)
        bytes.append(contentsOf: (isTrue ? "true" : "false").utf8)
    }

    /// Adds a nested object.
    package mutating func member(_ key: StaticString, _ object: JSONWriter) {
        begin(key)
        bytes.append(contentsOf: object.finished())
    }

    /// Adds an array of objects.
    package mutating func member(_ key: StaticString, _ objects: [JSONWriter]) {
        list(key, objects) { bytes, object in bytes.append(contentsOf: object.finished()) }
    }

    /// Adds an array of whole numbers.
    package mutating func member(_ key: StaticString, _ numbers: [some BinaryInteger]) {
        list(key, numbers) { bytes, number in bytes.append(contentsOf: number.description.utf8) }
    }

    private mutating func list<Element>(
        _ key: StaticString, _ elements: [Element], _ write: (inout [UInt8], Element) -> Void
    ) {
        begin(key)
        bytes.append(UInt8(ascii: "["))
        for (index, element) in elements.enumerated() {
            if index > 0 { bytes.append(UInt8(ascii: ",")) }
            write(&bytes, element)
        }
        bytes.append(UInt8(ascii: "]"))
    }

    /// The whole object's bytes.
    package consuming func finished() -> [UInt8] {
        bytes.append(UInt8(ascii: "}"))
        return bytes
    }

    /// Writes the comma, the key and the colon.
    ///
    /// Keys are our own words and need no escapes.
    private mutating func begin(_ key: StaticString) {
        if bytes.count > 1 { bytes.append(UInt8(ascii: ",")) }
        bytes.append(UInt8(ascii: "\""))
        bytes.append(contentsOf: key.description.utf8)
        bytes.append(contentsOf: "\":".utf8)
    }

    private mutating func append(_ scalar: Unicode.Scalar) {
        switch scalar {
        case "\"", "\\":
            bytes.append(UInt8(ascii: "\\"))
            bytes.append(UInt8(scalar.value))
        case "\n": bytes.append(contentsOf: "\\n".utf8)
        case "\r": bytes.append(contentsOf: "\\r".utf8)
        case "\t": bytes.append(contentsOf: "\\t".utf8)
        case "\u{0}"..<" ", "\u{7F}":
            bytes.append(contentsOf: "\\u00".utf8)
            bytes.append(Self.hexDigits[Int(scalar.value >> 4)])
            bytes.append(Self.hexDigits[Int(scalar.value & 15)])
        default: bytes.append(contentsOf: scalar.utf8)
        }
    }
}
