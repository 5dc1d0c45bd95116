import Testing
import TwinCore
import TwinRuntime

@testable import World

/// The checker can fail: each broken promise is fed to it once.
@Suite struct CheckerTests {
    private let disk = SimulatedDisk()
    private let device = DeviceID("ESP_7C19F2")!

    private func command(
        _ word: String, id: String = "c-1", value: Double = 1, duration: Int = 60, isRetained: Bool = false,
        expiry: UInt32? = 5
    ) -> Publication {
        let payload = """
            {"command":"\(word)","value":\(value),"duration":\(duration),"timestamp":1777600000,"correlation_id":"\(id)"}
            """
        return Publication(
            token: 1, topic: "kaiser/god/esp/\(device)/actuator/26/command", payload: Array(payload.utf8), qos: 2,
            isRetained: isRetained, expirySeconds: expiry)
    }

    private func accept(_ id: String) {
        var batch = Batch(firstSequence: disk.lastSequence + 1)
        let order = CommandOrder(
            id: CommandID(id), verb: .on, value: nil, durationSeconds: 60, issuedBy: "user:world",
            issuedAt: UnixTime(milliseconds: 0))
        let moment = Moment(time: UnixTime(milliseconds: 0), uptime: Uptime(milliseconds: 0))
        batch.facts = [
            Fact(
                device: device, moment: moment,
                event: .actuator(GPIO(26)!, .commandAccepted(order, .on(level: 1), leaseSeconds: 60, [])))
        ]
        _ = disk.write(batch)
    }

    @Test func `an orderly command breaks nothing`() {
        let checker = Checker(disk)
        accept("c-1")
        checker.runtimePublished(command("ON"), at: 10)
        checker.runtimePublished(command("OFF", id: "off-1", value: 0, duration: 0, expiry: nil), at: 20)
        #expect(checker.violations == [])
        #expect(checker.energisings == 1)
    }

    @Test func `a command whose cause is not durable is found`() {
        let checker = Checker(disk)
        checker.runtimePublished(command("ON"), at: 10)
        #expect(checker.violations == ["at 10 ms: command c-1 energised ESP_7C19F2 before its cause was durable"])
    }

    @Test func `a command that is kept or never expires is found`() {
        let checker = Checker(disk)
        accept("c-1")
        checker.runtimePublished(command("ON", isRetained: true, expiry: nil), at: 10)
        #expect(checker.violations.count == 2)
    }

    @Test func `a command to a stopped device is found until the stop is released`() {
        let checker = Checker(disk)
        accept("c-1")
        checker.stopped(device, at: 5)
        checker.runtimePublished(command("PWM", value: 0.5), at: 10)
        #expect(checker.violations == ["at 10 ms: command c-1 energised ESP_7C19F2 while it was stopped"])
        checker.released()
        checker.runtimePublished(command("ON"), at: 20)
        #expect(checker.violations.count == 1)
    }

    @Test func `a command from before an OFF that leaves after it is found`() {
        let checker = Checker(disk)
        accept("c-1")
        checker.runtimePublished(command("OFF", id: "off-1", value: 0, duration: 0, expiry: nil), at: 5)
        #expect(checker.violations == [])
        checker.runtimePublished(command("ON"), at: 10)
        #expect(checker.violations == ["at 10 ms: command c-1 energised ESP_7C19F2 after a later OFF had left"])
    }

    @Test func `a sample that is acknowledged before it is durable is found`() {
        let checker = Checker(disk)
        let message = SimulatedMessage(
            topic: "kaiser/god/esp/\(device)/sensor/4/data",
            payload: Array(
                "{\"esp_id\":\"\(device)\",\"gpio\":4,\"sensor_type\":\"ds18b20\",\"raw\":348,\"ts\":1777600000}".utf8),
            qos: 1, isRetained: false)
        checker.published(message)
        checker.checkEverythingArrived(at: 5)
        #expect(checker.violations == ["at 5 ms: 1 of 1 samples were lost"])
        checker.acknowledged(message, at: 10)
        #expect(checker.violations.count == 2)
        #expect(checker.acknowledgedSamples == 1)
    }

    @Test func `what leaves and when decides the trace`() {
        let traces = [("c-1", 10), ("c-2", 10), ("c-1", 11)].map { id, time in
            let checker = Checker(disk)
            checker.runtimePublished(command("ON", id: id), at: Int64(time))
            return checker.trace
        }
        #expect(Set(traces).count == 3)
    }

    @Test func `violations are bounded`() {
        let checker = Checker(disk)
        for number in 0..<100 { checker.violate("promise \(number)", at: 0) }
        #expect(checker.violations.count == Checker.maximumViolations)
        #expect(checker.violations.first == "at 0 ms: promise 0")
    }
}
