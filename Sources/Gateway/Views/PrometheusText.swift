import TwinRuntime

/// Counters and gauges in Prometheus' text format, version 0.0.4.
enum PrometheusText {
    /// What the answer says it is.
    static let contentType = "text/plain; version=0.0.4; charset=utf-8"

    /// Writes measurements; those of one name stand together, as the format demands.
    static func write(_ measurements: [Measurement]) -> String {
        var order: [String] = []
        var groups: [String: [Measurement]] = [:]
        for measurement in measurements {
            if groups[measurement.name] == nil { order.append(measurement.name) }
            groups[measurement.name, default: []].append(measurement)
        }
        var text = ""
        for name in order {
            guard let group = groups[name], let first = group.first else { continue }
            text += "# HELP \(name) \(escape(first.help, quotes: false))\n# TYPE \(name) \(first.kind.rawValue)\n"
            for measurement in group {
                text += "\(name)\(labels(measurement)) \(number(measurement.value))\n"
            }
        }
        return text
    }

    private static func labels(_ measurement: Measurement) -> String {
        if measurement.labels.isEmpty { return "" }
        let pairs = measurement.labels.map { "\($0.name)=\"\(escape($0.value, quotes: true))\"" }
        return "{\(pairs.joined(separator: ","))}"
    }

    private static func number(_ value: Double) -> String {
        if value.isNaN { return "NaN" }
        if value.isInfinite { return value < 0 ? "-Inf" : "+Inf" }
        return JSONValue.number(value).text
    }

    private static func escape(_ text: String, quotes: Bool) -> String {
        let escaped = text.replacing("\\", with: #"\\"#).replacing("\n", with: #"\n"#)
        return quotes ? escaped.replacing("\"", with: #"\""#) : escaped
    }
}
