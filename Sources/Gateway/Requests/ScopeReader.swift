import TwinCore

/// Reads what an emergency stop covers, as a caller writes it.
enum ScopeReader {
    /// All forms of a scope.
    static let expectation =
        #""all", {"kaiser": …}, {"zone": …}, {"subzone": …}, {"subzone": …, "zone": …}, {"device": …}, "#
        + #"{"device": …, "gpio": …} or {"filter": {"kinds": […], "zones": […], "devices": […]}}"#

    private static let forms: Set<Set<String>> = [
        ["kaiser"], ["zone"], ["subzone"], ["subzone", "zone"], ["device"], ["device", "gpio"], ["filter"],
    ]

    /// What a stop covers; `nil` when it cannot be understood, which the body is told.
    static func scope(_ given: JSONValue, noting body: inout BodyReader) -> StopScope? {
        if given == "all" { return .all }
        let names = Set(given.members.map(\.name))
        guard forms.contains(names), var scope = try? BodyReader(given, known: names.sorted()) else {
            body.note("scope", "\(given.text.prefix(100)) is not usable", expected: expectation)
            return nil
        }
        defer { body.take(scope, under: "scope") }
        if names.contains("filter") { return filter(in: &scope).map { .filter($0) } }
        if names.contains("kaiser") {
            let expected = "a relay's name of 1 to \(KaiserID.maximumLength) letters, digits and underscores"
            return scope.required("kaiser", expected: expected) { $0.asText.flatMap { KaiserID($0) } }.map {
                .kaiser($0)
            }
        }
        if names.contains("device") {
            let device = scope.required("device", expected: deviceExpectation, device)
            guard names.contains("gpio") else { return device.map { .device($0) } }
            let gpio = scope.required("gpio", expected: "a whole number from 0 to \(GPIO.maximum)") { given in
                given.asInteger.flatMap { GPIO($0) }
            }
            guard let device, let gpio else { return nil }
            return .actuator(device, gpio)
        }
        let zone = names.contains("zone") ? scope.required("zone", expected: wordExpectation, word) : nil
        guard names.contains("subzone") else { return zone.map { .zone($0) } }
        let subzone = scope.required("subzone", expected: wordExpectation, word)
        // Without its zone, which was asked for, it would reach further than meant.
        guard let subzone, names.contains("zone") == (zone != nil) else { return nil }
        return .subzone(subzone, zone: zone)
    }

    private static func filter(in scope: inout BodyReader) -> StopFilter? {
        guard let given = scope.required("filter", expected: filterExpectation, { $0 }) else { return nil }
        guard var filter = try? BodyReader(given, known: ["kinds", "zones", "devices"]) else {
            scope.note("filter", "\(given.text.prefix(100)) is not usable", expected: filterExpectation)
            return nil
        }
        let words = "a list of at most \(StopFilter.maximumWords), each \(wordExpectation)"
        let kinds = filter.optional("kinds", expected: words) { list($0, word) }
        let zones = filter.optional("zones", expected: words) { list($0, word) }
        let expected = "a list of at most \(StopFilter.maximumWords), each \(deviceExpectation)"
        let devices = filter.optional("devices", expected: expected) { list($0, device) }
        scope.take(filter, under: "filter")
        // A list that cannot be read must not widen the stop to everything.
        let isRead =
            filter.has("kinds") == (kinds != nil) && filter.has("zones") == (zones != nil)
            && filter.has("devices") == (devices != nil)
        guard isRead else { return nil }
        let read = StopFilter(kinds: kinds ?? [], zones: zones ?? [], devices: devices ?? [])
        guard read != StopFilter() else {
            if !filter.hasProblems { scope.note("filter", "nothing is named", expected: filterExpectation) }
            return nil
        }
        return read
    }

    private static let filterExpectation =
        #"an object with at least one of kinds, zones and devices; say "all" to stop everything"#
    private static let deviceExpectation = #"a device's name such as "ESP_A1B2C3""#
    private static let wordExpectation = "text of 1 to \(GatewayLimits.scopeCharacters) characters"

    private static func word(_ given: JSONValue) -> String? {
        given.asText.flatMap { (1...GatewayLimits.scopeCharacters).contains($0.count) ? $0 : nil }
    }

    private static func device(_ given: JSONValue) -> DeviceID? { given.asText.flatMap { DeviceID($0) } }

    private static func list<Element>(_ given: JSONValue, _ read: (JSONValue) -> Element?) -> [Element]? {
        guard case .array(let elements) = given, elements.count <= StopFilter.maximumWords else {
            return nil
        }
        let values = elements.compactMap(read)
        return values.count == elements.count ? values : nil
    }
}
