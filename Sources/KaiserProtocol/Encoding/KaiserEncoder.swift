public import TwinCore

/// Requests of the twins to messages for the broker.
///
/// An actuator command is built from a ``TwinCore/ClearedCommand`` and from nothing else.
public enum KaiserEncoder {
    /// After how many seconds an undelivered clearing is dropped, so that an old one never undoes a newer stop.
    public static let clearExpirySeconds: UInt32 = 30
    /// The longest texts sent, in bytes with escapes; a device takes a command of at most 512 bytes.
    static let maximumTextBytes = 96

    /// The message that carries out a request.
    public static func encode(_ request: Request) -> OutboundMessage {
        switch request {
        case .acknowledgeHeartbeat(let answer): heartbeatAck(answer)
        case .eraseWill(let address): willErasure(address)
        case .command(let command): self.command(command)
        case .stopDevice(let order), .stopEverything(let order): stop(order)
        case .clearDevice(let order): clear(order)
        case .operate(let address, let operation): self.operation(operation, at: address)
        case .configure(let address, let step): configuration(step, at: address)
        case .answerProcessing(let answer): processingAnswer(answer)
        case .tellProcessed(let value): processedValue(value)
        case .tellPresence(let kaiser, let isOnline, let time):
            serverStatus(kaiser: kaiser, online: isOnline, reason: isOnline ? nil : "graceful_shutdown", at: time)
        case .transfer(let address, let order): library(order, at: address)
        case .claimSite(let claim, let time): siteClaim(claim, at: time)
        }
    }

    /// `system/heartbeat/ack`.
    ///
    /// Without `handover_epoch` or with epoch 0 a device would ignore it.
    static func heartbeatAck(_ answer: HeartbeatAck) -> OutboundMessage {
        var object = JSONWriter()
        object.member("status", wireStatus(answer.status))
        object.member("config_available", answer.isConfigurationAvailable)
        object.member("server_time", answer.serverTime.wholeSeconds)
        object.member("handover_epoch", answer.handoverEpoch)
        object.member("ack_type", "heartbeat")
        object.member("contract_version", 2)
        if answer.status == .online { object.member("session_id", "\(answer.address.device):steady") }
        if answer.status == .deleted {
            object.member("error", "the device was removed; an operator has to approve it again")
            object.member("reason_code", "DEVICE_DELETED")
            object.member("revocation_source", "operator")
            object.member("upstream_deleted", true)
        }
        return OutboundMessage(
            topic: topic(answer.address, "system/heartbeat/ack"), payload: object.finished(), qos: 1)
    }

    /// A status as devices know it: one that was removed is told of an error, and why.
    private static func wireStatus(_ status: DeviceStatus) -> String {
        switch status {
        case .pendingApproval, .approved, .online, .offline, .rejected: status.rawValue
        case .deleted: "error"
        }
    }

    /// `system/will`, emptied.
    static func willErasure(_ address: DeviceAddress) -> OutboundMessage {
        OutboundMessage(topic: topic(address, "system/will"), payload: [], qos: 1, isRetained: true)
    }

    /// `actuator/{gpio}/command`.
    ///
    /// `created_at_ms` counts the device's own uptime, which we do not know, and is left out; `ttl_ms` then counts
    /// from the arrival, and the broker drops what was not delivered in time.
    static func command(_ command: ClearedCommand) -> OutboundMessage {
        var object = JSONWriter()
        switch command.drive {
        case .off: object.member("command", "OFF")
        case .on: object.member("command", "ON")
        case .pwm: object.member("command", "PWM")
        }
        object.member("value", command.drive.level)
        object.member("duration", command.durationSeconds)
        object.member("timestamp", command.issuedAt.wholeSeconds)
        object.member("correlation_id", command.id.description)
        object.member("intent_id", command.id.description)
        object.member("issued_by", command.issuedBy, maximum: maximumTextBytes)
        if let span = command.timeToLiveMilliseconds { object.member("ttl_ms", span) }
        return OutboundMessage(
            topic: topic(command.address, "actuator/\(command.gpio)/command"), payload: object.finished(), qos: 2,
            expirySeconds: command.timeToLiveMilliseconds.map(expirySeconds))
    }

    /// A span in the broker's whole seconds: rounded down, so that nothing is delivered late, but at least one.
    static func expirySeconds(_ milliseconds: Int64) -> UInt32 {
        UInt32(clamping: max(1, milliseconds / 1000))
    }

    static func topic(_ address: DeviceAddress, _ rest: String) -> String {
        "kaiser/\(address.kaiser)/esp/\(address.device)/\(rest)"
    }
}
