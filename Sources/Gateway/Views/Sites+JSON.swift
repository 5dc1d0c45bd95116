import TwinCore

extension Site {
    /// What the site knows better than the kinds do: which outputs it narrows, and what binds them to each other.
    var json: JSONValue {
        [
            "name": .string(name), "of": "site",
            "devices": .array(devices.keys.sorted().map { .string($0.description) }),
            "interlocks": .array(interlocks.map(\.json)), "budgets": .array(budgets.map(\.json)),
            "reset": reset?.json ?? .null,
        ]
    }
}

extension Interlock {
    fileprivate var json: JSONValue {
        [
            "name": .string(name), "rule": .string(rule.rawValue), "members": OutputAddress.list(members),
            "settle_seconds": JSONValue(settleSeconds),
        ]
    }
}

extension Budget {
    fileprivate var json: JSONValue {
        [
            "name": .string(name), "members": OutputAddress.list(members), "at_once": JSONValue(atOnce),
            "watts": JSONValue(watts), "litres_per_minute": JSONValue(litresPerMinute),
        ]
    }
}

extension ResetPlan {
    fileprivate var json: JSONValue {
        [
            "inrush_watts": JSONValue(inrushWatts), "settle_seconds": JSONValue(settleSeconds),
            "order": .array(order.map { .string($0.description) }),
        ]
    }
}

extension OutputAddress {
    fileprivate static func list(_ outputs: [Self]) -> JSONValue { .array(outputs.map { .string($0.description) }) }
}
