import KaiserProtocol
import TwinCore
import TwinRuntime

/// A command as it left the runtime, read from its bytes.
struct CommandSeen {
    let device: DeviceID
    let gpio: GPIO
    let id: String
    let durationSeconds: Int
    let energises: Bool
    /// Whether the device ends it by itself: it honours a duration for ON only.
    let isCountedByDevice: Bool

    /// Reads a publication; `nil` when it is no command.
    init?(_ publication: Publication) {
        guard publication.topic.utf8.suffix(8).elementsEqual("/command".utf8) else { return nil }
        let levels = publication.topic.split(separator: "/")
        guard levels.count == 7, levels[4] == "actuator", levels[6] == "command",
            let device = DeviceID(String(levels[3])),
            let number = Int(levels[5]), let gpio = GPIO(number)
        else { return nil }
        let bytes = publication.payload
        do throws(Refusal) {
            let object = try JSONObject(bytes.span)
            let word = try object.text("command", in: bytes.span) ?? ""
            let value = try object.number("value", in: bytes.span) ?? 0
            id = try object.text("correlation_id", in: bytes.span) ?? "(none)"
            durationSeconds = Int(try object.number("duration", in: bytes.span) ?? 0)
            energises = word != "OFF" && value > 0
            isCountedByDevice = word == "ON"
        } catch {
            return nil
        }
        self.device = device
        self.gpio = gpio
    }
}
