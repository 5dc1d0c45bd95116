import TwinCore
import TwinRuntime

/// Reads a wish from its document, and collects everything that is wrong with the document.
///
/// Whether the wish itself makes sense on a board is not judged here.
struct WishReader {
    /// The most problems that are told at once.
    static let maximumProblems = 50

    /// What is known of kinds; a sensor is named by its kind's own word.
    private let catalogue: Catalogue

    init(catalogue: Catalogue) { self.catalogue = catalogue }

    /// The wish that a document says.
    func read(_ document: JSONValue) -> Result<Desired, ConfigurationProblems> {
        var reader = ObjectReader(document, at: "", known: Desired.memberNames)
        var wish = Desired()
        wish.name = reader.optional("name", expected: "text") { $0.asText }
        wish.board = reader.optional("board", expected: "a board's name") { $0.asText }
        wish.zone = zone(&reader)
        for element in group("subzones", &reader) {
            var part = ObjectReader(element.value, at: "subzones/\(element.name)", known: SubzoneWish.memberNames)
            wish.subzones[element.name] = subzone(&part)
            reader.take(part.problems)
        }
        for element in group("sensors", &reader) {
            var part = ObjectReader(element.value, at: "sensors/\(element.name)", known: SensorWish.memberNames)
            if let key = key(element.name, &part), let sensor = sensor(key, &part) { wish.sensors[key] = sensor }
            reader.take(part.problems)
        }
        for element in group("actuators", &reader) {
            var part = ObjectReader(element.value, at: "actuators/\(element.name)", known: ActuatorWish.memberNames)
            if let pin = pin(element.name, &part), let actuator = actuator(&part) { wish.actuators[pin] = actuator }
            reader.take(part.problems)
        }
        guard reader.problems.isEmpty else {
            let ordered = reader.problems.sorted { $0.path < $1.path }
            return .failure(ConfigurationProblems(Array(ordered.prefix(Self.maximumProblems))))
        }
        return .success(wish)
    }

    private func group(_ name: String, _ reader: inout ObjectReader) -> [JSONValue.Member] {
        _ = reader.optional(name, expected: "an object") { value in
            if case .object = value { true } else { nil }
        }
        return reader.elements(name)
    }

    private func zone(_ reader: inout ObjectReader) -> ZoneWish? {
        guard let value = reader.optional("zone", expected: "an object, or null", { $0 }) else { return nil }
        var part = ObjectReader(value, at: "zone", known: ZoneWish.memberNames)
        let id = part.required("id", expected: "a zone's id, empty to belong to none") { $0.asText }
        let zone = ZoneWish(id: id ?? "", masterID: part.text("master_id"), name: part.text("name"))
        reader.take(part.problems)
        return zone
    }

    private func subzone(_ part: inout ObjectReader) -> SubzoneWish {
        let gpios = part.optional("gpios", expected: "a list of pins, each from 0 to \(GPIO.maximum)") { value in
            guard case .array(let items) = value else { return [GPIO]?.none }
            let pins = items.compactMap(\.asPin)
            return pins.count == items.count ? pins : nil
        }
        return SubzoneWish(
            name: part.text("name"), gpios: gpios ?? [], isSafeModeActive: part.flag("safe_mode", otherwise: true))
    }

    /// A sensor's wish; what it does not say of the rhythm is its kind's.
    private func sensor(_ key: SensorKey, _ part: inout ObjectReader) -> SensorWish? {
        let modes = SensorWish.Mode.allCases.map(\.rawValue).joined(separator: ", ")
        let name = part.required("name", expected: "text") { $0.asText }
        var wish = SensorWish(name: name ?? "", subzone: part.text("subzone"))
        if let kind = catalogue.sensorKind(key.type) {
            wish.mode = kind.mode
            wish.intervalSeconds = min(kind.intervalSeconds ?? wish.intervalSeconds, SensorWish.longestIntervalSeconds)
        }
        wish.mode =
            part.optional("mode", expected: "one of \(modes)") { $0.asText.flatMap(SensorWish.Mode.init) } ?? wish.mode
        wish.intervalSeconds = part.integer("interval_seconds", otherwise: wish.intervalSeconds)
        wish.isRaw = part.flag("raw", otherwise: wish.isRaw)
        wish.temperatureFrom = part.optional("temperature_from", expected: "a sensor such as 4:ds18b20") {
            $0.asText.flatMap { SensorKey(id: $0) }
        }
        return name == nil ? nil : wish
    }

    private func actuator(_ part: inout ObjectReader) -> ActuatorWish? {
        let type = part.required("type", expected: "a kind such as pump") { $0.asText }
        let name = part.required("name", expected: "text") { $0.asText }
        var wish = ActuatorWish(type: type ?? "", name: name ?? "", subzone: part.text("subzone"))
        let wireType = catalogue.actuatorKind(wish.type).wireType
        if wireType != wish.type { wish.wireType = wireType }
        wish.auxiliary = part.optional("auxiliary_gpio", expected: "a pin from 0 to \(GPIO.maximum)") { $0.asPin }
        wish.isCritical = part.flag("critical", otherwise: wish.isCritical)
        wish.isInverted = part.flag("inverted", otherwise: wish.isInverted)
        wish.isOnByDefault = part.flag("on_by_default", otherwise: wish.isOnByDefault)
        wish.defaultLevel = part.integer("default_level", otherwise: wish.defaultLevel)
        wish.maximumRuntimeMilliseconds =
            part.optional("max_runtime_seconds", expected: "a number of seconds", { $0.asMilliseconds })
            ?? wish.maximumRuntimeMilliseconds
        return type == nil || name == nil ? nil : wish
    }

    private func key(_ text: String, _ part: inout ObjectReader) -> SensorKey? {
        guard let key = SensorKey(id: text) else {
            part.note(nil, "no sensor's name; expected pin, kind and address, such as 4:ds18b20:28AA11BB22CC33D4")
            return nil
        }
        if let kind = catalogue.sensorKind(key.type), kind.name != key.type {
            let own = SensorKey(gpio: key.gpio, type: kind.name, address: key.address)
            part.note(nil, "'\(key.type)' is another word for a kind; expected '\(own.id)'")
            return nil
        }
        return key
    }

    private func pin(_ text: String, _ part: inout ObjectReader) -> GPIO? {
        let pin = Int(text).flatMap(GPIO.init)
        // "07" and "+7" would be other names for the same pin.
        guard let pin, pin.description == text else {
            part.note(nil, "no pin; expected a whole number from 0 to \(GPIO.maximum)")
            return nil
        }
        return pin
    }
}

extension JSONValue {
    /// A pin, if it is one.
    fileprivate var asPin: GPIO? { asInteger.flatMap(GPIO.init) }

    /// A number of seconds in milliseconds, if it is one that can be counted.
    fileprivate var asMilliseconds: Int? { asNumber.flatMap { Int(exactly: ($0 * 1000).rounded()) } }
}
