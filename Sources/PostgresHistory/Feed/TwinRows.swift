import Foundation
import TwinCore

/// Twins as they stand now, as rows for people and other programs to read.
///
/// They travel as JSON, one parameter for each table, and say so little that no query of Doppel's rests on them.
enum TwinRows {
    /// The steps that bring the tables to where these twins stand; a newer row stays as it is.
    static func steps(_ twins: [DeviceSnapshot], _ position: Int64) throws -> [PostgresStep] {
        guard !twins.isEmpty else { return [] }
        let encoder = JSONEncoder()
        encoder.keyEncodingStrategy = .convertToSnakeCase
        func step(_ sql: String, _ rows: some Encodable) throws -> PostgresStep {
            let json = String(decoding: try encoder.encode(rows), as: UTF8.self)
            return .statement(sql, [.text(json), .integer(position)])
        }
        return [
            try step(devices, twins.map { DeviceRow($0.device) }),
            try step(sensors, twins.flatMap { twin in twin.sensors.map { SensorRow($0, of: twin.device) } }),
            try step(
                actuators,
                twins.flatMap { twin in twin.actuators.map { ActuatorRow($0, of: twin.device) } }),
            try step(states, twins.flatMap { twin in twin.actuators.map { StateRow($0, of: twin.device) } }),
        ]
    }

    private static let devices = """
        INSERT INTO esp_devices (device_id, name, zone_id, zone_name, master_zone_id, kaiser_id, hardware_type,
            ip_address, mac_address, firmware_version, status, status_since, last_seen, health_status,
            position)
        SELECT device_id, name, zone_id, zone_name, master_zone_id, kaiser_id, hardware_type, ip_address, mac_address,
            firmware_version, status, from_unix_ms(status_since), from_unix_ms(last_seen), health_status,
            $2
        FROM json_to_recordset($1) AS given (device_id text, name text, zone_id text, zone_name text,
            master_zone_id text, kaiser_id text, hardware_type text, ip_address text, mac_address text,
            firmware_version text, status text, status_since bigint, last_seen bigint, health_status text)
        ON CONFLICT (device_id) DO UPDATE
        SET name = excluded.name, zone_id = excluded.zone_id, zone_name = excluded.zone_name,
            master_zone_id = excluded.master_zone_id, kaiser_id = excluded.kaiser_id,
            hardware_type = excluded.hardware_type, ip_address = excluded.ip_address,
            mac_address = excluded.mac_address, firmware_version = excluded.firmware_version,
            status = excluded.status, status_since = excluded.status_since, last_seen = excluded.last_seen,
            health_status = excluded.health_status,
            position = excluded.position, updated_at = now()
        WHERE esp_devices.position <= excluded.position
        """

    private static let sensors = """
        UPDATE sensors SET sensor_name = given.name, sample_interval_ms = given.interval_ms, updated_at = now()
        FROM json_to_recordset($1) AS given (device_id text, gpio smallint, type text, address text, name text,
            interval_ms integer)
        WHERE sensors.device_id = given.device_id AND sensors.gpio = given.gpio AND sensors.sensor_type = given.type
            AND sensors.address = given.address AND $2::bigint IS NOT NULL
            AND (sensor_name, sample_interval_ms) IS DISTINCT FROM (given.name, given.interval_ms)
        """

    private static let actuators = """
        INSERT INTO actuators (device_id, gpio, actuator_type, actuator_name, timeout_seconds, position)
        SELECT device_id, gpio, type, name, timeout_seconds, $2
        FROM json_to_recordset($1) AS given (device_id text, gpio smallint, type text, name text,
            timeout_seconds integer)
        ON CONFLICT (device_id, gpio) DO UPDATE
        SET actuator_type = excluded.actuator_type, actuator_name = excluded.actuator_name,
            timeout_seconds = excluded.timeout_seconds, position = excluded.position, updated_at = now()
        WHERE actuators.position <= excluded.position
        """

    private static let states = """
        INSERT INTO actuator_states (device_id, gpio, actuator_type, current_value, target_value, state, confirmed_at,
            last_command, last_command_id, last_command_timestamp, runtime_seconds, error_message, position)
        SELECT device_id, gpio, type, current_value, target_value, state, from_unix_ms(confirmed), last_command,
            last_command_id, from_unix_ms(last_command_at), coalesce(runtime_seconds, 0), error_message, $2
        FROM json_to_recordset($1) AS given (device_id text, gpio smallint, type text, current_value float8,
            target_value float8, state text, confirmed bigint, last_command text, last_command_id text,
            last_command_at bigint, runtime_seconds bigint, error_message text)
        ON CONFLICT (device_id, gpio) DO UPDATE
        SET actuator_type = excluded.actuator_type, current_value = excluded.current_value,
            target_value = excluded.target_value, state = excluded.state, confirmed_at = excluded.confirmed_at,
            last_command = excluded.last_command, last_command_id = excluded.last_command_id,
            last_command_timestamp = excluded.last_command_timestamp, runtime_seconds = excluded.runtime_seconds,
            error_message = excluded.error_message, position = excluded.position, updated_at = now()
        WHERE actuator_states.position <= excluded.position
        """
}

/// A row of `esp_devices`; the statement has the same names in snake case.
private struct DeviceRow: Encodable {
    let deviceID, status: String
    let name, zoneID, zoneName, masterZoneID, kaiserID, hardwareType, ipAddress, macAddress: String?
    let firmwareVersion, healthStatus: String?
    let statusSince, lastSeen: Int64

    init(_ device: DeviceState) {
        deviceID = device.id.description
        let reported = device.configuration.reported
        name = stored(reported.name)
        zoneID = stored(device.zone)
        zoneName = stored(reported.zone?.name)
        masterZoneID = stored(device.masterZone)
        kaiserID = device.address.kaiser.description
        hardwareType = stored(device.hardware?.board ?? reported.board)
        ipAddress = stored(device.hardware?.ipAddress ?? device.heartbeat?.wifiIP)
        macAddress = stored(device.hardware?.macAddress)
        firmwareVersion = stored(device.hardware?.firmware)
        status = device.status.rawValue
        statusSince = device.statusSince.milliseconds
        lastSeen = device.lastHeard.time.milliseconds
        healthStatus = stored(device.heartbeat?.systemState)
    }
}

/// What is kept current of a row of `sensors`.
private struct SensorRow: Encodable {
    let deviceID, type, address: String
    let gpio: Int
    let name: String?
    let intervalMs: Int?

    init(_ sensor: SensorState, of device: DeviceState) {
        deviceID = device.id.description
        gpio = Int(sensor.key.gpio.number)
        type = StoredText.column(sensor.key.type)
        address = sensor.key.address.column
        let wish = device.configuration.reported.sensors[sensor.key]
        name = stored(wish?.name)
        intervalMs = wish.map { $0.intervalSeconds * 1_000 }
    }
}

/// A row of `actuators`.
private struct ActuatorRow: Encodable {
    let deviceID, type: String
    let gpio: Int
    let name: String?
    let timeoutSeconds: Int?

    init(_ actuator: ActuatorState, of device: DeviceState) {
        deviceID = device.id.description
        gpio = Int(actuator.gpio.number)
        type = StoredText.column(device.kindWord(for: actuator.type, on: actuator.gpio))
        let wish = device.configuration.reported.actuators[actuator.gpio]
        name = stored(wish?.name)
        timeoutSeconds = wish.map { $0.maximumRuntimeMilliseconds / 1_000 }
    }
}

/// A row of `actuator_states`.
private struct StateRow: Encodable {
    let deviceID, type, state: String
    let gpio: Int
    let currentValue, targetValue: Double?
    let confirmed, lastCommandAt, runtimeSeconds: Int64?
    let lastCommand, lastCommandID, errorMessage: String?

    init(_ actuator: ActuatorState, of device: DeviceState) {
        deviceID = device.id.description
        gpio = Int(actuator.gpio.number)
        type = StoredText.column(device.kindWord(for: actuator.type, on: actuator.gpio))
        let status = actuator.confirmed?.status
        currentValue = status.map { min(1, max(0, Double($0.level) / 255)) }
        targetValue = actuator.requested.map { requested in
            switch requested.drive {
            case .off: 0
            case .on(let level), .pwm(let level): level
            }
        }
        state = Self.word(status, isStopped: device.isStopped || !actuator.stoppedBy.isEmpty)
        confirmed = actuator.confirmed?.at.time.milliseconds
        let command = actuator.pending?.record ?? actuator.lastCommand
        lastCommand = command?.order.verb.rawValue
        lastCommandID = stored(command?.order.id.description)
        lastCommandAt = command?.order.issuedAt.milliseconds
        runtimeSeconds = status?.runtimeMilliseconds.map { $0 / 1_000 }
        errorMessage = stored(actuator.lastAlert?.message)
    }

    private static func word(_ status: ActuatorStatus?, isStopped: Bool) -> String {
        if isStopped { return "emergency_stop" }
        guard let status else { return "unknown" }
        if status.emergency != .normal { return "emergency_stop" }
        return switch status.state {
        case .error: "error"
        case .unknown: "unknown"
        case .on, .off, .pwm: status.isOn ? "active" : "idle"
        }
    }
}

/// A word from outside as a text column takes it; `nil` for none.
private func stored(_ text: String?) -> String? {
    text.flatMap { $0.isEmpty ? nil : StoredText.column($0) }
}
