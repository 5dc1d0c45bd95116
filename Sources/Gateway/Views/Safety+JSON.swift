import TwinCore

extension SafetyAlarm {
    /// The alarm as it is shown.
    var json: JSONValue { ["kind": .string(kind.rawValue), "detail": .string(detail)] }
}

extension Lockout {
    /// The tag as it is shown.
    var json: JSONValue {
        [
            "name": .string(name), "reason": .string(reason), "since": JSONValue(startedAt.time),
            "ends_at": JSONValue(endTime),
        ]
    }
}
