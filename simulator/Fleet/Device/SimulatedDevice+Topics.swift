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

    /// The filters, in the order in which the firmware subscribes.
    var subscriptions: [Subscription] {
        [
            Subscription(filter: topicPrefix + "system/heartbeat/ack", qos: 1),
            Subscription(filter: topicPrefix + "config", qos: 2),
            Subscription(filter: topicPrefix + "system/command", qos: 2),
            Subscription(filter: Self.broadcastTopic, qos: 2),
            Subscription(filter: topicPrefix + "actuator/+/command", qos: 2),
            Subscription(filter: topicPrefix + "actuator/emergency", qos: 1),
            Subscription(filter: topicPrefix + "zone/assign", qos: 1),
            Subscription(filter: topicPrefix + "subzone/assign", qos: 1),
            Subscription(filter: topicPrefix + "subzone/remove", qos: 1),
            Subscription(filter: topicPrefix + "subzone/safe", qos: 1),
            Subscription(filter: topicPrefix + "sensor/+/command", qos: 2),
            Subscription(filter: serverStatusTopic, qos: 1),
        ]
    }

    /// Takes a message to the part of the firmware it is for.
    ///
    /// What is not obeyed is ignored.
    mutating func take(topic: String, payload: [UInt8], at now: Moment, into actions: inout [DeviceAction]) {
        guard let subject = Subject(topic, of: self) else { return }
        guard payload.count <= Firmware.maximumInboundBytes, let message = ReceivedPayload(payload) else {
            refusedMessages += 1
            return
        }
        switch subject {
        case .acknowledgement: takeAcknowledgement(message, at: now, into: &actions)
        case .command(let gpio): takeCommand(gpio: gpio, message, at: now, into: &actions)
        case .deviceEmergency: takeDeviceEmergency(message, at: now, into: &actions)
        case .broadcastEmergency: takeBroadcastEmergency(message, at: now, into: &actions)
        case .serverStatus: takeServerStatus(message, at: now, into: &actions)
        }
    }

    /// What a received message is about.
    private enum Subject {
        case acknowledgement
        case command(GPIO)
        case deviceEmergency
        case broadcastEmergency
        case serverStatus

        init?(_ topic: String, of device: SimulatedDevice) {
            if topic == SimulatedDevice.broadcastTopic {
                self = .broadcastEmergency
            } else if topic == device.serverStatusTopic {
                self = .serverStatus
            } else if topic.hasPrefix(device.topicPrefix) {
                let levels = topic.dropFirst(device.topicPrefix.count).split(
                    separator: "/", omittingEmptySubsequences: false)
                switch levels {
                case ["system", "heartbeat", "ack"]: self = .acknowledgement
                case ["actuator", "emergency"]: self = .deviceEmergency
                default:
                    guard levels.count == 3, levels[0] == "actuator", levels[2] == "command",
                        let number = Int(levels[1]), let gpio = GPIO(number)
                    else { return nil }
                    self = .command(gpio)
                }
            } else {
                return nil
            }
        }
    }

    private static let broadcastTopic = "kaiser/broadcast/emergency"

    private var serverStatusTopic: String { "kaiser/\(specification.kaiser)/server/status" }
}
