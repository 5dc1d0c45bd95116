import TwinCore

/// What only all kinds together show: names that lead nowhere, chips that do not fit together.
enum KindReferences {
    /// Everything that is wrong between the files, each of which is right by itself.
    static func problems(among files: [KindFile]) -> [Problem] {
        var kinds: [(kind: SensorKind, file: KindFile)] = []
        for file in files { if case .sensor(let kind)? = file.kind { kinds.append((kind, file)) } }
        let names = kinds.map(\.kind.name)
        var problems: [Problem] = []
        for (_, file) in kinds {
            for (word, place) in file.references where !names.contains(word) {
                let nearest = NearestWord.to(word, among: names).map { "; did you mean '\($0)'?" } ?? ""
                problems.append(Problem(place, "'\(word)' is the name of no kind of sensor\(nearest)"))
            }
        }
        for use in files.flatMap(\.sensorUses) {
            if let kind = kinds.first(where: { $0.kind.name == use.sensor.type })?.kind {
                problems += use.problems(kind, measuredEvery: kind.intervalSeconds)
            } else {
                problems += [use.unknownKind(among: names)].compactMap(\.self)
            }
        }
        return problems + chipProblems(kinds)
    }

    private static func chipProblems(_ kinds: [(kind: SensorKind, file: KindFile)]) -> [Problem] {
        var problems: [Problem] = []
        let words = Set(kinds.flatMap { [$0.kind.name] + $0.kind.aliases })
        for (index, (kind, file)) in kinds.enumerated() {
            guard let chip = kind.chip, let place = file.chipPlace else { continue }
            if words.contains(chip.chip) {
                problems.append(Problem(place, "the chip '\(chip.chip)' has the name or alias of a kind"))
            }
            for (other, _) in kinds[..<index] {
                guard let earlier = other.chip, earlier.chip == chip.chip else { continue }
                if earlier.member == chip.member {
                    problems.append(
                        Problem(place, "'\(chip.member)' of the chip '\(chip.chip)' is '\(other.name)' already"))
                } else if (earlier.half == nil) != (chip.half == nil) {
                    problems.append(
                        Problem(place, "either all kinds of the chip '\(chip.chip)' have a 'half' of its word, or none")
                    )
                } else if let half = chip.half, earlier.half == half {
                    problems.append(
                        Problem(
                            place, "the \(half.rawValue) half of a '\(chip.chip)' belongs to '\(other.name)' already"))
                }
            }
        }
        return problems
    }
}
