/// Writes one compact JSON object, member by member, in the firmware's order and number formats.
struct PayloadWriter {
    private(set) var bytes: [UInt8] = [UInt8(ascii: "{")]

    /// The finished object.
    func finished() -> [UInt8] { bytes + [UInt8(ascii: "}")] }

    mutating func add(_ name: String, _ text: String) {
        begin(name)
        quote(text)
    }

    mutating func add(_ name: String, _ number: some BinaryInteger) {
        begin(name)
        bytes.append(contentsOf: String(number).utf8)
    }

    mutating func add(_ name: String, _ flag: Bool) {
        begin(name)
        bytes.append(contentsOf: (flag ? "true" : "false").utf8)
    }

    /// Adds a number with a fixed count of decimals, as `printf` on the device does.
    mutating func add(_ name: String, _ number: Double, decimals: Int) {
        begin(name)
        var scale: Int64 = 1
        for _ in 0..<decimals { scale *= 10 }
        let scaled = Int64((number * Double(scale)).rounded())
        let digits = String(scaled.magnitude % UInt64(scale))
        if scaled < 0 { bytes.append(UInt8(ascii: "-")) }
        bytes.append(contentsOf: String(scaled.magnitude / UInt64(scale)).utf8)
        bytes.append(UInt8(ascii: "."))
        bytes.append(contentsOf: repeatElement(UInt8(ascii: "0"), count: decimals - digits.utf8.count))
        bytes.append(contentsOf: digits.utf8)
    }

    /// Adds an object whose members `write` adds.
    mutating func add(_ name: String, object write: (inout PayloadWriter) -> Void) {
        begin(name)
        var inner = PayloadWriter()
        write(&inner)
        bytes.append(contentsOf: inner.finished())
    }

    /// Adds a list of objects.
    mutating func add(_ name: String, objects: [PayloadWriter]) {
        begin(name)
        bytes.append(UInt8(ascii: "["))
        for (index, object) in objects.enumerated() {
            if index > 0 { bytes.append(UInt8(ascii: ",")) }
            bytes.append(contentsOf: object.finished())
        }
        bytes.append(UInt8(ascii: "]"))
    }

    /// Adds a list of whole numbers.
    mutating func add(_ name: String, numbers: [Int]) {
        begin(name)
        bytes.append(contentsOf: "[\(numbers.map(String.init).joined(separator: ","))]".utf8)
    }

    private mutating func begin(_ name: String) {
        if bytes.count > 1 { bytes.append(UInt8(ascii: ",")) }
        quote(name)
        bytes.append(UInt8(ascii: ":"))
    }

    private mutating func quote(_ text: String) {
        bytes.append(UInt8(ascii: "\""))
        for byte in text.utf8 {
            switch byte {
            case UInt8(ascii: "\""), UInt8(ascii: "\\"):
                bytes.append(UInt8(ascii: "\\"))
                bytes.append(byte)
            case 0..<0x20:
                bytes.append(contentsOf: "\\u00".utf8)
                bytes.append(Self.hexDigit(byte >> 4))
                bytes.append(Self.hexDigit(byte & 15))
            default: bytes.append(byte)
            }
        }
        bytes.append(UInt8(ascii: "\""))
    }

    private static func hexDigit(_ nibble: UInt8) -> UInt8 {
        nibble < 10 ? UInt8(ascii: "0") + nibble : UInt8(ascii: "a") + nibble - 10
    }
}
