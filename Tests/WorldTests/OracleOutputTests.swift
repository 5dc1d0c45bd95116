import Testing
import TwinCore

@testable import World

/// The oracle can fail: each broken promise about what outputs really do is shown to it once.
@Suite struct OracleOutputTests {
    private let disk = SimulatedDisk()
    private let device = DeviceID("ESP_7C19F2")!
    private let pump = GPIO(26)!
    private let valve = GPIO(27)!

    private func energise(
        _ oracle: Oracle, _ word: String = "ON", gpio: Int = 26, seconds: Int = 10, at time: Int64 = 0
    ) {
        Transcript.accept("c-1", device, gpio: gpio, on: disk)
        oracle.left(Transcript.command(word, device, gpio: gpio, duration: seconds), at: time)
    }

    @Test func `an output that nobody energised is found at once`() {
        let oracle = Oracle(disk, .none)
        oracle.see(pump, isOn: true, of: oracle.record(device), undisturbed: 0, at: 100)
        #expect(oracle.violations.map(\.promise) == [.unasked])
    }

    @Test(arguments: [
        ("ON", true, 16_000 as Int64), ("PWM", true, 25_000), ("ON", false, 16_000), ("PWM", false, 190_000),
    ])
    func `an output that outlives its lease is found`(word: String, isReached: Bool, latest: Int64) {
        let oracle = Oracle(disk, .none)
        energise(oracle, word)
        let record = oracle.record(device)
        oracle.see(pump, isOn: true, of: record, undisturbed: isReached ? 0 : nil, at: latest)
        #expect(oracle.violations == [])
        oracle.see(pump, isOn: true, of: record, undisturbed: isReached ? 0 : nil, at: latest + 1)
        #expect(oracle.violations.map(\.promise) == [.lease])
    }

    @Test func `an output that is on after a stop is found`() {
        let oracle = Oracle(disk, .none)
        energise(oracle, seconds: 60)
        oracle.stopped(device, at: 100)
        let record = oracle.record(device)
        oracle.see(pump, isOn: true, of: record, undisturbed: 0, at: 15_100)
        #expect(oracle.violations == [])
        oracle.see(pump, isOn: true, of: record, undisturbed: nil, at: 15_101)
        #expect(oracle.violations == [])
        oracle.see(pump, isOn: true, of: record, undisturbed: 0, at: 15_101)
        #expect(oracle.violations.map(\.promise) == [.stop])
    }

    @Test func `a stuck output is nobody's fault, and calling it off is`() {
        let oracle = Oracle(disk, .none)
        let record = oracle.record(device)
        record.output(pump).soundSince = nil
        oracle.stopped(device, at: 0)
        oracle.see(pump, isOn: true, of: record, undisturbed: 0, at: 500_000)
        #expect(oracle.violations == [])
        oracle.judgeHonesty(device, pump, calledOff: true, at: 500_000)
        #expect(oracle.violations == [], "its device has not shown it on")
        show(oracle, isOn: true)
        oracle.judgeHonesty(device, pump, calledOff: false, at: 500_000)
        #expect(oracle.violations == [])
        oracle.judgeHonesty(device, pump, calledOff: true, at: 500_000)
        #expect(oracle.violations.map(\.promise) == [.honesty])
    }

    @Test func `an output that was shown on since it is on and is called off is found`() {
        let oracle = Oracle(disk, .none)
        let record = oracle.record(device)
        energise(oracle, seconds: 60, at: 10)
        show(oracle, isOn: true)
        oracle.see(pump, isOn: true, of: record, undisturbed: 0, at: 20)
        oracle.judgeHonesty(device, pump, calledOff: true, at: 30)
        #expect(oracle.violations == [], "it was shown on before it went on: that was another time")
        show(oracle, isOn: true, at: 40)
        oracle.judgeHonesty(device, pump, calledOff: true, at: 50)
        #expect(oracle.violations.map(\.promise) == [.honesty])
    }

    @Test func `an output that somebody else switches on under a stop leaves time to notice`() {
        let oracle = Oracle(disk, .none)
        energise(oracle, seconds: 60)
        oracle.stopped(device, at: 100)
        let record = oracle.record(device)
        record.output(pump).foreignUntil = 50_000
        oracle.see(pump, isOn: true, of: record, undisturbed: 0, at: 65_000)
        #expect(oracle.violations == [])
        oracle.see(pump, isOn: true, of: record, undisturbed: 0, at: 65_001)
        #expect(oracle.violations.map(\.promise) == [.stop])
    }

    @Test func `an output that is mended must go off when it had time to be noticed`() {
        let oracle = Oracle(disk, .none)
        let record = oracle.record(device)
        record.output(pump).soundSince = 1_000
        oracle.see(pump, isOn: true, of: record, undisturbed: 0, at: 46_000)
        #expect(oracle.violations == [])
        oracle.see(pump, isOn: true, of: record, undisturbed: 0, at: 46_001)
        #expect(oracle.violations.map(\.promise) == [.unasked])
    }

    @Test func `an output that somebody else switched on must go off when it had time to be noticed`() {
        let oracle = Oracle(disk, .none)
        let record = oracle.record(device)
        record.output(pump).foreignUntil = 1_000
        oracle.see(pump, isOn: true, of: record, undisturbed: 0, at: 46_000)
        oracle.see(pump, isOn: true, of: record, undisturbed: nil, at: 99_000)
        #expect(oracle.violations == [])
        oracle.see(pump, isOn: true, of: record, undisturbed: 0, at: 46_001)
        #expect(oracle.violations.map(\.promise) == [.unasked])
    }

    @Test func `the longest on-time holds across leases`() {
        var rules = OracleRules.none
        rules.maximumOnMilliseconds = 20_000
        let oracle = Oracle(disk, rules)
        let record = oracle.record(device)
        energise(oracle, seconds: 30)
        oracle.see(pump, isOn: true, of: record, undisturbed: 0, at: 0)
        energise(oracle, seconds: 30, at: 30_000)
        oracle.see(pump, isOn: true, of: record, undisturbed: 0, at: 35_000)
        #expect(oracle.violations == [])
        oracle.see(pump, isOn: true, of: record, undisturbed: 0, at: 35_001)
        #expect(oracle.violations.map(\.promise) == [.limits])
    }

    @Test func `interlocks, requirements and budgets are judged from what outputs do`() {
        let pair = OracleRules.Pair(WorldOutput(device: 0, gpio: 26), WorldOutput(device: 0, gpio: 27))
        var exclusive = OracleRules.none
        exclusive.exclusivePairs = [pair]
        #expect(broken(exclusive, [pump, valve]) == [.interlock])
        #expect(broken(exclusive, [pump]) == [])
        var required = OracleRules.none
        required.requirements = [pair]
        #expect(broken(required, [pump]) == [.interlock])
        #expect(broken(required, [pump, valve]) == [])
        var budget = OracleRules.none
        budget.maximumOnAtOnce = 1
        budget.sharing = []
        #expect(broken(budget, [pump, valve]) == [.interlock])
        #expect(broken(budget, [pump]) == [])
    }

    /// Which promises are broken when outputs are on together for longer than may be.
    private func broken(_ rules: OracleRules, _ outputs: [GPIO]) -> [Promise] {
        let oracle = Oracle(disk, rules)
        let record = oracle.record(device)
        for output in outputs { energise(oracle, gpio: Int(output.number), seconds: 60) }
        for time in [0, 15_000, 15_001] as [Int64] {
            for output in outputs { oracle.see(output, isOn: true, of: record, undisturbed: 0, at: time) }
            oracle.judgeInterlocks(at: time)
            #expect(time > 15_000 || oracle.violations == [])
        }
        return oracle.violations.map(\.promise)
    }

    @Test func `a guard that is out of range or silent leaves its output so much time`() {
        var rules = OracleRules.none
        rules.guards = [
            OracleRules.Guard(
                WorldOutput(device: 0, gpio: 26), sensor: WorldOutput(device: 0, gpio: 4), sensorType: "ds18b20",
                rawRange: 0...400, maximumAgeMilliseconds: 10_000,
                offWithinMilliseconds: 5_000)
        ]
        let oracle = Oracle(disk, rules)
        let record = oracle.record(device)
        energise(oracle, seconds: 60)
        oracle.see(pump, isOn: true, of: record, undisturbed: 0, at: 0)
        measure(oracle, 348, at: 0)
        oracle.judgeInterlocks(at: 10_000)
        oracle.judgeInterlocks(at: 10_001)
        oracle.judgeInterlocks(at: 15_001)
        #expect(oracle.violations == [])
        oracle.judgeInterlocks(at: 15_002)
        #expect(oracle.violations.map(\.promise) == [.guardSensor])
        measure(oracle, 348, at: 15_003)
        oracle.judgeInterlocks(at: 15_003)
        measure(oracle, 401, at: 15_004)
        oracle.judgeInterlocks(at: 15_004)
        oracle.judgeInterlocks(at: 20_004)
        #expect(oracle.violations.count == 1)
        oracle.judgeInterlocks(at: 20_005)
        #expect(oracle.violations.count == 2)
    }

    @Test func `what an output is doing is told apart`() {
        let oracle = Oracle(disk, .none)
        let record = oracle.record(device)
        let output = record.output(pump)
        func condition(_ time: Int64, isOnline: Bool = true) -> OutputCondition {
            oracle.condition(of: output, record, isOnline: isOnline, at: time)
        }
        #expect(condition(0) == .off)
        #expect(condition(0, isOnline: false) == .offline)
        energise(oracle)
        #expect(condition(10) == .pending)
        oracle.see(pump, isOn: true, of: record, undisturbed: 0, at: 20)
        #expect(condition(20) == .on)
        oracle.left(Transcript.command("OFF", device, value: 0, duration: 0), at: 30)
        #expect(condition(30) == .drivenOff)
        oracle.stopped(device, at: 40)
        #expect(condition(40) == .stopped)
        oracle.released(at: 50)
        #expect(condition(50) == .clearing)
        oracle.see(pump, isOn: false, of: record, undisturbed: 0, at: 60)
        #expect(condition(20_000) == .off)
    }

    private func show(_ oracle: Oracle, isOn: Bool, at time: Int64 = 0) {
        oracle.acknowledged(
            SimulatedMessage(
                topic: "kaiser/god/esp/\(device)/actuator/26/status", payload: Array("{\"state\":\(isOn)}".utf8),
                qos: 1, isRetained: false), at: time)
    }

    private func measure(_ oracle: Oracle, _ raw: Int, at time: Int64) {
        let text = "{\"esp_id\":\"\(device)\",\"gpio\":4,\"sensor_type\":\"ds18b20\",\"raw\":\(raw),\"ts\":1777600000}"
        oracle.published(
            SimulatedMessage(
                topic: "kaiser/god/esp/\(device)/sensor/4/data", payload: Array(text.utf8), qos: 1, isRetained: false),
            at: time)
    }
}
