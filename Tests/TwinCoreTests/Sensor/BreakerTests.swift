import Testing
import TwinCore

@Suite struct BreakerTests {
    private let kind = SensorKind.bosch(.bme280, .pressure)

    /// Feeds register words that cannot be compensated, or hPa, at the given times; says what each sample was worth.
    private func feed(_ raws: [(at: Int64, raw: Double)]) throws -> [String] {
        var state = SensorState(key: SensorKey(gpio: .pin(0), type: kind.name, address: .i2c(118)))
        var words: [String] = []
        for (at, raw) in raws {
            let report = SensorReport(
                gpio: .pin(0), type: kind.name, raw: raw, clock: DeviceClock(wire: 0, isValid: false), digest: 1)
            let sample = try state.decide(on: report, kind: kind, digest: UInt64(at), at: .at(at)).sample
            state.apply(.sampled(sample), at: .at(at))
            words.append("\(sample.value.map { "\($0)" } ?? "none")\(sample.unit) \(sample.quality.rawValue)")
            #expect((sample.model == nil) == (sample.unit == ""))
        }
        return words
    }

    @Test func `after three failures raw values pass through for 30 seconds, then one is tried`() throws {
        let word = 415_148.0
        #expect(
            try feed([
                (0, word), (1000, word), (2000, word), (3000, word), (31_999, word), (32_000, word), (33_000, word),
                (62_000, 1013.25), (62_001, word),
            ]) == [
                "nonehPa error", "nonehPa error", "nonehPa error", "415148.0 unknown", "415148.0 unknown",
                "nonehPa error", "415148.0 unknown", "1013.25hPa unknown", "nonehPa error",
            ])
    }

    @Test func `a success in between closes the count`() throws {
        let words = try feed([(0, 4e5), (1000, 4e5), (2000, 1000), (3000, 4e5), (4000, 4e5), (5000, 4e5), (6000, 4e5)])
        #expect(words.last == "400000.0 unknown")
        #expect(words.dropLast().filter { $0 == "nonehPa error" }.count == 5)
    }

    @Test func `a raw value that stands for a fault is no failure of processing`() throws {
        var state = SensorState(key: SensorKey(gpio: .pin(4), type: "ds18b20", address: .none))
        for at in Int64(0)..<6 {
            let report = SensorReport(
                gpio: .pin(4), type: "ds18b20", raw: -2032, clock: DeviceClock(wire: 0, isValid: false), digest: 1)
            let sample = try state.decide(on: report, kind: .ds18b20, digest: 1, at: .at(at)).sample
            state.apply(.sampled(sample), at: .at(at))
            #expect(sample.quality == .error)
            #expect(sample.errorCode == 1060)
        }
    }

    @Test func `a clock that is set back closes the breaker`() throws {
        #expect(
            try feed([(50_000, 4e5), (50_001, 4e5), (50_002, 4e5), (50_003, 4e5), (10_000, 1013)]).suffix(2) == [
                "400000.0 unknown", "1013.0hPa unknown",
            ])
    }
}
