import TwinCore
import TwinRuntime

extension CatalogueView {
    /// The models in use, and why newer ones are not.
    var json: JSONValue {
        [
            "digest": .string(catalogue.stamp.digest), "since": JSONValue(since),
            "problems": .array(problems.map { .string($0) }),
            "sensor_kinds": .array(catalogue.sensorKinds.map(\.json)),
            "actuator_kinds": .array(catalogue.actuatorKinds.map(\.json)),
            "boards": .array(catalogue.boards.map(\.json)),
            "sites": .array(catalogue.sites.map(\.json)),
            "libraries": .array(catalogue.libraries.map(\.json)),
        ]
    }
}

extension SensorKind {
    /// What is known of the kind, with the steps of its processing.
    var json: JSONValue {
        [
            "kind": .string(name), "of": "sensor",
            "version": .string(ModelStamp(version: version, calibration: 0).versionText),
            "aliases": .array(aliases.map { .string($0) }), "unit": .string(unit),
            "minimum": JSONValue(range.lowerBound), "maximum": JSONValue(range.upperBound),
            "stale_after_seconds": JSONValue(staleAfterSeconds), "fresh_for_seconds": JSONValue(freshForSeconds),
            "mode": .string(mode.rawValue), "interval_seconds": JSONValue(intervalSeconds),
            "interface": .string(interface.rawValue), "chip": JSONValue(chip?.chip),
            "chip_member": JSONValue(chip?.member), "steps": processing.json,
            "quality": .array(processing.quality.map(\.json)), "calibration": calibration?.json ?? .null,
            "temperature_from": .array((companion?.kinds ?? []).map { .string($0) }),
        ]
    }
}

extension CalibrationRule {
    fileprivate var json: JSONValue {
        ["methods": .array(methods.map { .string($0.rawValue) }), "valid_days": JSONValue(validDays)]
    }
}

extension QualityRule {
    fileprivate var json: JSONValue {
        let bounds: (low: Double?, high: Double?) =
            switch band {
            case .within(let range): (range.lowerBound, range.upperBound)
            case .below(let bound): (nil, bound)
            case .above(let bound): (bound, nil)
            case .otherwise: (nil, nil)
            }
        return [
            "quality": .string(quality.rawValue), "minimum": JSONValue(bounds.low),
            "maximum": JSONValue(bounds.high), "calibrated_only": JSONValue(needsCalibration),
        ]
    }
}

extension ActuatorKind {
    var json: JSONValue {
        [
            "kind": .string(name), "of": "actuator", "semantics": .string(semantics.rawValue),
            "version": .string(ModelStamp(version: version, calibration: 0).versionText),
            "safe_state": .string(safeState.rawValue), "limits": limits.json,
        ]
    }
}

extension Board {
    var json: JSONValue {
        [
            "kind": .string(name), "of": "board", "aliases": .array(aliases.map { .string($0) }),
            "first_pin": JSONValue(pins.lowerBound), "last_pin": JSONValue(pins.upperBound),
            "reserved_pins": Self.list(reservedPins), "input_only_pins": Self.list(inputOnlyPins),
            "analogue_pins": Self.list(analoguePins), "i2c_pins": Self.list(i2cPins),
            "one_wire_pin": JSONValue(oneWirePin), "pwm_channels": JSONValue(pwmChannels),
            "maximum_sensors": JSONValue(maximumSensors), "maximum_actuators": JSONValue(maximumActuators),
        ]
    }

    private static func list(_ pins: [Int]) -> JSONValue { .array(pins.map { .integer(Int64($0)) }) }
}

extension Library {
    fileprivate var json: JSONValue {
        [
            "name": .string(name), "version": .string(version), "bytes": JSONValue(bytes.count),
            "unpacked_bytes": JSONValue(unpackedCount),
        ]
    }
}

extension CatalogueStamp {
    /// Which catalogue it is.
    var json: JSONValue {
        [
            "digest": .string(digest), "sensor_kinds": JSONValue(sensorKinds),
            "actuator_kinds": JSONValue(actuatorKinds),
        ]
    }
}

extension RelayView {
    /// A relay as it last spoke.
    var json: JSONValue { heartbeat.json.adding([.init(name: "heard_at", value: JSONValue(heardAt))]) }
}

extension RelayHeartbeat {
    var json: JSONValue {
        [
            "id": .string(kaiser.description), "state": .string(state), "uptime_seconds": JSONValue(uptimeSeconds),
            "local_connected": isLocalConnected.map { .bool($0) } ?? .null,
            "remote_connected": isRemoteConnected.map { .bool($0) } ?? .null,
            "clients": JSONValue(clientCount), "queue_length": JSONValue(queueLength),
            "relayed_total": JSONValue(relayedTotal), "temperature_celsius": JSONValue(temperatureCelsius),
            "disk_usage_percent": JSONValue(diskUsagePercent), "device_time": JSONValue(clock.claimed),
        ]
    }
}
