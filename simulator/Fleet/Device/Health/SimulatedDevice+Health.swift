import TwinCore

/// Which errors a device reported when: the firmware remembers the time of each slot, and codes share slots.
struct ErrorReports: Sendable, Equatable {
    /// How many errors there were since the device booted.
    private(set) var count = 0
    private var times: [Int: Uptime] = [:]

    /// Counts an error; `true` when it may be reported.
    mutating func note(_ code: Int, at now: Uptime) -> Bool {
        count += 1
        let slot = code % Firmware.errorSlots
        if let last = times[slot], now.milliseconds(since: last) < Firmware.errorReportMilliseconds { return false }
        times[slot] = now
        return true
    }
}

/// A publish queue that is full from time to time.
struct Congestion: Sendable, Equatable {
    /// When it fills next.
    var nextAt: Uptime
    /// Until when it is full; `nil` while it is not.
    var until: Uptime?
    /// How many readings were not sent because of it.
    var shed = 0
}

/// What can go wrong with a device, in the contract's numbers.
enum DeviceFault: Int, Sendable {
    case sensorRead = 1040
    case actuatorNotFound = 1052
    case tokenMismatch = 3500
    case noToken = 3501

    /// 0 for information to 3 for critical.
    var severity: Int {
        switch self {
        case .sensorRead, .actuatorNotFound: 2
        case .tokenMismatch, .noToken: 3
        }
    }

    /// The contract's category.
    var category: String {
        switch self {
        case .sensorRead, .actuatorNotFound: "HARDWARE"
        case .tokenMismatch, .noToken: "COMMUNICATION"
        }
    }
}

extension SimulatedDevice {
    /// Sends `system/error`, at most once a minute for each code.
    mutating func report(
        _ fault: DeviceFault, _ words: String, at now: Moment, into actions: inout [DeviceAction]
    ) {
        guard errorReports.note(fault.rawValue, at: now.uptime), passes(.free) else { return }
        var payload = PayloadWriter()
        payload.add("error_code", fault.rawValue)
        payload.add("severity", fault.severity)
        payload.add("category", fault.category)
        payload.add("message", words)
        payload.add("context") { context in
            context.add("esp_id", clientID)
            context.add("uptime_ms", uptimeMilliseconds(at: now))
        }
        payload.add("ts", seconds(at: now))
        send("system/error", payload, qos: 0, into: &actions)
    }

    /// Sends `system/diagnostics`; its time is the device's uptime.
    mutating func diagnose(at now: Moment, into actions: inout [DeviceAction]) {
        session?.nextDiagnostics = now.uptime.advanced(byMilliseconds: Firmware.diagnosticsMilliseconds)
        guard passes(.held) else { return }
        var payload = PayloadWriter()
        payload.add("ts", uptimeMilliseconds(at: now) / 1000)
        payload.add("esp_id", clientID)
        addDiagnostics(to: &payload, at: now)
        send("system/diagnostics", payload, qos: 0, into: &actions)
    }

    /// Makes the diagnostics due, because something they tell has changed.
    mutating func hurryDiagnostics(at now: Moment) { session?.nextDiagnostics = now.uptime }

    /// The members that diagnostics have wherever they stand.
    mutating func addDiagnostics(to payload: inout PayloadWriter, at now: Moment) {
        let free = 171_000 + noise.below(2000)
        payload.add("heap_free", free)
        payload.add("heap_min_free", 150_000)
        payload.add("heap_fragmentation", 12)
        payload.add("uptime_seconds", uptimeMilliseconds(at: now) / 1000)
        payload.add("error_count", errorReports.count)
        payload.add("wifi_connected", true)
        payload.add("wifi_rssi", -62 + noise.below(9))
        payload.add("mqtt_connected", isConnected)
        payload.add("sensor_count", reportedSensorCount)
        payload.add("actuator_count", reportedActuatorCount)
        payload.add("system_state", systemState.name)
        payload.add("boot_reason", "POWERON")
        payload.add("boot_sequence_id", bootSequence)
        payload.add("reset_reason", "POWERON")
        payload.add("segment_start_ts", bootSeconds)
        payload.add("mqtt_cb_state", "CLOSED")
        payload.add("mqtt_cb_failures", 0)
        payload.add("wdt_mode", "PRODUCTION")
        payload.add("wdt_timeouts_24h", 0)
        payload.add("wdt_timeout_pending", false)
    }

    /// How many sensors it says it runs.
    var reportedSensorCount: Int { max(0, configuration.sensors.count + personality.sensorCountError) }
    /// How many actuators it says it runs.
    var reportedActuatorCount: Int { max(0, configuration.actuators.count + personality.actuatorCountError) }
    /// What tells this boot from every other.
    var bootSequence: String { "\(clientID)-b\(bootCount)-r1" }

    /// Whether readings are shed because the publish queue is full; counts those that are.
    mutating func shedsReading() -> Bool {
        guard congestion?.until != nil else { return false }
        congestion?.shed += 1
        return true
    }

    /// Lets the publish queue fill and empty, and says so.
    mutating func runCongestion(at now: Moment, into actions: inout [DeviceAction]) {
        if let until = congestion?.until, until <= now.uptime {
            congestion?.until = nil
            reportPressure("recovered", fill: Firmware.queuePressureThreshold / 2, at: now, into: &actions)
        }
        guard let congestion, congestion.until == nil, congestion.nextAt <= now.uptime else { return }
        guard let seconds = personality.congestedEverySeconds else { return self.congestion = nil }
        let period = Int64(max(1, seconds)) * 1000
        let late = now.uptime.milliseconds(since: congestion.nextAt)
        self.congestion?.nextAt = congestion.nextAt.advanced(byMilliseconds: (late / period + 1) * period)
        self.congestion?.until = now.uptime.advanced(byMilliseconds: Firmware.congestionMilliseconds)
        reportPressure("entered_pressure", fill: Firmware.queuePressureThreshold, at: now, into: &actions)
    }

    private mutating func reportPressure(
        _ event: String, fill: Int, at now: Moment, into actions: inout [DeviceAction]
    ) {
        guard passes(.held) else { return }
        var payload = PayloadWriter()
        payload.add("event", event)
        payload.add("fill_level", fill)
        payload.add("high_watermark", Firmware.queuePressureThreshold + 1)
        payload.add("shed_count", congestion?.shed ?? 0)
        payload.add("drop_count", 0)
        payload.add("threshold", Firmware.queuePressureThreshold)
        payload.add("ts", seconds(at: now))
        send("system/queue_pressure", payload, qos: 0, into: &actions)
    }

    /// Sends the deprecated `discovery/esp32_nodes`.
    mutating func announceHardware(into actions: inout [DeviceAction]) {
        let digits = String(clientID.utf8.reduce(into: UInt64(7)) { $0 = $0 &* 31 &+ UInt64($1) } & 0xFFFFFF, radix: 16)
        let padded = Array((String(repeating: "0", count: 6 - digits.utf8.count) + digits).uppercased())
        let tail = stride(from: 0, to: 6, by: 2).map { String(padded[$0...$0 + 1]) }.joined(separator: ":")
        var payload = PayloadWriter()
        payload.add("esp_id", clientID)
        payload.add("hardware_type", specification.board.rawValue)
        payload.add("mac_address", "24:0A:C4:" + tail)
        payload.add("ip_address", address)
        payload.add("firmware_version", "4.1.0")
        payload.add("capabilities") { capabilities in
            capabilities.add("max_sensors", specification.board.maximumSensors)
            capabilities.add("max_actuators", specification.board.maximumActuators)
        }
        actions.append(
            .publish(
                DevicePublication(
                    topic: "kaiser/\(configuration.kaiser)/discovery/esp32_nodes", payload: payload.finished(), qos: 1))
        )
    }
}
