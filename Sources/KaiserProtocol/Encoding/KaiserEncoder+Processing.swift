import TwinCore

extension KaiserEncoder {
    /// `pi_enhanced/response`.
    ///
    /// One value is sent as `value` with its `unit`; those of a chip by their names alone, as the devices know it. The
    /// pin and, where the device gave one, the request's id tell answers apart.
    static func processingAnswer(_ answer: ProcessingAnswer) -> OutboundMessage {
        var object = JSONWriter()
        if let error = answer.error ?? (answer.values.isEmpty ? "there is no value" : nil) {
            object.member("status", "error")
            object.member("error", error, maximum: maximumTextBytes)
        } else {
            for value in answer.values { object.member(named: value.name, value.value) }
            if answer.values.count == 1 { object.member("unit", answer.values[0].unit) }
            object.member("status", "ok")
            let quality = answer.values.map(\.quality).reduce(.excellent, Quality.worse)
            object.member("quality", quality.rawValue)
        }
        object.member("gpio", answer.gpio.number)
        if let request = answer.request { object.member("request_id", request, maximum: maximumTextBytes) }
        return OutboundMessage(
            topic: topic(answer.address, "pi_enhanced/response"), payload: object.finished(), qos: 1)
    }

    /// `sensor/{gpio}/processed`.
    static func processedValue(_ value: ProcessedValue) -> OutboundMessage {
        var object = JSONWriter()
        object.member("processed_value", value.value)
        object.member("unit", value.unit)
        object.member("quality", value.quality.rawValue)
        object.member("timestamp", value.eventTime.wholeSeconds)
        object.member("sensor_type", value.type, maximum: maximumTextBytes)
        return OutboundMessage(
            topic: topic(value.address, "sensor/\(value.gpio)/processed"), payload: object.finished(), qos: 1)
    }
}
