import TwinCore
import TwinRuntime

extension HistoryPlan {
    /// One page of the answer.
    func answer() async throws -> JSONValue {
        let (items, next) = try await page()
        let table = table(namesSensor: false)
        let units = items.map(\.unit)
        let unit = units.first.flatMap { first in units.allSatisfy { $0 == first } ? first : nil }
        return [
            "device": .string(request.device.description), "gpio": .integer(Int64(request.gpio.number)),
            "sensors": .array(sensors.map(\.json)), "resolution": .string(resolutionWord),
            "time_zone": .string(store.calendar.zone), "from": JSONValue(from), "to": JSONValue(to),
            "order": .string(question.order.rawValue), "unit": JSONValue(unit),
            "fill": .string(question.fill.rawValue),
            "smooth": question.smooth.map { ["items": JSONValue($0), "of": .string(smoothedWord)] } ?? .null,
            "items": .array(items.map(table.json)), "next_cursor": JSONValue(next?.text),
        ]
    }

    /// What is told of each item.
    func table(namesSensor: Bool) -> HistoryTable {
        // A row does not say of which kind it is; the question or the pin does, if it carries only one.
        let kinds = Set(sensors.map(\.key.type))
        return HistoryTable(
            aggregates: resolution == nil ? nil : question.aggregates ?? Aggregate.allCases,
            isSmoothed: question.smooth != nil, namesSensor: namesSensor,
            kind: kind ?? (kinds.count == 1 ? kinds.first : nil), sensor: sensors.first)
    }

    /// The resolution in force, as callers say it.
    var resolutionWord: String { resolution?.rawValue ?? "raw" }

    private var smoothedWord: String { resolution == nil ? "value" : question.shown.rawValue }
}

extension StoredSensor {
    /// The sensor as a history names it.
    var json: JSONValue {
        ["id": .string(key.id), "type": .string(key.type), "address": key.address.json, "unit": .string(unit)]
    }
}
