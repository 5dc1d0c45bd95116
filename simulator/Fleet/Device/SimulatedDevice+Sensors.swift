import TwinCore

extension SimulatedDevice {
    /// Measures with one sensor and sends `sensor/{gpio}/data`, once for each value of the chip.
    mutating func measure(_ index: Int, at now: Moment, into actions: inout [DeviceAction]) {
        rescheduleReading(index, after: now.uptime)
        advanceGreenhouse(to: now)
        let sensor = specification.sensors[index]
        for reading in RawReading.read(sensor.chip, in: greenhouse, noise: &noise) {
            guard let sequence = admit(.held) else { return }
            var payload = PayloadWriter()
            payload.add("esp_id", clientID)
            payload.add("seq", sequence)
            payload.add("zone_id", specification.zone)
            payload.add("subzone_id", sensor.subzone)
            payload.add("gpio", sensor.gpio.number)
            payload.add("sensor_type", reading.type)
            payload.add("raw", reading.raw)
            payload.add("value", reading.value, decimals: 2)
            payload.add("unit", reading.unit)
            payload.add("quality", reading.isAtRail ? "suspect" : "good")
            payload.add("ts", seconds(at: now))
            payload.add("time_valid", unixMilliseconds(at: now) != nil)
            payload.add("raw_mode", true)
            switch sensor.address {
            case .none: break
            case .i2c(let address): payload.add("i2c_address", address)
            case .oneWire(let rom): payload.add("onewire_address", rom)
            }
            send("sensor/\(sensor.gpio)/data", payload, into: &actions)
        }
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
