import Testing
import TwinCore

/// What devices answer, and how often, and how late.
@Suite struct ConfigurationAnswerTests {
    private let probe = "sensors/4:ds18b20:28AA11BB22CC33D4"

    /// A device that was just told two sensors and two actuators by `cfg-1`.
    private var told: Configured {
        var device = Configured()
        _ = device.wish(at: 0) { $0 = .parts }
        _ = device.tick(at: 0)
        return device
    }

    private func failure(_ gpio: Int, _ code: String = "GPIO_CONFLICT", type: String? = nil)
        -> ConfigurationAnswer.Failure
    {
        ConfigurationAnswer.Failure(type: type, gpio: GPIO(gpio), code: code, detail: "taken")
    }

    @Test func `both sections of one push count, and each only once`() {
        var device = told
        #expect(device.answer(.actuator, at: 10) == ["applied actuators/26 actuators/27"])
        #expect(device.answer(.actuator, at: 11) == [])
        #expect(device.answer(.actuator, .error, code: "VALIDATION_FAILED", at: 12) == [])
        #expect(device.answer(.sensor, at: 13) == ["applied sensors/34:ph \(probe)", "cfg-1 answered"])
        let before = device.state
        #expect(device.answer(.sensor, at: 14) == [] && device.answer(.actuator, .error, at: 15) == [])
        #expect(device.state == before)
    }

    @Test func `of a part that succeeded the failures are refused with code and detail`() {
        var device = told
        _ = device.answer(.actuator, at: 10)
        #expect(
            device.answer(.sensor, .partialSuccess, count: 1, failures: [failure(34)], at: 20) == [
                "applied \(probe)", "refused sensors/34:ph: GPIO_CONFLICT: taken", "cfg-1 answered",
            ])
        #expect(device[.sensor(.acid)] == .refused("GPIO_CONFLICT: taken"))
        #expect(device.tick(at: 3_600_000) == [] && device.deadline == nil)
        #expect(device.state.delta == [.sensor(.acid)])
    }

    @Test func `refused actuators are left out when the others are told again, since a device never says which worked`()
    {
        var device = told
        _ = device.answer(.sensor, at: 10)
        #expect(
            device.answer(.actuator, .error, failures: [failure(26)], at: 20)
                == ["refused actuators/26: GPIO_CONFLICT: taken"])
        #expect(device.answer(.actuator, .error, failures: [failure(26)], at: 30) == [], "said twice")
        #expect(device.tick(at: 1_000) == [] && device.deadline == 2_020)
        #expect(
            device.tick(at: 2_020) == [
                "cfg-1 answered in part, the rest is told anew", "cfg-4 says actuators/27", "-> cfg-4",
            ])
        #expect(device.answer(.actuator, at: 2_030).last == "cfg-4 answered")
    }

    @Test func `a device that refuses every actuator by itself has answered`() {
        var device = told
        _ = device.answer(.sensor, at: 10)
        _ = device.answer(.actuator, .error, failures: [failure(26)], at: 20)
        #expect(device.answer(.actuator, .error, failures: [failure(27)], at: 30).last == "cfg-1 answered")
        #expect(
            device.standing.suffix(2) == [
                "actuators/26 refused: GPIO_CONFLICT: taken", "actuators/27 refused: GPIO_CONFLICT: taken",
            ])
    }

    @Test func `an error that names nothing refuses its section`() {
        var device = told
        _ = device.answer(.actuator, at: 10)
        #expect(
            device.answer(.sensor, .error, code: "VALIDATION_FAILED", at: 20) == [
                "refused sensors/34:ph: VALIDATION_FAILED: so it is", "refused \(probe): VALIDATION_FAILED: so it is",
                "cfg-1 answered",
            ])
    }

    @Test func `a word about the whole message is about every section`() {
        var device = told
        #expect(device.answer(.unknown, .error, code: "JSON_PARSE_ERROR", at: 10).count == 5)
        #expect(device.state.step == nil)
        var other = told
        #expect(other.answer(.system, .success, at: 10) == [], "other sections may go well: nothing was asked")
    }

    @Test(arguments: [
        "CONFIG_LANE_BUSY", "QUEUE_FULL", "WRITE_TIMEOUT", "REPLAY_QUEUE_FULL", "OUTBOX_FULL",
        "PENDING_RING_EVICTION", "STALE_SCOPE_SENSOR",
    ])
    func `what passes is tried again after a pause, and nothing is refused`(code: String) {
        var device = told
        #expect(
            device.answer(.sensor, .error, code: code, at: 10) == ["cfg-1 postponed: \(code): so it is"])
        #expect(device[.sensor(.probe)] == .pending)
        #expect(device.deadline == 60_010)
        #expect(device.tick(at: 60_009) == [])
        #expect(device.tick(at: 60_010).last == "-> cfg-3")
        var item = told
        #expect(item.answer(.sensor, .error, failures: [failure(34, code)], at: 10).last?.contains("postponed") == true)
    }

    @Test func `sensors that share a pin are told apart by their type, or refused together`() {
        var device = Configured()
        let second = SensorKey(gpio: .pin(0), type: "sht31_temp", address: .i2c(69))
        _ = device.wish(at: 0) { desired in
            for key in [SensorKey.warmth, .damp, second] { desired.sensors[key] = SensorWish(name: key.id) }
        }
        _ = device.tick(at: 0)
        var other = device
        #expect(
            device.answer(.sensor, .partialSuccess, failures: [failure(0, type: "sht31_humidity")], at: 10)[1]
                == "refused sensors/0:sht31_humidity:68: GPIO_CONFLICT: taken")
        #expect(device[.sensor(.warmth)] == .applied)
        _ = other.answer(.sensor, .partialSuccess, failures: [failure(0, type: "sht31_temp")], at: 10)
        #expect(other[.sensor(.damp)] == .applied)
        #expect(
            other[.sensor(.warmth)]
                == .refused("GPIO_CONFLICT: taken (the device does not say which of 2 on this pin)"))
    }

    @Test func `ten failures may not be all: what is left out is told again`() {
        var device = Configured()
        _ = device.wish(at: 0) { desired in
            for pin in 13..<25 { desired.actuators[.pin(pin)] = ActuatorWish(type: "pump", name: "p") }
        }
        _ = device.tick(at: 0)
        let lines = device.answer(.actuator, .partialSuccess, failures: (13..<23).map { failure($0) }, at: 10)
        #expect(lines.count == 10 && lines.allSatisfy { $0.hasPrefix("refused") })
        #expect(device.tick(at: 2_010).dropFirst().first?.hasSuffix("says actuators/23 actuators/24") == true)
    }

    @Test func `an answer without a push counts for the one under way, per pin or whole; another's is stray`() {
        var device = told
        #expect(device.answer(.sensor, to: "cfg-0", at: 5) == ["stray"])
        #expect(device.answer(.sensor, to: .some(nil), gpio: 34, at: 10) == ["applied sensors/34:ph"])
        #expect(device.answer(.sensor, to: .some(nil), gpio: 34, at: 11) == ["stray"])
        #expect(device.answer(.actuator, to: .some(nil), at: 12) == ["applied actuators/26 actuators/27"])
        #expect(device.answer(.sensor, to: .some(nil), at: 13).last == "cfg-1 answered")
        #expect(device.answer(.sensor, to: .some(nil), at: 14) == ["stray"])
    }

    @Test func `outcomes of the intent show that it was taken in, turned away, or failed`() {
        var device = told
        #expect(device.outcome(.accepted, at: 5) == ["cfg-1 accepted"] && device.outcome(.persisted, at: 6) == [])
        var rejected = told
        #expect(rejected.outcome(.rejected, code: "VALIDATION_FAIL", at: 5).count == 5)
        #expect(rejected[.sensor(.probe)] == .refused("VALIDATION_FAIL"))
        for (word, code, isRetryable) in [
            (IntentOutcome.Word.rejected, "REGISTRATION_PENDING", false), (.rejected, "UNKNOWN_COMMAND", true),
            (.expired, "TTL_EXPIRED", false),
        ] {
            var late = told
            #expect(late.outcome(word, code: code, isRetryable: isRetryable, at: 5) == ["cfg-1 postponed: \(code)"])
            #expect(late.outcome(word, code: code, at: 6) == [], "it is over")
        }
    }

    @Test func `a failed intent waits a moment for what the sections say`() {
        var device = told
        #expect(device.outcome(.failed, code: "EXECUTE_FAIL", at: 5) == ["cfg-1 failing: EXECUTE_FAIL"])
        _ = device.answer(.sensor, at: 10)
        #expect(
            device.tick(at: 2_005).prefix(2) == [
                "cfg-1 answered in part, the rest is told anew", "cfg-4 says actuators/26 actuators/27",
            ])
        _ = device.outcome(.failed, code: "EXECUTE_FAIL", at: 2_010)
        #expect(device.tick(at: 4_010).last == "cfg-4 refused: EXECUTE_FAIL")
        #expect(device[.actuator(.pin(26))] == .refused("EXECUTE_FAIL"))
    }

    @Test func `a refusal stands until something else is wished, or the same once more`() {
        var device = told
        _ = device.answer(.actuator, at: 10)
        _ = device.answer(.sensor, .error, code: "VALIDATION_FAILED", at: 10)
        #expect(device.wish(touched: [.actuator(.pin(26))], at: 20) { $0.name = "Bench" } == ["wished name"])
        #expect(device.wish(touched: [.sensor(.acid)], at: 30) { _ in } == ["wished sensors/34:ph"])
        #expect(device.tick(at: 40).first?.hasSuffix("says sensors/34:ph") == true)
        _ = device.answer(.sensor, at: 50)
        #expect(device.wish(at: 60) { $0.sensors[.probe]?.name = "other" } == ["wished \(probe)"])
        #expect(device[.sensor(.probe)] == .pending)
    }

    @Test func `a refusal of what is not wished any more says nothing about the wish`() {
        var device = told
        _ = device.answer(.actuator, at: 10)
        _ = device.wish(at: 20) { $0.sensors[.acid]?.intervalSeconds = 10 }
        _ = device.answer(.sensor, .error, code: "OUT_OF_RANGE", at: 30)
        #expect(device[.sensor(.acid)] == .pending && device[.sensor(.probe)] == .refused("OUT_OF_RANGE: so it is"))
    }

    @Test func `a zone or a subzone is refused, or asked for again`() {
        var device = Configured()
        _ = device.wish(at: 0) { $0 = .bench }
        _ = device.tick(at: 0)
        #expect(
            device.zone(.assigned, "elsewhere", to: .some(nil), at: 5) == ["stray zone", "in zone 'elsewhere' of ''"])
        #expect(device.zone(.error, reason: "CONFIG_LANE_BUSY", at: 10) == ["z-1 postponed: CONFIG_LANE_BUSY"])
        _ = device.tick(at: 20)
        _ = device.answer(.sensor, at: 30)
        _ = device.answer(.actuator, at: 30)
        #expect(device.tick(at: 40) == [], "a subzone needs its zone")
        _ = device.tick(at: 60_010)
        #expect(device.zone(.error, reason: "VALIDATION_ERROR", at: 60_020).first == "refused zone: VALIDATION_ERROR")
        _ = device.wish(touched: [.zone], at: 60_030) { _ in }
        _ = device.tick(at: 60_040)
        _ = device.zone(.assigned, "tent_a", at: 60_050)
        _ = device.tick(at: 60_060)
        #expect(device.subzone(.error, "bench_1", code: 2502, at: 60_070).first?.hasSuffix("postponed: 2502") == true)
        _ = device.tick(at: 120_070)
        #expect(device.subzone(.error, "bench_1", code: 2501, at: 120_080).first == "refused subzones/bench_1: 2501")
        #expect(device.deadline == nil)
    }
}
