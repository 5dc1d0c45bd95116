import TwinCore

extension KindFile {
    /// Makes a sensor's kind of what was read, unless something is wrong with it.
    mutating func makeSensor(_ members: FormMembers) {
        let processing = processing(members)
        check(members, processing)
        noteReferences(members)
        guard let name = members.text("name"), let unit = members.text("unit"), let range = members.range("range"),
            let interface = members.word("interface", as: SensorKind.Interface.self),
            let mode = members.word("mode", as: SensorWish.Mode.self), members["stale_after_seconds"] != nil,
            reader.problems.isEmpty
        else { return }
        kind = .sensor(
            SensorKind(
                name: name, aliases: members.texts("aliases"), unit: unit, range: range, processing: processing,
                staleAfterSeconds: members.integer("stale_after_seconds"),
                freshForSeconds: members.integer("fresh_for_seconds"), mode: mode,
                intervalSeconds: members.integer("interval_seconds"), interface: interface,
                chip: members.group("chip").flatMap(Self.chip),
                calibration: members.group("calibration").map(Self.calibration),
                companion: members.group("temperature_from").flatMap(Self.companion),
                inputs: members.group("inputs").flatMap(Self.inputs), version: version))
    }

    private func processing(_ members: FormMembers) -> Processing {
        let steps = members.choices("processing").compactMap { choice in
            StepForm.all.first { $0.member.name == choice.name }?.make(choice.value)
        }
        let quality = members.choices("quality").compactMap { choice -> QualityRule? in
            guard let quality = Quality(rawValue: choice.name), case .band(let band) = choice.value else { return nil }
            return QualityRule(quality, band, needsCalibration: choice.others.text("when") != nil)
        }
        return Processing(steps, quality: quality)
    }

    /// Notes what each member for itself cannot know.
    private mutating func check(_ members: FormMembers, _ processing: Processing) {
        for choice in members.choices("processing") where choice.name == "rail" {
            if let below = choice.members.number("below"), let above = choice.members.number("above"), below >= above {
                reader.problems.append(Problem(choice.place, "'rail': 'below' must be less than 'above'"))
            }
        }
        checkQuality(members.choices("quality"))
        if let stale = members.integer("stale_after_seconds"), let interval = members.integer("interval_seconds"),
            stale <= interval
        {
            reader.note("stale_after_seconds", "(\(stale)) must be more than 'interval_seconds' (\(interval))")
        }
        if let calibration = members.group("calibration") { checkCalibration(calibration, processing) }
        if reader.problems.isEmpty { checkVirtual(members, processing) }
    }

    /// The last rule must fit every value, and no rule may stand behind one that does.
    private mutating func checkQuality(_ choices: [FormChoice]) {
        for (index, choice) in choices.enumerated() {
            guard case .band(let band) = choice.value else { continue }
            let fitsAll = band == .otherwise && choice.others.text("when") == nil
            let isLast = index == choices.count - 1
            if fitsAll, !isLast {
                reader.problems.append(Problem(choice.place, "'quality': no rule behind 'otherwise' is ever reached"))
            } else if isLast, !fitsAll {
                reader.problems.append(Problem(choice.place, "'quality': the last rule must be for 'otherwise'"))
            }
        }
    }

    private mutating func checkCalibration(_ calibration: FormMembers, _ processing: Processing) {
        let methods = calibration.texts("methods").compactMap(CalibrationMethod.init(rawValue:))
        for method in methods where !processing.takes(method.form) {
            let step = method.form == .line ? "calibrated" : "offset"
            reader.note("calibration", "'methods': '\(method.rawValue)' needs the step '\(step)' in 'processing'")
        }
        if methods.contains(.ph), calibration["amplifier_gain"] == nil {
            reader.note("calibration", "'methods': 'ph' needs 'amplifier_gain'")
        }
    }

    /// A virtual kind has inputs and the one step that uses them, any other has neither.
    private mutating func checkVirtual(_ members: FormMembers, _ processing: Processing) {
        guard let interface = members.word("interface", as: SensorKind.Interface.self) else { return }
        let usesPair = processing.steps.contains { if case .vapourPressureDeficit = $0 { true } else { false } }
        let hasInputs = members["inputs"] != nil
        if (interface == .virtual) != hasInputs {
            reader.note("interface", "is 'virtual' exactly for kinds that have 'inputs'")
        } else if usesPair != hasInputs {
            reader.note("processing", "has the step 'vapour_pressure_deficit' exactly for kinds that have 'inputs'")
        }
    }

    private mutating func noteReferences(_ members: FormMembers) {
        let own = reader.place("temperature_from")
        references += members.group("temperature_from")?.texts("kinds").map { ($0, own) } ?? []
        let place = reader.place("inputs")
        for pair in members.group("inputs")?.list("pairs") ?? [] {
            references += [pair.text("temperature"), pair.text("humidity")].compactMap(\.self).map { ($0, place) }
        }
        if members.group("chip") != nil { chipPlace = reader.place("chip") }
    }

    private static func chip(_ members: FormMembers) -> ChipMember? {
        guard let name = members.text("name"), let member = members.text("member") else { return nil }
        return ChipMember(chip: name, member: member, half: members.word("half"))
    }

    private static func calibration(_ members: FormMembers) -> CalibrationRule {
        CalibrationRule(
            methods: members.texts("methods").compactMap(CalibrationMethod.init(rawValue:)),
            validDays: members.integer("valid_days"), amplifierGain: members.number("amplifier_gain") ?? 1)
    }

    private static func companion(_ members: FormMembers) -> CompanionRule? {
        guard let scope = members.word("scope", as: CompanionRule.Scope.self),
            let age = members.integer("max_age_seconds")
        else { return nil }
        return CompanionRule(kinds: members.texts("kinds"), scope: scope, maximumAgeSeconds: age)
    }

    private static func inputs(_ members: FormMembers) -> VirtualInputs? {
        guard let within = members.integer("within_seconds") else { return nil }
        let pairs = members.list("pairs").compactMap { pair -> VirtualInputs.Pair? in
            guard let temperature = pair.text("temperature"), let humidity = pair.text("humidity") else { return nil }
            return VirtualInputs.Pair(temperature: temperature, humidity: humidity)
        }
        return VirtualInputs(pairs: pairs, withinSeconds: within)
    }
}
