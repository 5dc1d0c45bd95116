import TwinCore

extension ActuatorLimits {
    /// What bounds an output; `null` where nothing does.
    var json: JSONValue {
        [
            "default_lease_seconds": JSONValue(defaultLeaseSeconds), "max_on_seconds": JSONValue(maxOnSeconds),
            "min_on_seconds": JSONValue(minOnSeconds), "min_off_seconds": JSONValue(minOffSeconds),
            "minimum_level": JSONValue(levels.lowerBound), "maximum_level": JSONValue(levels.upperBound),
            "slew_per_second": JSONValue(slewPerSecond), "resolution": JSONValue(resolution),
            "starts_per_hour": JSONValue(startsPerHour),
            "cool_down": coolDown.map(\.json) ?? .null, "guards": .array(guards.map(\.json)),
            "hazard": .string(hazard.rawValue), "draw": draw.json, "effect": effect.map(\.json) ?? .null,
            "safe_within_seconds": JSONValue(safeWithinSeconds),
        ]
    }
}

extension CoolDown {
    fileprivate var json: JSONValue {
        ["run_seconds": JSONValue(runSeconds), "rest_seconds": JSONValue(restSeconds)]
    }
}

extension Draw {
    fileprivate var json: JSONValue {
        [
            "watts": JSONValue(watts), "inrush_watts": JSONValue(inrushWatts),
            "litres_per_minute": JSONValue(litresPerMinute),
        ]
    }
}

extension SensorReference {
    fileprivate var json: JSONValue {
        [
            "device": JSONValue(device?.description), "type": .string(type),
            "gpio": gpio.map { .integer(Int64($0.number)) } ?? .null,
        ]
    }
}

extension SensorGuard {
    fileprivate var json: JSONValue {
        [
            "sensor": sensor.json, "minimum": JSONValue(range.lowerBound), "maximum": JSONValue(range.upperBound),
            "max_age_seconds": JSONValue(maxAgeSeconds),
            "qualities": .array(qualities.map { .string($0.rawValue) }), "direction": JSONValue(direction?.rawValue),
        ]
    }
}

extension EffectRule {
    fileprivate var json: JSONValue {
        [
            "sensor": sensor.json, "measure": .string(measure.rawValue), "minimum": JSONValue(range.lowerBound),
            "maximum": JSONValue(range.upperBound), "within_seconds": JSONValue(withinSeconds),
            "upstream": JSONValue(upstream?.description),
        ]
    }
}
