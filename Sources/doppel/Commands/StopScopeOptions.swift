import ArgumentParser
import TwinCore

/// What an emergency stop is to cover, as flags.
struct StopScopeOptions: ParsableArguments {
    @Flag(help: "Everything.")
    var all = false

    @Option(help: "Every device below this relay.")
    var kaiser: String?

    @Option(help: "Every device of this zone; may be given several times.")
    var zone: [String] = []

    @Option(help: "The outputs of this subzone; with --zone only of that zone's.")
    var subzone: String?

    @Option(help: "This device; may be given several times.")
    var device: [DeviceID] = []

    @Option(help: "With one --device: only this output of it.")
    var gpio: GPIO?

    @Option(
        help: "The outputs of this kind, everywhere, or only in the --zone or of the --device; several times possible.")
    var kind: [String] = []

    /// Whoever stops must not find out afterwards that the words meant something else.
    func validate() throws {
        guard problem == nil else { throw ValidationError(problem ?? "") }
    }

    private var problem: String? {
        let ways = [all, kaiser != nil, subzone != nil, !kind.isEmpty, gpio != nil].count { $0 }
        if ways == 0, zone.isEmpty, device.isEmpty {
            return "Say what to stop: --all, --kaiser, --zone, --subzone, --device [--gpio] or --kind."
        }
        if all, ways > 1 || !zone.isEmpty || !device.isEmpty { return "--all stops everything; give it alone." }
        if kaiser != nil, ways > 1 || !zone.isEmpty || !device.isEmpty {
            return "--kaiser stops everything below a relay; give it alone."
        }
        if subzone != nil, ways > 1 || zone.count > 1 || !device.isEmpty {
            return "--subzone goes with one --zone, or alone."
        }
        if gpio != nil, ways > 1 || device.count != 1 || !zone.isEmpty {
            return "--gpio is a pin of one device: give one --device with it, and nothing else."
        }
        if kind.isEmpty, !zone.isEmpty, !device.isEmpty {
            return "--zone and --device together stop only that device in that zone; give one of them, or --kind."
        }
        return nil
    }

    /// The scope as the interface takes it.
    var json: String {
        if all { return #""all""# }
        if let kaiser { return Self.object([("kaiser", JSONText.quoted(kaiser))]) }
        if let subzone {
            let members = [("subzone", subzone)] + zone.map { ("zone", $0) }
            return Self.object(members.map { ($0.0, JSONText.quoted($0.1)) })
        }
        if let gpio, let device = device.first {
            return Self.object([("device", JSONText.quoted(device.description)), ("gpio", "\(gpio)")])
        }
        if kind.isEmpty, let one = device.first, device.count == 1 {
            return Self.object([("device", JSONText.quoted(one.description))])
        }
        if kind.isEmpty, let one = zone.first, zone.count == 1 { return Self.object([("zone", JSONText.quoted(one))]) }
        let lists = [("kinds", kind), ("zones", zone), ("devices", device.map(\.description))]
        let filter = lists.filter { !$0.1.isEmpty }.map { name, words in
            (name, "[\(words.map(JSONText.quoted).joined(separator: ","))]")
        }
        return Self.object([("filter", Self.object(filter))])
    }

    private static func object(_ members: [(String, String)]) -> String {
        "{\(members.map { "\"\($0.0)\":\($0.1)" }.joined(separator: ","))}"
    }
}
