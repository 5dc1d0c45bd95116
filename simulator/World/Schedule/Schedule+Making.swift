extension Schedule {
    /// The outputs that are commanded.
    static let outputs = [26, 27, 25, 33]

    /// Plans a world: the same seed and options give the same plan.
    public init(seed: UInt64, options: WorldOptions) {
        self.seed = seed
        profile = options.profile
        troubledSeconds = options.troubledSeconds
        quietSeconds = options.quietSeconds
        let devices = Self.deviceCount(seed, options.profile)
        var faultChance = Randomness(seed: seed, part: "faults")
        var operatorChance = Randomness(seed: seed, part: "operator")
        faults = Self.faults(of: options, devices: devices, &faultChance)
        actions = Self.actions(of: options, devices: devices, &operatorChance)
    }

    /// How many devices the world of a seed has.
    static func deviceCount(_ seed: UInt64, _ profile: WorldProfile) -> Int {
        var randomness = Randomness(seed: seed, part: "count")
        return Int(randomness.number(profile.deviceCounts))
    }

    private static func faults(
        of options: WorldOptions, devices: Int, _ randomness: inout Randomness
    ) -> [PlannedFault] {
        let urn = options.faults.flatMap { Array(repeating: $0, count: $0.weight) }
        var faults: [PlannedFault] = []
        var time: Int64 = 0
        while true {
            time += randomness.number(options.profile.faultPauseMilliseconds)
            guard time < options.troubledSeconds * 1000, let fault = randomness.pick(urn) else { return faults }
            faults.append(
                PlannedFault(
                    atMilliseconds: time, fault: fault, device: Int(randomness.number(0...Int64(devices - 1))),
                    gpio: randomness.pick(outputs) ?? 26, spanMilliseconds: fault.span(&randomness),
                    number: fault.number(&randomness)))
        }
    }

    private static func actions(
        of options: WorldOptions, devices: Int, _ randomness: inout Randomness
    ) -> [PlannedAction] {
        var actions: [PlannedAction] = []
        let end = (options.troubledSeconds + options.quietSeconds) * 1000
        var time = randomness.number(200...4_000)
        while time < end {
            let action = Self.action(isTroubled: time < options.troubledSeconds * 1000, options.profile, &randomness)
            actions.append(
                PlannedAction(
                    atMilliseconds: time, action: action, device: Int(randomness.number(0...Int64(devices - 1))),
                    gpio: randomness.pick(outputs) ?? 26, seconds: seconds(action, at: time, &randomness),
                    wishSeed: action == .wish ? randomness.next() : nil))
            time += randomness.number(200...4_000)
        }
        return actions
    }

    /// How long an output is asked to be on, in seconds; `nil` for as long as its kind says.
    ///
    /// Some ask for too long.
    private static func seconds(
        _ action: PlannedAction.Kind, at time: Int64, _ randomness: inout Randomness
    ) -> Int? {
        switch action {
        case .on, .pwm:
            guard !randomness.happens(onceIn: 3) else { return nil }
            let drawn = Int(randomness.number(1...20))
            return drawn < 20 ? drawn : 20 + Int(time % 581)
        case .renew: return 1 + Int(time % 20)
        default: return nil
        }
    }

    /// An operator commands most of the time.
    private static func action(
        isTroubled: Bool, _ profile: WorldProfile, _ randomness: inout Randomness
    ) -> PlannedAction.Kind {
        switch randomness.number(0...79) {
        case 0: .stopAll
        case 1: .stopDevice
        case 50: .stopZone
        case 51: .stopSubzone
        case 52: .stopActuator
        case 53: .stopKind
        case 54: .stopKaiser
        case 55: .drill
        case 56, 57: .clearOne
        case 58, 59: .tag
        case 60: .untag
        case 61, 62, 63: .renew
        case 2, 3, 64, 65, 66, 67, 68: .clear
        case 4: .safeMode
        case 5: .exclude
        case 6: .compare
        case 7...11: isTroubled && (profile == .full || randomness.happens(onceIn: 3)) ? .wish : .on
        default: randomness.pick([.on, .on, .on, .pwm, .pwm, .off, .toggle]) ?? .on
        }
    }
}

extension Fault {
    /// How long one lasts, in milliseconds; 0 for what is over at once.
    func span(_ randomness: inout Randomness) -> Int64 {
        let drawn = randomness.number(500...20_000)
        switch self {
        case .cut: return drawn + (randomness.happens(onceIn: 4) ? 40_000 : 0)
        case .loseIngest, .loseControl, .flappingLink, .brokerRestart, .brokerReset, .foreignRetained, .duplicate,
            .reorder, .twinID, .brownOut, .lostAnswers, .lateAnswers, .lyingAnswers, .stuckOn, .stuckOff, .diskFull,
            .silentSensors, .telemetryHeld,
            .commitSlow, .rebootStorm, .crash, .crashBeforeCommit, .crashAtCommit, .crashAfterCommit,
            .crashAtPublish, .crashAtJob, .overlap:
            return drawn
        case .reboot: return min(drawn, 5_000)
        case .deviceClockJump, .commitFails, .clockJump: return 0
        }
    }

    /// Which occurrence it waits for, or how far a clock jumps, in milliseconds.
    func number(_ randomness: inout Randomness) -> Int64 {
        let jump = randomness.number(-3_600_000...3_600_000)
        let occurrence = randomness.number(1...12)
        switch self {
        case .clockJump, .deviceClockJump: return jump
        case .crashBeforeCommit, .crashAtCommit, .crashAfterCommit, .crashAtPublish, .commitFails: return occurrence
        case .crashAtJob: return occurrence * 7
        default: return 1
        }
    }
}
