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
        let run = Dialogue(seed.isMultiple(of: 2) ? .bench : .pump, seed: deviceSeed, hiding: [""])
        let device = DeviceSide(dialogue: run)
        let server = ServerSide(dialogue: run)
        let pins = [14, 25, 26, 27, 33]
        let words = ["ON", "OFF", "PWM", "TOGGLE", "on", "BLINK"]
        let statuses = ["online", "online", "approved", "pending_approval", "rejected", "offline", "nonsense"]
        for _ in 0..<steps {
            switch dice.roll(14) {
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
            default: device.waits(Double(dice.roll(100)))
            }
            check(run)
        }
        return run
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
