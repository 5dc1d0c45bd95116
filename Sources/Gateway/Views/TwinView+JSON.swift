import TwinCore
import TwinRuntime

extension TwinView {
    /// The device twin as it is shown.
    var json: JSONValue {
        let device = snapshot.device
        let twin: JSONValue = [
            "id": .string(device.address.device.description),
            "kaiser": .string(device.address.kaiser.description),
            "status": .string(device.status.rawValue),
            "status_since": JSONValue(device.statusSince),
            "last_heard": JSONValue(device.lastHeard.time),
            "revision": JSONValue(Int64(clamping: snapshot.revision)),
            "zone": JSONValue(device.zone),
            "master_zone": JSONValue(device.masterZone),
            "emergency": .string(device.stop.word ?? "none"),
            "stop": device.stop.json,
            "emergency_refusal": JSONValue(device.emergencyRefusal),
            "health": device.healthJSON(at: moment.time),
            "flags": .array((device.heartbeat?.flags ?? []).map { .string($0) }),
            "degradations": .array((device.heartbeat?.degradations ?? []).map { .string($0) }),
            "last_alert": device.lastAlert?.json ?? .null,
            "sensors": .array(snapshot.sensors.map { json(of: $0) }),
            "actuators": .array(snapshot.actuators.map { json(of: $0) }),
        ]
        return twin.adding(device.configuration.members + rest(of: device))
    }

    private func rest(of device: DeviceState) -> [JSONValue.Member] {
        [
            .init(name: "configuration_pending", value: device.intents.configurationPending?.json(\.json) ?? .null),
            .init(name: "clock", value: device.clockOffset.json),
            .init(name: "hardware", value: device.hardware?.json ?? .null),
            .init(name: "bus_scan", value: device.busScan?.json(\.json) ?? .null),
            .init(name: "intents", value: .array(device.intents.entries.map(\.json))),
            .init(name: "operations", value: .array(device.operations.records.map(\.json))),
            .init(name: "tokens", value: device.tokens.json),
            .init(name: "library", value: device.library.json),
            .init(name: "last_alarm", value: device.lastAlarm?.json(\.json) ?? .null),
            .init(name: "quarantine", value: device.quarantine?.json { .string($0) } ?? .null),
        ]
    }

    /// One of the twin's sensors as it is shown.
    func json(of sensor: SensorState) -> JSONValue {
        [
            "id": .string(sensor.key.id),
            "gpio": .integer(Int64(sensor.key.gpio.number)),
            "type": .string(sensor.key.type),
            "address": sensor.key.address.json,
            "value": JSONValue(sensor.latest?.value),
            "unit": JSONValue(sensor.latest?.unit ?? catalogue.sensorKind(sensor.key.type)?.unit),
            "raw": JSONValue(sensor.latest?.raw),
            "quality": .string(quality(of: sensor).rawValue),
            "event_time": JSONValue(sensor.latest?.eventTime),
            "receipt_time": JSONValue(sensor.latest?.receiptTime),
            "fault": sensor.fault?.faultJSON ?? .null,
            "count": JSONValue(Int64(clamping: sensor.count)),
            "model": JSONValue(sensor.latest?.model?.text(kind: sensor.key.type)),
            "passes_raw": JSONValue(sensor.breaker.isOpen(at: moment.time)),
            "calibration": calibrationSummary(of: sensor),
            "reprocessed": sensor.reprocessing?.json(kind: sensor.key.type) ?? .null,
        ]
    }

    /// One of the twin's actuators as it is shown.
    func json(of actuator: ActuatorState) -> JSONValue {
        let word = snapshot.device.kindWord(for: actuator.type, on: actuator.gpio)
        let kind = catalogue.actuatorKind(word, for: actuator.gpio, of: snapshot.device.id)
        return [
            "id": .string("\(snapshot.device.address.device):\(actuator.gpio)"),
            "gpio": .integer(Int64(actuator.gpio.number)),
            "type": .string(word),
            "requested": actuator.requested?.json ?? .null,
            "confirmed": actuator.confirmed?.json(fullScale: kind.fullScale) ?? .null,
            "lease": actuator.lease?.json(of: actuator.requested?.drive, at: moment) ?? .null,
            "emergency": .string(emergency(of: actuator)),
            "pending": actuator.pending?.json ?? .null,
            "safe_state": actuator.safeState?.json ?? .null,
            "last_alert": actuator.lastAlert?.json ?? .null,
            "revision": JSONValue(Int64(clamping: actuator.revision)),
            "enforcement": enforcement(of: actuator, kind),
            "lockout": actuator.lockout?.json ?? .null,
            "last_alarm": actuator.lastAlarm?.json(\.json) ?? .null,
            "starts_last_hour": JSONValue(actuator.duty.starts(withinMilliseconds: 3_600_000, at: moment.uptime)),
        ]
    }

    /// How an emergency stop holds the output: our own latch first, then what the device last said of its own.
    private func emergency(of actuator: ActuatorState) -> String {
        if let word = snapshot.device.stop.word { return word }
        return switch actuator.confirmed?.status.emergency {
        case .active: "stopped"
        case .clearing, .resuming: "clearing"
        case .normal, nil: "none"
        }
    }
}

extension DeviceState.StopPhase {
    /// The phase in one word; `nil` when no stop holds.
    fileprivate var word: String? {
        switch self {
        case .none: nil
        case .stopped: "stopped"
        case .clearing: "clearing"
        }
    }

    fileprivate var json: JSONValue {
        switch self {
        case .none: .null
        case .stopped(let incident, let sentAt, let repeats, let isAcknowledged):
            [
                "incident": .string(incident.id.description), "reason": .string(incident.reason),
                "issued_by": .string(incident.issuedBy), "sent_at": JSONValue(sentAt.time),
                "repeats": JSONValue(repeats), "acknowledged": JSONValue(isAcknowledged),
            ]
        case .clearing(let incident, let by, _, let sends, let lastSentAt):
            [
                "incident": .string(incident.id.description), "reason": .string(incident.reason),
                "issued_by": .string(incident.issuedBy), "cleared_by": .string(by), "sends": JSONValue(sends),
                "sent_at": JSONValue(lastSentAt?.time),
            ]
        }
    }
}

extension BusAddress {
    /// The address as it is shown.
    var json: JSONValue {
        switch self {
        case .none: .null
        case .i2c(let address): .integer(Int64(address))
        case .oneWire(let rom): .string(rom)
        }
    }
}

extension JSONValue {
    /// A time, or `null`.
    init(_ time: UnixTime?) { self.init(time?.rfc3339) }
}
