import TwinCore

extension SimulatedDevice {
    /// Measures with one sensor and sends `sensor/{gpio}/data`.
    mutating func measure(_ index: Int, at now: Moment, into actions: inout [DeviceAction]) {
        rescheduleReading(index, after: now.uptime)
        guard let reading = read(index, at: now, into: &actions) else { return }
        publish(reading, of: configuration.sensors[index], at: now, into: &actions)
    }

    /// What a sensor measures; `nil`, with the error reported, when it cannot be read.
    mutating func read(_ index: Int, at now: Moment, into actions: inout [DeviceAction]) -> RawReading? {
        advanceGreenhouse(to: now)
        let sensor = configuration.sensors[index]
        guard !personality.failingPins.contains(sensor.key.gpio) else {
            report(.sensorRead, "read failed on pin \(sensor.key.gpio)", at: now, into: &actions)
            return nil
        }
        return RawReading.read(sensor.measurand, in: greenhouse, noise: &noise)
    }

    /// Sends `sensor/{gpio}/data`, now or later.
    mutating func publish(
        _ reading: RawReading, of sensor: ConfiguredSensor, after delay: Int64 = 0, at now: Moment,
        into actions: inout [DeviceAction]
    ) {
        guard !shedsReading(), let sequence = admit(.held) else { return }
        var payload = PayloadWriter()
        payload.add("esp_id", clientID)
        payload.add("seq", sequence)
        payload.add("zone_id", configuration.zone)
        payload.add("subzone_id", configuration.subzone(of: sensor.key.gpio, named: sensor.subzone))
        payload.add("gpio", sensor.key.gpio.number)
        payload.add("sensor_type", reading.type)
        payload.add("raw", reading.raw)
        payload.add("value", reading.value, decimals: 2)
        payload.add("unit", reading.unit)
        payload.add("quality", reading.qualityWord)
        payload.add("ts", seconds(at: now))
        payload.add("time_valid", unixMilliseconds(at: now) != nil)
        payload.add("raw_mode", sensor.isRaw)
        switch sensor.key.address {
        case .none: break
        case .i2c(let address): payload.add("i2c_address", address)
        case .oneWire(let rom): payload.add("onewire_address", rom)
        }
        let message = DevicePublication(
            topic: "\(topicPrefix)sensor/\(sensor.key.gpio)/data", payload: payload.finished(), qos: 1)
        if delay > 0 {
            postpone(message, until: now.uptime.advanced(byMilliseconds: delay))
        } else {
            actions.append(.publish(message))
        }
        if personality.asksForProcessing { askForProcessing(reading, of: sensor, into: &actions) }
    }

    /// Sends `pi_enhanced/request`.
    private mutating func askForProcessing(
        _ reading: RawReading, of sensor: ConfiguredSensor, into actions: inout [DeviceAction]
    ) {
        var payload = PayloadWriter()
        payload.add("gpio", sensor.key.gpio.number)
        payload.add("raw_value", reading.raw)
        payload.add("type", sensor.measurand.bus == .analog ? "analog" : "digital")
        payload.add("sensor_type", reading.type)
        send("pi_enhanced/request", payload, into: &actions)
    }

    /// Lets the bay live up to `now` under what the outputs did until now.
    ///
    /// Call it before an output changes.
    mutating func advanceGreenhouse(to now: Moment) {
        defer { greenhouseAdvancedAt = now.uptime }
        guard let last = greenhouseAdvancedAt, last < now.uptime else { return }
        let day: Int64 = 86_400_000
        let millisecondOfDay = (now.time.milliseconds % day + day) % day
        greenhouse.advance(
            seconds: Double(now.uptime.milliseconds(since: last)) / 1000,
            secondOfDay: Double(millisecondOfDay) / 1000, loads: loads)
    }

    private var loads: Greenhouse.Loads {
        var loads = Greenhouse.Loads()
        for output in outputs where output.isOn {
            let share = min(Double(output.level) / 254, 1)
            switch output.effect {
            case .none: break
            case .heating: loads.heating = min(loads.heating + share, 1)
            case .ventilation: loads.ventilation = min(loads.ventilation + share, 1)
            case .irrigation: loads.irrigation = min(loads.irrigation + share, 1)
            case .acidDosing: loads.acidDosing = min(loads.acidDosing + share, 1)
            case .nutrientDosing: loads.nutrientDosing = min(loads.nutrientDosing + share, 1)
            }
        }
        return loads
    }
}
