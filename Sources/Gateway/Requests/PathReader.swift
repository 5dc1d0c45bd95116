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

    /// The `{id}` part.
    func command() throws(Problem) -> CommandID {
        guard let id = CommandID(fromOutside: parameters.get("id") ?? "") else {
            throw .invalid("id", "no command id", expected: "1 to \(CommandID.maximumLength) bytes")
        }
        return id
    }
}
