import TwinCore

extension Desired {
    /// The names of its members, in the order in which they are shown.
    static let memberNames = ["name", "board", "zone", "subzones", "sensors", "actuators"]

    /// The wish as it is shown and patched; ``WishReader`` reads it.
    var json: JSONValue {
        [
            "name": JSONValue(name), "board": JSONValue(board), "zone": zone?.json ?? .null,
            "subzones": .object(subzones.sorted { $0.key < $1.key }.map { .init(name: $0.key, value: $0.value.json) }),
            "sensors": .object(sensors.sorted { $0.key < $1.key }.map { .init(name: $0.key.id, value: $0.value.json) }),
            "actuators": .object(
                actuators.sorted { $0.key < $1.key }.map { .init(name: $0.key.description, value: $0.value.json) }),
        ]
    }
}

extension ZoneWish {
    static let memberNames = ["id", "master_id", "name"]

    var json: JSONValue { ["id": .string(id), "master_id": .string(masterID), "name": .string(name)] }
}

extension SubzoneWish {
    static let memberNames = ["name", "gpios", "safe_mode"]

    var json: JSONValue {
        [
            "name": .string(name), "gpios": .array(gpios.map { .integer(Int64($0.number)) }),
            "safe_mode": JSONValue(isSafeModeActive),
        ]
    }
}

extension SensorWish {
    static let memberNames = ["name", "subzone", "mode", "interval_seconds", "raw", "temperature_from"]

    var json: JSONValue {
        [
            "name": .string(name), "subzone": .string(subzone), "mode": .string(mode.rawValue),
            "interval_seconds": JSONValue(intervalSeconds), "raw": JSONValue(isRaw),
            "temperature_from": JSONValue(temperatureFrom?.id),
        ]
    }
}

extension ActuatorWish {
    static let memberNames = [
        "type", "name", "subzone", "auxiliary_gpio", "critical", "inverted", "on_by_default", "default_level",
        "max_runtime_seconds",
    ]

    var json: JSONValue {
        [
            "type": .string(type), "name": .string(name), "subzone": .string(subzone),
            "auxiliary_gpio": JSONValue(auxiliary.map { Int($0.number) }), "critical": JSONValue(isCritical),
            "inverted": JSONValue(isInverted), "on_by_default": JSONValue(isOnByDefault),
            "default_level": JSONValue(defaultLevel),
            "max_runtime_seconds": JSONValue(Double(maximumRuntimeMilliseconds) / 1000),
        ]
    }
}
