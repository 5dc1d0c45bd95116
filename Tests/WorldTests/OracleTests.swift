import Testing
import TwinCore
import TwinRuntime

@testable import World

/// The oracle can fail: each broken promise about what leaves the runtime is fed to it once.
@Suite struct OracleTests {
    private let disk = SimulatedDisk()
    private let device = DeviceID("ESP_7C19F2")!

    private func command(
        _ word: String, id: String = "c-1", value: Double = 1, duration: Int = 60, isRetained: Bool = false,
        expiry: UInt32? = 5
    ) -> Publication {
        Transcript.command(
            word, device, id: id, value: value, duration: duration, isRetained: isRetained, expiry: expiry)
    }

    private func oracle(_ rules: OracleRules = .none) -> Oracle { Oracle(disk, rules) }

    @Test func `an orderly command breaks nothing`() {
        let oracle = oracle()
        Transcript.accept("c-1", device, on: disk)
        oracle.left(command("ON"), at: 10)
        oracle.left(command("OFF", id: "off-1", value: 0, duration: 0, expiry: nil), at: 20)
        #expect(oracle.violations == [])
        #expect(oracle.energisings == 1)
    }

    @Test func `a command whose cause is not durable is found`() {
        let oracle = oracle()
        oracle.left(command("ON"), at: 10)
        #expect(
            oracle.violations.map(\.description) == [
                "at 10 ms: command c-1 energised ESP_7C19F2 before its cause was durable"
            ])
    }

    @Test func `a command that is kept, never expires or comes from an old instance is found`() {
        let oracle = oracle()
        Transcript.accept("c-1", device, on: disk)
        oracle.claims(Transcript.claim(epoch: 1, "a"), by: 1)
        oracle.heard(Transcript.heard(Transcript.claim(epoch: 1, "a")), by: 1, at: 5)
        #expect(!oracle.isOutdated(1))
        oracle.heard(Transcript.heard(Transcript.claim(epoch: 2, "b")), by: 1, at: 6)
        oracle.newestRun = 1
        oracle.left(command("ON", isRetained: true, expiry: nil), by: 1, at: 10)
        #expect(oracle.violations.map(\.promise) == [.commandHygiene, .commandHygiene, .newestInstance])
    }

    @Test func `a command to a stopped device is found until the stop is released`() {
        let oracle = oracle()
        Transcript.accept("c-1", device, on: disk)
        oracle.stopped(device, at: 5)
        oracle.left(command("PWM", value: 0.5), at: 10)
        #expect(oracle.violations.map(\.promise) == [.stop])
        oracle.released(at: 15)
        oracle.left(command("ON"), at: 20)
        #expect(oracle.violations.count == 1)
    }

    @Test func `a stop that reaches others is found`() {
        let oracle = oracle()
        oracle.stopping = .device(DeviceID("ESP_000001")!)
        oracle.left(command("OFF", value: 0, duration: 0, expiry: nil), at: 10)
        #expect(oracle.violations.map(\.promise) == [.stopScope])
        oracle.stopping = .all
        oracle.left(command("OFF", value: 0, duration: 0, expiry: nil), at: 10)
        #expect(oracle.violations.count == 1)
    }

    @Test func `a command from before an OFF that leaves after it is found`() {
        let oracle = oracle()
        Transcript.accept("c-1", device, on: disk)
        oracle.left(command("OFF", id: "off-1", value: 0, duration: 0, expiry: nil), at: 5)
        #expect(oracle.violations == [])
        oracle.left(command("ON"), at: 10)
        #expect(oracle.violations.map(\.promise) == [.laterOff])
    }

    @Test func `a lease that is too long is found`() {
        let oracle = oracle()
        Transcript.accept("c-1", device, on: disk)
        oracle.left(command("ON", duration: 61), at: 10)
        #expect(oracle.violations.map(\.promise) == [.limits])
    }

    @Test func `a sample that is acknowledged before it is durable is found`() {
        let oracle = oracle()
        let message = SimulatedMessage(
            topic: "kaiser/god/esp/\(device)/sensor/4/data",
            payload: Array(
                "{\"esp_id\":\"\(device)\",\"gpio\":4,\"sensor_type\":\"ds18b20\",\"raw\":348,\"ts\":1777600000}".utf8),
            qos: 1, isRetained: false)
        oracle.published(message, at: 1)
        oracle.checkEverythingArrived(at: 5)
        #expect(oracle.violations.map(\.description) == ["at 5 ms: 1 of 1 samples were lost"])
        oracle.acknowledged(message, at: 10)
        #expect(oracle.violations.count == 2)
        let excused = self.oracle()
        excused.published(message, at: 1)
        excused.lostByBroker(message)
        excused.checkEverythingArrived(at: 5)
        #expect(excused.violations == [])
    }

    @Test func `a command that keeps an output on for longer than its longest on-time altogether is found`() {
        var rules = OracleRules.none
        rules.maximumOnMilliseconds = 25_000
        let oracle = oracle(rules)
        let record = oracle.record(device)
        for id in ["c-1", "c-2", "c-3"] { Transcript.accept(id, device, on: disk) }
        oracle.left(command("ON", duration: 20), at: 0)
        oracle.see(GPIO(26)!, isOn: true, of: record, undisturbed: 0, at: 100)
        let status = SimulatedMessage(
            topic: "kaiser/god/esp/\(device)/actuator/26/status", payload: Array("{\"state\":true}".utf8), qos: 1,
            isRetained: false)
        oracle.acknowledged(status, at: 200)
        oracle.left(command("ON", id: "c-2", duration: 16), at: 10_100)
        #expect(oracle.violations == [])
        oracle.left(command("ON", id: "c-3", duration: 16), at: 10_101)
        #expect(oracle.violations.map(\.promise) == [.limits])
    }

    @Test func `what leaves and when decides the trace`() {
        let traces = [("c-1", 10), ("c-2", 10), ("c-1", 11)].map { id, time in
            let oracle = oracle()
            oracle.left(command("ON", id: id), at: Int64(time))
            return oracle.trace
        }
        #expect(Set(traces).count == 3)
    }

    @Test func `violations are bounded`() {
        let oracle = oracle()
        for number in 0..<100 { oracle.violate(.lease, "promise \(number)", at: 0) }
        #expect(oracle.violations.count == Oracle.maximumViolations)
        #expect(oracle.violations.first?.description == "at 0 ms: promise 0")
    }
}

/// Pieces of transcripts for the oracle.
enum Transcript {
    static func command(
        _ word: String, _ device: DeviceID, gpio: Int = 26, id: String = "c-1", value: Double = 1, duration: Int = 60,
        isRetained: Bool = false, expiry: UInt32? = 5
    ) -> Publication {
        let payload = """
            {"command":"\(word)","value":\(value),"duration":\(duration),"timestamp":1777600000,"correlation_id":"\(id)"}
            """
        return Publication(
            token: 1, topic: "kaiser/god/esp/\(device)/actuator/\(gpio)/command", payload: Array(payload.utf8), qos: 2,
            isRetained: isRetained, expirySeconds: expiry)
    }

    static func claim(epoch: Int, _ instance: String) -> Publication {
        let payload = "{\"epoch\":\(epoch),\"instance\":\"\(instance)\",\"ts\":1777600000}"
        return Publication(
            token: 1, topic: "kaiser/god/server/claim", payload: Array(payload.utf8), qos: 1, isRetained: true)
    }

    static func heard(_ publication: Publication) -> SimulatedMessage {
        SimulatedMessage(
            topic: publication.topic, payload: publication.payload, qos: publication.qos,
            isRetained: publication.isRetained)
    }

    static func accept(_ id: String, _ device: DeviceID, gpio: Int = 26, on disk: SimulatedDisk, at uptime: Int64 = 0) {
        var batch = Batch(firstSequence: disk.lastSequence + 1)
        let order = CommandOrder(
            id: CommandID(id), verb: .on, value: nil, durationSeconds: 60, issuedBy: "user:world",
            issuedAt: UnixTime(milliseconds: 0))
        let moment = Moment(time: UnixTime(milliseconds: 0), uptime: Uptime(milliseconds: uptime))
        batch.facts = [
            Fact(
                device: device, moment: moment,
                event: .actuator(GPIO(gpio)!, .commandAccepted(order, .on(level: 1), leaseSeconds: 60, [])))
        ]
        _ = disk.write(batch)
    }
}
