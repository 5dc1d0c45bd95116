import Hummingbird
import TwinCore

/// Reads the variable parts of a request's path.
struct PathReader {
    private let parameters: Parameters

    init(_ context: GatewayContext) { parameters = context.parameters }

    /// The `{device}` part.
    func device() throws(Problem) -> DeviceID {
        let text = parameters.get("device") ?? ""
        guard let id = DeviceID(text) else {
            throw .invalid(
                "device", "'\(text.prefix(100))' is no device id",
                expected: "ESP_ and 6 to 8 upper-case hexadecimal digits, or MOCK_ and upper-case letters and digits")
        }
        return id
    }

    /// The `{gpio}` part.
    func gpio() throws(Problem) -> GPIO {
        let text = parameters.get("gpio") ?? ""
        guard text.utf8.allSatisfy((UInt8(ascii: "0")...UInt8(ascii: "9")).contains),
            let pin = Int(text).flatMap({ GPIO($0) })
        else {
            throw .invalid(
                "gpio", "'\(text.prefix(100))' is no pin", expected: "a whole number from 0 to \(GPIO.maximum)")
        }
        return pin
    }

    /// The `{device}` and the `{gpio}` part.
    func output() throws(Problem) -> OutputAddress { OutputAddress(device: try device(), gpio: try gpio()) }

    /// The `{sensor}` part; the router knows it under the name of the pin, which stands at the same place.
    func sensor() throws(Problem) -> SensorKey {
        let text = parameters.get("gpio") ?? ""
        guard let key = SensorKey(id: Self.decoded(text)) else {
            throw .invalid(
                "sensor", "'\(text.prefix(100))' is no sensor's id",
                expected: "pin, kind and address as a twin shows them, such as 4:ds18b20:28AA11BB22CC33D4")
        }
        return key
    }

    /// The `{index}` part.
    func index() throws(Problem) -> Int {
        let text = parameters.get("index") ?? ""
        guard let index = Int(text), index >= 0, index.description == text else {
            throw .invalid("index", "'\(text.prefix(100))' is no place", expected: "a whole number, counted from 0")
        }
        return index
    }

    /// The `{kind}` part.
    func kind() -> String {
        Self.decoded(parameters.get("kind") ?? "")
    }

    /// The `{node}` part: a name, or a path with its slashes written `%2F`.
    func node() -> String {
        Self.decoded(parameters.get("node") ?? "")
    }

    /// The `{id}` part.
    func command() throws(Problem) -> CommandID {
        guard let id = CommandID(fromOutside: parameters.get("id") ?? "") else {
            throw .invalid("id", "no command id", expected: "1 to \(CommandID.maximumLength) bytes")
        }
        return id
    }

    /// The text that a part of a path stands for (RFC 3986, section 2.1); the part itself where it stands for none.
    private static func decoded(_ part: String) -> String {
        var bytes: [UInt8] = []
        var rest = part.utf8[...]
        while let byte = rest.popFirst() {
            guard byte == UInt8(ascii: "%") else {
                bytes.append(byte)
                continue
            }
            let digits = rest.prefix(2)
            guard digits.count == 2, let code = UInt8(String(decoding: digits, as: UTF8.self), radix: 16) else {
                return part
            }
            bytes.append(code)
            rest = rest.dropFirst(2)
        }
        return String(validating: bytes, as: UTF8.self) ?? part
    }
}
