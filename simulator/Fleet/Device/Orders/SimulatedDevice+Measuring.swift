import KaiserProtocol
import TwinCore

extension SimulatedDevice {
    /// Takes `sensor/{gpio}/command`: measures, sends the reading as ordinary data, and answers if asked by an id.
    mutating func takeSensorCommand(
        gpio: GPIO, _ message: borrowing ReceivedPayload, at now: Moment, into actions: inout [DeviceAction]
    ) {
        let intent = intent(.command, message)
        guard message.text("command") == "measure" else {
            refusedMessages += 1
            return tell(.rejected, of: intent, "UNKNOWN_COMMAND", at: now, into: &actions)
        }
        let wanted = message.integer("timeout_ms") ?? Firmware.measureTimeoutMilliseconds
        let timeout = min(max(wanted, 1), 60_000)
        tell(.accepted, of: intent, "COMMAND_ACCEPTED", at: now, into: &actions)
        let measurement = measureOnDemand(gpio, within: timeout, at: now, into: &actions)
        if measurement.reason == "NONE" {
            tell(.applied, of: intent, at: now, into: &actions)
        } else {
            let code = measurement.reason == "MEASURE_TIMEOUT" ? "MEASURE_TIMEOUT" : "EXECUTE_FAIL"
            tell(.failed, of: intent, code, measurement.reason, at: now, into: &actions)
        }
        guard let request = message.name("request_id") else { return }
        answer(measurement, request, intent, lifetime: timeout, at: now, into: &actions)
    }

    /// What came of measuring on demand.
    private struct Measurement {
        let gpio: GPIO
        /// The contract's code; `NONE` when all went well.
        var reason = "NONE"
        /// The first value of the pin.
        var reading: RawReading?
        /// The type, where there is no value.
        var type = ""
        /// After how long the device answers, in milliseconds.
        var delay: Int64 = 0
    }

    private mutating func measureOnDemand(
        _ gpio: GPIO, within timeout: Int64, at now: Moment, into actions: inout [DeviceAction]
    ) -> Measurement {
        var measurement = Measurement(gpio: gpio)
        let found = configuration.sensors.indices.filter { configuration.sensors[$0].key.gpio == gpio }
        guard let first = found.first else {
            measurement.reason = "SENSOR_NOT_FOUND"
            return measurement
        }
        measurement.type = configuration.sensors[first].key.type
        let active = found.filter { configuration.sensors[$0].mode != .paused }
        guard !active.isEmpty else {
            measurement.reason = "SENSOR_INACTIVE"
            return measurement
        }
        let duration = Int64(max(0, personality.measuringMilliseconds))
        measurement.delay = min(duration, timeout)
        guard duration <= timeout else {
            measurement.reason = "MEASURE_TIMEOUT"
            return measurement
        }
        for index in active {
            guard let reading = read(index, at: now, into: &actions) else { continue }
            publish(reading, of: configuration.sensors[index], after: duration, at: now, into: &actions)
            measurement.reading = measurement.reading ?? reading
        }
        if measurement.reading == nil {
            measurement.reason = "MEASUREMENT_FAILED"
        } else if !passes(.held) {
            measurement.reason = "PUBLISH_SKIPPED"
        }
        return measurement
    }

    private mutating func answer(
        _ measurement: Measurement, _ request: String, _ intent: Intent, lifetime: Int64, at now: Moment,
        into actions: inout [DeviceAction]
    ) {
        guard let sequence = admit(.free) else { return }
        let isPublished = measurement.reason == "NONE"
        var payload = PayloadWriter()
        payload.add("request_id", request)
        payload.add("gpio", measurement.gpio.number)
        payload.add("command", "measure")
        payload.add("success", isPublished)
        payload.add("measurement_ok", measurement.reading != nil)
        payload.add("publish_ok", isPublished)
        payload.add("timeout", measurement.reason == "MEASURE_TIMEOUT")
        payload.add("reason_code", measurement.reason)
        payload.add("quality", measurement.reading.map(\.qualityWord) ?? "error")
        payload.add("sensor_type", measurement.reading?.type ?? measurement.type)
        payload.add("raw", measurement.reading?.raw ?? 0)
        payload.add("ts", seconds(at: now))
        payload.add("seq", sequence)
        payload.add("intent_id", intent.id)
        payload.add("correlation_id", intent.correlation)
        payload.add("ttl_ms", lifetime)
        respond("sensor/\(measurement.gpio)/response", payload, after: measurement.delay, at: now, into: &actions)
    }
}
