public import TwinCore

extension SimulatedDevice {
    /// The name the device gives the broker.
    public var clientID: String { specification.id.description }

    /// The last will that goes with a connection made at a moment; the broker publishes it when the device is lost.
    public func will(at now: Moment) -> DevicePublication {
        var payload = PayloadWriter()
        payload.add("status", "offline")
        payload.add("esp_id", clientID)
        payload.add("reason", "unexpected_disconnect")
        payload.add("timestamp", seconds(at: now))
        return DevicePublication(
            topic: topicPrefix + "system/will", payload: payload.finished(), qos: 1, isRetained: true)
    }

    /// The filters, in the order in which the firmware subscribes; then those that only documents know, if asked for.
    var subscriptions: [Subscription] {
        let firmware = [
            Subscription(filter: topicPrefix + "system/heartbeat/ack", qos: 1),
            Subscription(filter: topicPrefix + "config", qos: 2),
            Subscription(filter: topicPrefix + "system/command", qos: 2),
            Subscription(filter: ServerTopic.broadcast, qos: 2),
            Subscription(filter: topicPrefix + "actuator/+/command", qos: 2),
            Subscription(filter: topicPrefix + "actuator/emergency", qos: 1),
            Subscription(filter: topicPrefix + "zone/assign", qos: 1),
            Subscription(filter: topicPrefix + "subzone/assign", qos: 1),
            Subscription(filter: topicPrefix + "subzone/remove", qos: 1),
            Subscription(filter: topicPrefix + "subzone/safe", qos: 1),
            Subscription(filter: topicPrefix + "sensor/+/command", qos: 2),
            Subscription(filter: ServerTopic.status(configuration.kaiser), qos: 1),
        ]
        guard personality.usesDocumentedTopics else { return firmware }
        let documented = [
            "config/sensor/+", "sensor/+/processed", "pi_enhanced/response", "mqtt/auth_update",
            "library/download_start", "library/chunk", "library/download_complete",
        ]
        return firmware + documented.map { Subscription(filter: topicPrefix + $0, qos: 1) }
    }

    /// Takes a message to the part of the firmware it is for.
    ///
    /// What is not obeyed is ignored.
    mutating func take(topic: String, payload: [UInt8], at now: Moment, into actions: inout [DeviceAction]) {
        guard let subject = ServerTopic(topic, prefix: topicPrefix, kaiser: configuration.kaiser) else { return }
        guard payload.count <= Firmware.maximumInboundBytes, let message = ReceivedPayload(payload) else {
            return refuseMalformed(subject, at: now, into: &actions)
        }
        switch subject {
        case .acknowledgement: takeAcknowledgement(message, at: now, into: &actions)
        case .command(let gpio): takeCommand(gpio: gpio, message, at: now, into: &actions)
        case .deviceEmergency: takeDeviceEmergency(message, at: now, into: &actions)
        case .broadcastEmergency: takeBroadcastEmergency(message, at: now, into: &actions)
        case .serverStatus: takeServerStatus(message, at: now, into: &actions)
        case .sensorCommand(let gpio): takeSensorCommand(gpio: gpio, message, at: now, into: &actions)
        case .systemCommand: takeSystemCommand(message, at: now, into: &actions)
        case .configuration:
            takeConfiguration(message, byteCount: payload.count, at: now, into: &actions)
        case .pinConfiguration(let gpio): takePinConfiguration(gpio, message, at: now, into: &actions)
        case .zone: takeZone(message, at: now, into: &actions)
        case .subzone: takeSubzone(message, at: now, into: &actions)
        case .subzoneRemoval: takeSubzoneRemoval(message, at: now, into: &actions)
        case .subzoneSafety: takeSubzoneSafety(message, at: now, into: &actions)
        case .credentials: takeCredentials(message, at: now, into: &actions)
        case .processed: processedAnswers += 1
        case .libraryStart: takeLibraryStart(message, at: now, into: &actions)
        case .libraryChunk: takeLibraryChunk(message, at: now, into: &actions)
        case .libraryEnd: takeLibraryEnd(message, at: now, into: &actions)
        }
    }

    /// Refuses what is no object; only some parts of the firmware say so.
    private mutating func refuseMalformed(
        _ subject: ServerTopic, at now: Moment, into actions: inout [DeviceAction]
    ) {
        switch subject {
        case .configuration:
            refuseConfiguration(
                nil, "JSON_PARSE_ERROR", "Config is no JSON object", correlation: nil, at: now, into: &actions)
        case .zone:
            refusedMessages += 1
            refuseZone("JSON_PARSE_ERROR", "Payload is no JSON object", nil, at: now, into: &actions)
        case .acknowledgement, .command, .deviceEmergency, .broadcastEmergency, .serverStatus, .sensorCommand,
            .systemCommand, .pinConfiguration, .subzone, .subzoneRemoval, .subzoneSafety, .credentials, .processed,
            .libraryStart, .libraryChunk, .libraryEnd:
            refusedMessages += 1
        }
    }
}
