import TwinCore
import Yams

/// One file of `twins/kinds/`: reads it into a kind and notes everything that is wrong with it.
struct KindFile {
    /// What a file can describe.
    enum Kind {
        case sensor(SensorKind)
        case actuator(ActuatorKind)
    }

    /// The kind; `nil` where a problem stands in its way.
    private(set) var kind: Kind?
    /// Every word that devices may use for it, and where the file says so.
    private(set) var words: [(word: String, place: String)] = []
    /// What is wrong.
    var problems: [Problem] { reader.problems }

    private var reader: MemberReader

    /// Reads the file whose parsed text is given; `fileName` without its ending must be the kind's name.
    init(_ yaml: YAMLText, fileName: String) {
        reader = MemberReader(yaml)
        guard reader.isGroup, let sort = reader.word("kind", among: ["sensor", "actuator"]) else { return }
        let name = reader.wireWord("name")
        if let name {
            words.append((name, reader.place("name")))
            if "\(name).yaml" != fileName {
                reader.note("name", "is '\(name)', so the file must be called '\(name).yaml'")
            }
        }
        if sort == "sensor" { readSensor(name) } else { readActuator(name) }
    }

    private mutating func readSensor(_ name: String?) {
        reader.refuseUnknownMembers(
            known: ["kind", "name", "aliases", "unit", "range", "conversion", "stale_after_seconds"])
        let aliases = reader.wireWords("aliases")
        words += aliases.map { ($0.word, $0.place) }
        let unit = reader.text("unit", maximumLength: 16)
        let range = reader.range("range")
        let conversion = reader.word("conversion", among: Conversion.allCases.map(\.rawValue))
        let stale = reader.seconds("stale_after_seconds", within: 1...604_800, orWord: "never")
        guard let name, let unit, let range, let conversion = conversion.flatMap(Conversion.init(rawValue:)),
            let stale, reader.problems.isEmpty
        else { return }
        kind = .sensor(
            SensorKind(
                name: name, aliases: aliases.map(\.word), unit: unit, range: range, conversion: conversion,
                staleAfterSeconds: stale.seconds))
    }

    private mutating func readActuator(_ name: String?) {
        reader.refuseUnknownMembers(known: ["kind", "name", "semantics", "lease"])
        let semantics = reader.word("semantics", among: ActuatorKind.Semantics.allCases.map(\.rawValue))
        guard
            let lease = reader.group(
                "lease",
                { group in
                    group.refuseUnknownMembers(known: ["default_seconds", "max_on_seconds", "min_off_seconds"])
                    return (
                        byDefault: group.integer("default_seconds", within: 1...86_400),
                        maxOn: group.integer("max_on_seconds", within: 1...86_400),
                        minOff: group.integer("min_off_seconds", within: 0...86_400)
                    )
                })
        else { return }
        guard let byDefault = lease.byDefault, let maxOn = lease.maxOn, let minOff = lease.minOff else { return }
        if byDefault > maxOn {
            reader.note("lease", "'default_seconds' (\(byDefault)) is more than 'max_on_seconds' (\(maxOn))")
        }
        guard let name, let semantics = semantics.flatMap(ActuatorKind.Semantics.init(rawValue:)),
            reader.problems.isEmpty
        else { return }
        kind = .actuator(
            ActuatorKind(
                name: name, semantics: semantics, defaultLeaseSeconds: byDefault, maxOnSeconds: maxOn,
                minOffSeconds: minOff))
    }
}
