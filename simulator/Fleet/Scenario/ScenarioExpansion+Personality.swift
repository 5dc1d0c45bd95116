import TwinCore

extension ScenarioExpansion {
    /// The longest delay and the largest clock offset, in milliseconds: one day.
    private static let maximumMilliseconds = 86_400_000
    /// The fastest a clock may run away, in parts per million: a tenth.
    private static let maximumDrift = 100_000
    /// The largest lie about a count.
    private static let maximumCountError = 100

    /// What a group's traits make of a device.
    mutating func personality(of group: Scenario.Group, _ path: String) -> Personality {
        var personality = Personality()
        guard let traits = group.personality else { return personality }
        let path = "\(path).personality"
        personality.refusedPins = pins(traits.refusedPins, "\(path).refused_pins")
        if let refusals = traits.refusals {
            personality.refusals = number(refusals, 0...Int(Int32.max), "\(path).refusals")
        }
        personality.answersFirstSectionOnly = traits.answersFirstSectionOnly ?? false
        personality.forgets = parts(traits.forgetsOnReboot, "\(path).forgets_on_reboot")
        personality.restoresTenSensors = traits.restoresTenSensors ?? false
        personality.startsUnconfigured = traits.startsUnconfigured ?? false
        let counts = -Self.maximumCountError...Self.maximumCountError
        personality.sensorCountError = number(traits.sensorCountError, counts, "\(path).sensor_count_error")
        personality.actuatorCountError = number(traits.actuatorCountError, counts, "\(path).actuator_count_error")
        personality.lostAnswers = chance(traits.lostAnswers, "\(path).lost_answers")
        personality.repeatedAnswers = chance(traits.repeatedAnswers, "\(path).repeated_answers")
        personality.tellsStages = traits.tellsStages ?? false
        personality.hasNoClock = traits.hasNoClock ?? false
        personality.failingPins = pins(traits.failingPins, "\(path).failing_pins")
        personality.damagedChunks = chance(traits.damagedChunks, "\(path).damaged_chunks")
        personality.needsTokens = traits.needsTokens ?? false
        personality.usesDocumentedTopics = traits.usesDocumentedTopics ?? false
        personality.announcesHardware = traits.announcesHardware ?? false
        personality.asksForProcessing = traits.asksForProcessing ?? false
        addTimes(of: traits, to: &personality, path)
        if let library = traits.library {
            if library.isEmpty || library.utf8.count > 32 { refuse("\(path).library", "must have 1 to 32 characters") }
            if !personality.usesDocumentedTopics {
                refuse("\(path).library", "means nothing without uses_documented_topics: true")
            }
            personality.library = library
        }
        return personality
    }

    private mutating func addTimes(of traits: Scenario.Traits, to personality: inout Personality, _ path: String) {
        let delays = 0...Self.maximumMilliseconds
        personality.answerDelayMilliseconds = number(
            traits.answerDelayMilliseconds, delays, "\(path).answer_delay_ms")
        personality.measuringMilliseconds = number(traits.measuringMilliseconds, delays, "\(path).measuring_ms")
        personality.clockOffsetMilliseconds = number(
            traits.clockOffsetMilliseconds, -Self.maximumMilliseconds...Self.maximumMilliseconds,
            "\(path).clock_offset_ms")
        personality.clockDriftPartsPerMillion = number(
            traits.clockDriftPartsPerMillion, -Self.maximumDrift...Self.maximumDrift, "\(path).clock_drift_ppm")
        if let seconds = traits.congestedEverySeconds {
            personality.congestedEverySeconds = number(seconds, 20...86_400, "\(path).congested_every_seconds")
        }
    }

    private mutating func number(_ number: Int?, _ range: ClosedRange<Int>, _ member: String) -> Int {
        guard let number else { return 0 }
        guard range.contains(number) else {
            refuse(member, "is \(number); it must be \(range.lowerBound) to \(range.upperBound)")
            return range.lowerBound
        }
        return number
    }

    private mutating func chance(_ chance: Double?, _ member: String) -> Double {
        guard let chance else { return 0 }
        if !(0...1).contains(chance) { refuse(member, "is \(chance); a chance is 0 to 1") }
        return chance
    }

    private mutating func pins(_ numbers: [Int]?, _ member: String) -> Set<GPIO> {
        let pins = (numbers ?? []).compactMap { GPIO($0) }
        if pins.count != numbers?.count ?? 0 { refuse(member, "must be a list of pins, each 0 to \(GPIO.maximum)") }
        return Set(pins)
    }

    private mutating func parts(_ words: [String]?, _ member: String) -> Set<Personality.Part> {
        Set((words ?? []).compactMap { word in part(word, member) })
    }

    private mutating func part(_ word: String, _ member: String) -> Personality.Part? {
        let part = Personality.Part(rawValue: word)
        if part == nil { refuse(member, "'\(word)' must be sensors, actuators or zone") }
        return part
    }
}
