import TwinCore

extension KaiserEncoder {
    /// After how many seconds an undelivered step of a configuration is dropped: a device that was away for longer is
    /// told what is wished then.
    static let configurationExpirySeconds: UInt32 = 60
    /// What an actuator without a second pin says of it.
    private static let noPin = 255

    /// The message that carries out a step: `config`, `zone/assign`, `subzone/assign` or `subzone/remove`.
    static func configuration(_ step: ConfigurationStep, at address: DeviceAddress) -> OutboundMessage {
        switch step.order {
        case .push(let push): self.push(push, step, at: address)
        case .zone(let wish): zone(wish, step, at: address)
        case .subzone(let assignment): subzone(assignment, step, at: address)
        case .subzoneRemoval(let subzone, _): subzoneRemoval(subzone, step, at: address)
        }
    }

    /// `config`: a section that is absent is left as it is.
    private static func push(
        _ push: ConfigurationPush, _ step: ConfigurationStep, at address: DeviceAddress
    ) -> OutboundMessage {
        var object = JSONWriter()
        if !push.sensors.isEmpty { object.member("sensors", push.sensors.map(sensor)) }
        if !push.actuators.isEmpty { object.member("actuators", push.actuators.map(actuator)) }
        if push.forgetsOfflineRules { object.member("offline_rules", [JSONWriter]()) }
        object.member("correlation_id", step.id.description)
        object.member("intent_id", step.id.description)
        object.member("generation", push.generation)
        object.member("config_fingerprint", push.fingerprint)
        object.member("timestamp", step.issuedAt.wholeSeconds)
        return message("config", object, qos: 2, at: address)
    }

    private static func sensor(_ item: ConfigurationPush.SensorItem) -> JSONWriter {
        var object = JSONWriter()
        object.member("gpio", item.key.gpio.number)
        object.member("sensor_type", item.key.type, maximum: ConfigurationPush.maximumWordBytes)
        object.member("sensor_name", item.wish.name, maximum: ConfigurationPush.maximumTextBytes)
        object.member("subzone_id", item.wish.subzone, maximum: ConfigurationPush.maximumWordBytes)
        object.member("active", item.isActive)
        object.member("sample_interval_ms", Int64(item.wish.intervalSeconds) &* 1000)
        object.member("raw_mode", item.wish.isRaw)
        object.member("operating_mode", item.wish.mode.rawValue)
        object.member("measurement_interval_seconds", item.wish.intervalSeconds)
        object.member("interface_type", item.key.interface.rawValue)
        switch item.key.address {
        case .none:
            object.member("onewire_address", "")
            object.member("i2c_address", 0)
        case .i2c(let address):
            object.member("onewire_address", "")
            object.member("i2c_address", address)
        case .oneWire(let rom):
            object.member("onewire_address", rom, maximum: ConfigurationPush.maximumWordBytes)
            object.member("i2c_address", 0)
        }
        return object
    }

    private static func actuator(_ item: ConfigurationPush.ActuatorItem) -> JSONWriter {
        var object = JSONWriter()
        object.member("gpio", item.gpio.number)
        let type = item.wish.wireType ?? item.wish.type
        object.member("actuator_type", type, maximum: ConfigurationPush.maximumWordBytes)
        object.member("actuator_name", item.wish.name, maximum: ConfigurationPush.maximumTextBytes)
        object.member("subzone_id", item.wish.subzone, maximum: ConfigurationPush.maximumWordBytes)
        object.member("active", item.isActive)
        object.member("aux_gpio", item.wish.auxiliary.map { Int($0.number) } ?? noPin)
        object.member("critical", item.wish.isCritical)
        object.member("inverted_logic", item.wish.isInverted)
        object.member("default_state", item.wish.isOnByDefault)
        object.member("default_pwm", item.wish.defaultLevel)
        object.member("max_runtime_ms", item.wish.maximumRuntimeMilliseconds)
        return object
    }

    /// `zone/assign`; an empty id removes.
    private static func zone(
        _ wish: ZoneWish, _ step: ConfigurationStep, at address: DeviceAddress
    ) -> OutboundMessage {
        var object = JSONWriter()
        object.member("zone_id", wish.id, maximum: maximumTextBytes)
        object.member("master_zone_id", wish.masterID, maximum: maximumTextBytes)
        object.member("zone_name", wish.name, maximum: ConfigurationPush.maximumTextBytes)
        object.member("kaiser_id", address.kaiser.description)
        object.member("timestamp", step.issuedAt.wholeSeconds)
        object.member("correlation_id", step.id.description)
        return message("zone/assign", object, qos: 1, at: address)
    }

    /// `subzone/assign`.
    private static func subzone(
        _ assignment: SubzoneAssignment, _ step: ConfigurationStep, at address: DeviceAddress
    ) -> OutboundMessage {
        var object = JSONWriter()
        object.member("subzone_id", assignment.subzone, maximum: maximumTextBytes)
        object.member("subzone_name", assignment.wish.name, maximum: ConfigurationPush.maximumTextBytes)
        object.member("parent_zone_id", assignment.parentZone, maximum: maximumTextBytes)
        object.member("assigned_gpios", assignment.wish.gpios.map(\.number))
        object.member("safe_mode_active", assignment.wish.isSafeModeActive || assignment.isIsolated)
        object.member("sensor_count", assignment.sensorCount)
        object.member("actuator_count", assignment.actuatorCount)
        object.member("timestamp", step.issuedAt.wholeSeconds)
        object.member("correlation_id", step.id.description)
        return message("subzone/assign", object, qos: 1, at: address)
    }

    /// `subzone/remove`; the correlation id is not asked for there and tells whose the answer is.
    private static func subzoneRemoval(
        _ subzone: String, _ step: ConfigurationStep, at address: DeviceAddress
    ) -> OutboundMessage {
        var object = JSONWriter()
        object.member("subzone_id", subzone, maximum: maximumTextBytes)
        object.member("reason", "manual")
        object.member("timestamp", step.issuedAt.wholeSeconds)
        object.member("correlation_id", step.id.description)
        return message("subzone/remove", object, qos: 1, at: address)
    }

    private static func message(
        _ rest: String, _ object: JSONWriter, qos: UInt8, at address: DeviceAddress
    ) -> OutboundMessage {
        OutboundMessage(
            topic: topic(address, rest), payload: object.finished(), qos: qos,
            expirySeconds: configurationExpirySeconds)
    }
}
