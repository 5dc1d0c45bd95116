import Fleet
import Testing
import TwinCore

/// Long runs in which anything happens, drawn from a seed.
@Suite struct WholeRunTests {
    /// A small generator of the test's own, so that what happens does not depend on what the device draws.
    struct Dice {
        private var state: UInt64
        init(seed: UInt64) { state = seed &* 2 &+ 1 }

        mutating func roll(_ sides: Int) -> Int {
            state = state &* 6_364_136_223_846_793_005 &+ 1_442_695_040_888_963_407
            return Int((state >> 33) % UInt64(sides))
        }
    }

    /// Plays `steps` random events; every message is decoded on the way, and after each event `check` looks.
    private func play(seed: UInt64, deviceSeed: UInt64 = 5, steps: Int, _ check: (Dialogue) -> Void) -> Dialogue {
        var dice = Dice(seed: seed)
        let specification: DeviceSpecification = seed.isMultiple(of: 2) ? .bench : .pump
        let run = Dialogue(
            specification.with { Self.roll(&$0, &dice) }, seed: deviceSeed, hiding: [""])
        let device = DeviceSide(dialogue: run)
        let server = ServerSide(dialogue: run)
        let pins = [14, 25, 26, 27, 33]
        let words = ["ON", "OFF", "PWM", "TOGGLE", "on", "BLINK"]
        let statuses = ["online", "online", "approved", "pending_approval", "rejected", "offline", "nonsense"]
        for _ in 0..<steps {
            switch dice.roll(18) {
            case 0: device.losesConnection()
            case 1, 2: device.connects()
            case 3: server.acknowledges(statuses[dice.roll(statuses.count)], epoch: UInt32(dice.roll(4)))
            case 4, 5: server.acknowledges()
            case 6, 7:
                server.commands(
                    pins[dice.roll(pins.count)], words[dice.roll(words.count)], value: Double(dice.roll(13)) / 10,
                    duration: dice.roll(90))
            case 8: server.stops()
            case 9: server.clears()
            case 10: server.broadcasts([#"{"action":"stop_all"}"#, #"{"command":3}"#, "{", "[]"][dice.roll(4)])
            case 11: server.publishes("kaiser/god/server/status", #"{"status":"offline","timestamp":1}"#)
            case 12: if dice.roll(6) == 0 { device.reboots() } else { run.passUnnoticed(seconds: 7) }
            case 13, 14: configure(server, &dice)
            case 15: order(server, &dice)
            default: device.waits(Double(dice.roll(100)))
            }
            check(run)
        }
        return run
    }

    /// Half of the devices are good; the others are not, each in its own way.
    private static func roll(_ personality: inout Personality, _ dice: inout Dice) {
        guard dice.roll(2) == 0 else { return }
        personality.refusedPins = [.pin(26)]
        personality.answersFirstSectionOnly = dice.roll(2) == 0
        personality.forgets = [[], [.sensors], [.actuators, .zone]][dice.roll(3)]
        personality.lostAnswers = Double(dice.roll(3)) / 4
        personality.repeatedAnswers = Double(dice.roll(3)) / 4
        personality.answerDelayMilliseconds = dice.roll(3) * 700
        personality.tellsStages = dice.roll(2) == 0
        personality.failingPins = dice.roll(2) == 0 ? [.pin(4)] : []
        personality.congestedEverySeconds = dice.roll(2) == 0 ? 45 : nil
        personality.usesDocumentedTopics = dice.roll(2) == 0
        personality.asksForProcessing = dice.roll(2) == 0
        personality.library = "ph_v2"
    }

    private func configure(_ server: ServerSide, _ dice: inout Dice) {
        let pins = [4, 12, 14, 25, 26, 33, 34]
        let pin = pins[dice.roll(pins.count)]
        let isActive = dice.roll(3) > 0
        switch dice.roll(5) {
        case 0:
            let type = ["ds18b20", "ph", "moisture", "flow"][dice.roll(4)]
            server.configures(
                #""sensors":[{"gpio":\#(pin),"sensor_type":"\#(type)","sensor_name":"s","active":\#(isActive)}]"#)
        case 1:
            let type = ["pump", "pwm", "valve", "servo"][dice.roll(4)]
            server.configures(
                #""actuators":[{"gpio":\#(pin),"type":"\#(type)","name":"a","active":\#(isActive),"max_runtime_ms":9000}]"#
            )
        case 2: server.assigns(zone: ["", "tent_a", "tent_b"][dice.roll(3)])
        case 3: server.assigns(subzone: "s_\(dice.roll(3))", pins: "\(pin)", isSafe: dice.roll(2) == 0)
        default: server.says("subzone/remove", #"{"subzone_id":"s_\#(dice.roll(3))"}"#)
        }
    }

    private func order(_ server: ServerSide, _ dice: inout Dice) {
        switch dice.roll(6) {
        case 0: server.orders("safe_mode")
        case 1, 2: server.orders("exit_safe_mode")
        case 3: server.orders("onewire/scan")
        case 4: server.orders(["status", "diagnostics", "get_config", "STATUS"][dice.roll(4)])
        default: server.measures([0, 4, 34][dice.roll(3)])
        }
    }

    @Test(arguments: 1...40)
    func nothingItPublishesIsRefusedAndNoOutputOutlivesItsEnd(seed: UInt64) {
        let run = play(seed: seed, steps: 300) { run in
            let device = run.device
            // What was due before the latest tick must have happened; a call without one may be up to 7 s late.
            for output in device.outputs {
                let late = Int64(7000)
                if let end = output.autoOffAt { #expect(run.now.uptime.milliseconds(since: end) <= late) }
                if let end = output.protectedAt { #expect(run.now.uptime.milliseconds(since: end) <= late) }
                #expect(output.isOn == (output.onSince != nil))
                #expect(!(output.isOn && output.isEmergencyStopped))
            }
            let wired = device.outputs.map(\.gpio)
            #expect(wired == device.configuration.actuators.map(\.gpio))
            #expect(Set(wired).isDisjoint(with: device.configuration.sensors.map(\.key.gpio)))
            if device.isInSafeMode { #expect(device.outputs.allSatisfy { !$0.isOn }) }
            if device.isEmergencyStopped { #expect(device.outputs.allSatisfy { !$0.isOn }) }
            if device.standing == .error { #expect(!device.isRegistered) }
        }
        let published = run.actions.count { action in
            if case .publish = action { true } else { false }
        }
        #expect(published > 50)
    }

    @Test func theSameSeedAndTheSameEventsGiveTheSameActions() {
        for seed in UInt64(1)...6 {
            let first = play(seed: seed, steps: 200) { _ in }
            let second = play(seed: seed, steps: 200) { _ in }
            #expect(first.actions == second.actions)
            #expect(first.device.outputs == second.device.outputs)
            #expect(first.device.greenhouse == second.device.greenhouse)
        }
    }

    @Test func anotherDeviceSeedGivesOtherReadings() {
        let first = play(seed: 2, steps: 200) { _ in }
        let second = play(seed: 2, deviceSeed: 6, steps: 200) { _ in }
        #expect(first.actions != second.actions)
    }

    @Test func letsNothingButHeartbeatsAnswersAndErrorsOutWhileTheGateIsShut() {
        let run = Dialogue(.bench, hiding: [])
        let server = ServerSide(dialogue: run)
        run.absorb(run.device.connected(at: run.now))
        server.acknowledges("pending_approval")
        server.commands(26, "ON")
        server.stops()
        server.clears()
        run.pass(seconds: 10)
        server.clears()
        run.pass(seconds: 100)
        let allowed = [
            "session/announce", "system/heartbeat", "actuator/26/response", "actuator/emergency/error",
            "actuator/emergency/response",
        ]
        #expect(Set(run.unread.map { run.subtopic($0.topic) }) == Set(allowed))
    }
}
