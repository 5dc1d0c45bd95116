import TwinCore
import TwinRuntime

/// Whose history is asked for: a pin's, or one sensor's on it.
struct SeriesRequest: Sendable {
    /// The device.
    let device: DeviceID
    /// The pin.
    let gpio: GPIO
    /// The kind, as the caller calls it; `nil` for any.
    var type: String?
    /// Where on its bus the sensor sits; `nil` for anywhere.
    var address: BusAddress?
    /// Where the page before ended.
    var cursor: HistoryCursor?

    /// The names of what is read besides the device and the pin.
    static let names = ["type", "address", "cursor"]

    /// Reads what narrows a pin down to a sensor.
    init(device: DeviceID, gpio: GPIO, _ reader: inout some ParameterReader) {
        self.device = device
        self.gpio = gpio
        type = reader.text("type")
        address = reader.read("address", expected: "an I²C address from 0 to 127, a 1-Wire ROM code, or none") {
            BusAddress(word: $0)
        }
        cursor = reader.read("cursor", expected: "next_cursor of an earlier answer") { HistoryCursor($0) }
    }

    /// The kind by its canonical word.
    func kind(in catalogue: Catalogue) -> String? { type.map { catalogue.sensorKind($0)?.name ?? $0 } }

    /// The stored sensors that are meant.
    func sensors(_ kind: String?, in store: any HistoryStore) async throws -> [StoredSensor] {
        let all = try await store.sensors(SensorQuery(device: device, gpio: gpio, type: kind))
        return all.filter { address == nil || $0.key.address == address }
    }

    /// The one stored sensor that is meant; `nil` for one that the twin shows and no value of which is stored.
    ///
    /// - Throws: ``Problem`` when there are several.
    func onlySensor(of found: [StoredSensor]) throws(Problem) -> StoredSensor? {
        guard found.count <= 1 else { throw ambiguous(found) }
        return found.first
    }

    /// Whether the twin shows such a sensor, stored or not.
    func isShown(_ kind: String?, by view: TwinView) -> Bool {
        view.snapshot.sensors.contains {
            $0.key.gpio == gpio && (kind == nil || $0.key.type == kind)
                && (address == nil || $0.key.address == address)
        }
    }

    /// There is no such sensor, and which there are: those that the twin shows, and those that were stored.
    func unknown(_ kind: String?, of view: TwinView, in store: any HistoryStore) async -> Problem {
        let stored = (try? await store.sensors(SensorQuery(device: device))) ?? []
        let known = Set(view.snapshot.sensors.map(\.key)).union(stored.map(\.key)).sorted().map(\.id)
        let wanted = [kind.map { " '\($0)'" }, address.map { " at \($0.word)" }].compactMap { $0 }.joined()
        let most = GatewayLimits.namedSensors
        let names = known.prefix(most).joined(separator: ", ") + (known.count > most ? ", …" : "")
        var problem = Problem.notFound(
            "'\(device)' has no sensor\(wanted) on pin \(gpio), and no history of one; "
                + (known.isEmpty ? "it has no sensors" : "it has \(names)"))
        problem.members = [.init(name: "sensors", value: .array(known.prefix(most).map { .string($0) }))]
        return problem
    }

    private func ambiguous(_ found: [StoredSensor]) -> Problem {
        let names = found.prefix(GatewayLimits.namedSensors).map(\.key.id).joined(separator: ", ")
        let more = found.count > GatewayLimits.namedSensors ? ", …" : ""
        let kinds = found.map(\.key.type)
        let hasOneKind = kinds.allSatisfy { $0 == kinds.first }
        return .invalid(
            hasOneKind ? "address" : "type",
            "pin \(gpio) has \(found.count) sensors (\(names)\(more)), whose values have no common mean",
            expected: hasOneKind
                ? "the address of one, such as address=\(found[0].key.address.word)"
                : "the kind of one, such as type=\(found[0].key.type); and its address, if several are of that kind")
    }
}

extension BusAddress {
    /// Reads an address as ``json`` shows it, in either case; `none` is a pin of one's own.
    init?(word: String) {
        guard word != "none" else {
            self = .none
            return
        }
        guard let key = SensorKey(id: "0:any:\(word.uppercased())") else { return nil }
        self = key.address
    }

    /// What ``init(word:)`` reads.
    var word: String {
        switch self {
        case .none: "none"
        case .i2c(let address): String(address)
        case .oneWire(let rom): rom
        }
    }
}
