import TwinCore
import TwinRuntime

@testable import Gateway

/// A device in a cellar in Berlin whose sensors have a long history.
enum Cellar {
    static let device = DeviceID("ESP_CE11A2")!
    static let path = "/api/v1/twins/ESP_CE11A2/sensors/4"
    /// Summer time ends on 25 October at 01:00 UTC.
    static let berlin = SiteCalendar(
        zone: "Europe/Berlin", initialOffsetMilliseconds: 3_600_000,
        transitions: [
            .init(at: time("2026-03-29T01:00:00Z"), offsetMilliseconds: 7_200_000),
            .init(at: time("2026-10-25T01:00:00Z"), offsetMilliseconds: 3_600_000),
        ])

    static func time(_ text: String) -> UnixTime { UnixTime(rfc3339: text)! }

    static func sensor(_ number: Int64, _ gpio: Int, _ type: String, _ address: BusAddress = .none) -> StoredSensor {
        StoredSensor(
            number: number, device: device, key: SensorKey(gpio: GPIO(gpio)!, type: type, address: address),
            unit: "°C")
    }

    static let probe = sensor(10, 4, "ds18b20")
    static let roms = ["28AA11BB22CC33D4", "28BB11BB22CC33D4"].enumerated().map {
        sensor(20 + Int64($0.offset), 5, "ds18b20", .oneWire($0.element))
    }
    static let chip = ["sht31_humidity", "sht31_temp"].enumerated().map {
        sensor(30 + Int64($0.offset), 0, $0.element, .i2c(68))
    }

    static func sample(
        _ time: UnixTime, _ value: Double?, unit: String = "°C", quality: Quality = .good
    ) -> Sample {
        Sample(
            raw: value ?? -1, value: value, unit: unit, quality: quality, eventTime: time,
            receiptTime: time.advanced(byMilliseconds: 40), claimedTime: time,
            digest: UInt64(truncatingIfNeeded: time.milliseconds), isTimely: true)
    }

    /// A twin of the device that shows one sensor more than has a history.
    static func view() -> TwinView {
        let state = DeviceState(
            address: DeviceAddress(kaiser: .god, device: device), isApproved: true, at: Greenhouse.ago(60_000))
        let keys = [probe.key, SensorKey(gpio: GPIO(6)!, type: "ds18b20", address: .none)] + chip.map(\.key)
        return Greenhouse.view(state, sensors: keys.map { SensorState(key: $0) }, actuators: [], revision: 1)
    }

    static func twins(_ store: FakeHistory = FakeHistory()) -> FakeTwins { FakeTwins([view()], store: store) }

    /// Samples as a device sends them: unsteady, sometimes two at one time, late, faulty, with gaps, and in another
    /// unit after a change of its configuration.
    static func unsteady(_ chance: inout Dice, from: UnixTime, count: Int) -> [Sample] {
        var samples: [Sample] = []
        var place = from
        for index in 0..<count {
            let roll = chance.roll(100)
            let gap: Int64 =
                roll < 3 ? 100_000_000 : roll < 10 ? 0 : roll < 20 ? 4_000_000 : Int64(chance.roll(1_800_000))
            place = place.advanced(byMilliseconds: gap)
            let value = Double(chance.roll(400)) / 7
            let isFaulty = chance.roll(20) == 0
            let isChanged = index > count / 2 && index < count * 3 / 4
            samples.append(
                sample(
                    place, isFaulty ? nil : value, unit: isChanged ? "°F" : "°C",
                    quality: isFaulty ? .error : .good))
        }
        // Some come late.
        for _ in 0..<count / 10 { samples.swapAt(chance.roll(count), chance.roll(count)) }
        return samples
    }
}

/// Chance that is the same every time.
struct Dice {
    private var state: UInt64

    init(_ seed: UInt64) { state = seed }

    /// A number from 0 up to `sides`, exclusive (SplitMix64).
    mutating func roll(_ sides: Int) -> Int {
        state &+= 0x9E37_79B9_7F4A_7C15
        var mixed = state
        mixed = (mixed ^ (mixed >> 30)) &* 0xBF58_476D_1CE4_E5B9
        mixed = (mixed ^ (mixed >> 27)) &* 0x94D0_49BB_1331_11EB
        return Int((mixed ^ (mixed >> 31)) % UInt64(sides))
    }

    mutating func pick<Element>(_ elements: [Element]) -> Element { elements[roll(elements.count)] }
}

extension Conversation {
    /// All pages of an answer, and how many there were.
    func pages(_ path: String, limit: Int) async throws -> (items: [JSONValue], pages: [JSONValue]) {
        var items: [JSONValue] = []
        var pages: [JSONValue] = []
        var cursor = ""
        while pages.count < 2000 {
            let page = try await get("\(path)&limit=\(limit)\(cursor)").json
            guard case .array(let found)? = page["items"] else { break }
            items += found
            pages.append(page)
            guard let next = page["next_cursor"]?.asText else { break }
            cursor = "&cursor=\(next)"
        }
        return (items, pages)
    }
}
