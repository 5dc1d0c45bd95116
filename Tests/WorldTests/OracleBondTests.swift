import Testing
import TwinCore

@testable import World

/// The oracle can fail: what leaves against tags, persons, interlocks and stops is shown to it once.
@Suite struct OracleBondTests {
    private let disk = SimulatedDisk()
    private let device = DeviceID("ESP_7C19F2")!
    private let other = DeviceID("ESP_7C19F3")!
    private let pump = GPIO(26)!

    private func oracle(_ change: (inout OracleRules) -> Void = { _ in }) -> Oracle {
        var rules = OracleRules.none
        change(&rules)
        let oracle = Oracle(disk, rules)
        _ = (oracle.record(device), oracle.record(other))
        return oracle
    }

    private func energise(_ oracle: Oracle, _ device: DeviceID, id: String = "c-1", at time: Int64) {
        Transcript.accept(id, device, on: disk, at: time)
        oracle.left(Transcript.command("ON", device, id: id), at: time)
    }

    private func show(_ oracle: Oracle, _ device: DeviceID, isOn: Bool, at time: Int64) {
        oracle.see(pump, isOn: isOn, of: oracle.record(device), undisturbed: 0, at: time)
        oracle.acknowledged(
            SimulatedMessage(
                topic: "kaiser/god/esp/\(device)/actuator/26/status", payload: Array("{\"state\":\(isOn)}".utf8),
                qos: 1,
                isRetained: false), at: time)
    }

    @Test func `a command under a tag is found until the tag is gone`() {
        let oracle = oracle()
        oracle.tagged(device, pump, until: 100, wallUntil: 1_100)
        energise(oracle, device, at: 99)
        #expect(oracle.violations.map(\.promise) == [.limits])
        energise(oracle, device, at: 100)
        oracle.tagged(device, pump, until: 1_000, wallUntil: 2_000)
        oracle.rebaseTags(wall: 1_990, at: 200)
        energise(oracle, device, at: 210)
        oracle.tagged(device, pump, until: 1_000, wallUntil: 2_000)
        oracle.untagged(device, pump)
        energise(oracle, device, at: 220)
        #expect(oracle.violations.count == 1)
    }

    @Test func `a dangerous output that one person asked for is found`() {
        let oracle = oracle { $0.twoPersons = [WorldOutput(device: 0, gpio: 26)] }
        oracle.asks("a", device, pump, at: 0)
        energise(oracle, device, at: 1)
        #expect(oracle.violations.map(\.promise) == [.limits])
        oracle.asks("b", device, pump, at: 2)
        energise(oracle, device, id: "c-2", at: 61_000)
        energise(oracle, device, id: "c-2", at: 90_000)
        energise(oracle, other, id: "c-3", at: 90_000)
        #expect(oracle.violations.count == 1)
        energise(oracle, device, id: "c-4", at: 61_001)
        #expect(oracle.violations.count == 2)
    }

    @Test func `what leaves against an interlock is found at once`() {
        let pair = OracleRules.Pair(WorldOutput(device: 0, gpio: 26), WorldOutput(device: 1, gpio: 26))
        let exclusive = oracle { $0.exclusivePairs = [pair] }
        energise(exclusive, other, at: 0)
        show(exclusive, other, isOn: true, at: 1)
        energise(exclusive, device, id: "c-2", at: 2)
        #expect(exclusive.violations.map(\.promise) == [.interlock])
        let required = oracle { $0.requirements = [pair] }
        show(required, other, isOn: false, at: 1)
        energise(required, device, id: "c-3", at: 2)
        #expect(required.violations.map(\.promise) == [.interlock])
    }

    @Test func `a rest that is too short and a start too many are found`() {
        let oracle = oracle {
            $0.minimumOffMilliseconds = 2_000
            $0.startsPerHour = [26: 2]
        }
        show(oracle, device, isOn: false, at: 0)
        energise(oracle, device, id: "c-1", at: 1)
        show(oracle, device, isOn: true, at: 10)
        show(oracle, device, isOn: false, at: 1_000)
        energise(oracle, device, id: "c-2", at: 2_999)
        #expect(oracle.violations.map(\.promise) == [.limits])
        show(oracle, device, isOn: true, at: 3_000)
        show(oracle, device, isOn: false, at: 4_000)
        energise(oracle, device, id: "c-3", at: 6_000)
        #expect(oracle.violations.count == 2, "\(oracle.violations)")
    }

    @Test func `a stop of one output holds that one, and one clearing of several leaves the others`() {
        let oracle = oracle()
        let address = OutputAddress(device: device, gpio: pump)
        energise(oracle, device, at: 0)
        oracle.hold(StopSeen(scope: .actuator(device, pump), since: 5, devices: [], outputs: [address]))
        oracle.hold(StopSeen(scope: .all, since: 6, devices: [device, other], outputs: []))
        oracle.released(.all, at: 7)
        energise(oracle, other, id: "c-2", at: 8)
        #expect(oracle.violations == [])
        energise(oracle, device, id: "c-3", at: 9)
        #expect(oracle.violations.map(\.promise) == [.stop])
        oracle.see(pump, isOn: true, of: oracle.record(device), undisturbed: 0, at: 15_006)
        #expect(oracle.violations.map(\.promise) == [.stop, .stop])
        oracle.released(at: 15_007)
        energise(oracle, device, id: "c-4", at: 15_008)
        #expect(oracle.violations.count == 2)
    }

    @Test func `a stop of every scope that reaches others is found`() {
        let off = Transcript.command("OFF", device, value: 0, duration: 0, expiry: nil)
        let valve = GPIO(27)!
        let scopes: [(StopScope, Bool)] = [
            (.all, false), (.kaiser(.god), false), (.device(device), false), (.device(other), true),
            (.actuator(device, pump), false), (.actuator(device, valve), true), (.zone("tent"), true),
            (.subzone("bench_1", zone: nil), false), (.filter(StopFilter(kinds: ["pump"])), false),
        ]
        for (scope, isOutside) in scopes {
            let oracle = oracle()
            oracle.stopping = scope
            oracle.left(off, at: 1)
            #expect(oracle.violations.map(\.promise) == (isOutside ? [.stopScope] : []), "\(scope)")
        }
    }
}
