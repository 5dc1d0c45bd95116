import TwinCore
import Yams

extension MemberReader {
    /// What a device's name is, in words.
    static let deviceForm = "such as ESP_7C19F2: ESP_ and 6 to 8 digits 0-9 A-F, or MOCK_ and letters and digits"

    private static let outputForm =
        "an output such as ESP_7C19F2/26: the device's name and the pin, 0 to \(GPIO.maximum)"

    /// Reads a device's name.
    mutating func readDevice(_ name: String) -> DeviceID? {
        guard let node = required(name) else { return nil }
        guard let device = node.scalar.flatMap({ DeviceID($0.string) }) else {
            return wrong(name, node, "the name of a device, \(Self.deviceForm)")
        }
        return device
    }

    /// Reads a list of different devices.
    mutating func readDevices(_ name: String, _ count: ClosedRange<Int>) -> [DeviceID]? {
        let form = "the name of a device, \(Self.deviceForm)"
        return readList(name, count, "devices", form) { DeviceID($0) }?.map(\.value)
    }

    /// Reads an output.
    mutating func readOutput(_ name: String) -> OutputAddress? {
        guard let node = required(name) else { return nil }
        guard let output = node.scalar.flatMap({ OutputAddress($0.string) }) else {
            return wrong(name, node, Self.outputForm)
        }
        return output
    }

    /// Reads a list of different outputs.
    mutating func readOutputs(_ name: String, _ count: ClosedRange<Int>) -> [PlacedOutput]? {
        readList(name, count, "outputs", Self.outputForm) { OutputAddress($0) }?
            .map { PlacedOutput(output: $0.value, place: $0.place) }
    }

    /// Reads a list of different values; each item that is none, or stands there twice, is a problem of its own.
    private mutating func readList<Value: Hashable & CustomStringConvertible>(
        _ name: String, _ count: ClosedRange<Int>, _ what: String, _ form: String, _ value: (String) -> Value?
    ) -> [(value: Value, place: String)]? {
        guard let items = items(name, count, what) else { return nil }
        var seen: Set<Value> = []
        var found: [(value: Value, place: String)] = []
        for item in items {
            let place = yaml.place(of: item)
            guard let next = item.scalar.flatMap({ value($0.string) }) else {
                problems.append(Problem(place, "'\(prefix)\(name)': must be \(form), not \(item.kindInWords)"))
                continue
            }
            if seen.insert(next).inserted {
                found.append((next, place))
            } else {
                problems.append(Problem(place, "'\(prefix)\(name)' holds \(next) twice"))
            }
        }
        return found
    }
}
