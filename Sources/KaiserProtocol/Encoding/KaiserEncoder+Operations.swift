import TwinCore

extension KaiserEncoder {
    /// After how many seconds an undelivered operation is dropped, so that none surprises a device much later.
    public static let operationExpirySeconds: UInt32 = 30

    /// What an operator asks a device to do.
    ///
    /// What can only switch outputs off never expires; everything else does.
    static func operation(_ operation: Operation, at address: DeviceAddress) -> OutboundMessage {
        let expirySeconds = operation.kind.deenergises ? nil : operationExpirySeconds
        switch operation.kind {
        case .measure(let gpio, let timeout):
            return OutboundMessage(
                topic: topic(address, "sensor/\(gpio)/command"), payload: measurement(operation, timeout), qos: 2,
                expirySeconds: expirySeconds)
        case .updateCredentials(let credentials):
            return OutboundMessage(
                topic: topic(address, "mqtt/auth_update"), payload: update(credentials), qos: 1,
                expirySeconds: expirySeconds)
        case .isolateSubzone(let subzone, let isIsolated, let reason):
            return OutboundMessage(
                topic: topic(address, "subzone/safe"),
                payload: isolation(of: subzone, isIsolated, reason, at: operation.issuedAt), qos: 1,
                expirySeconds: expirySeconds)
        case .status, .diagnostics, .readConfiguration, .enterSafeMode, .leaveSafeMode, .setLogLevel, .scanOneWire,
            .factoryReset, .setEmergencyToken:
            return OutboundMessage(
                topic: topic(address, "system/command"), payload: systemCommand(operation), qos: 2,
                expirySeconds: expirySeconds)
        }
    }

    /// `sensor/{gpio}/command`.
    private static func measurement(_ operation: Operation, _ timeoutMilliseconds: Int) -> [UInt8] {
        var object = JSONWriter()
        object.member("command", "measure")
        object.member("request_id", operation.id.description)
        object.member("correlation_id", operation.id.description)
        object.member("intent_id", operation.id.description)
        object.member("timestamp", operation.issuedAt.wholeSeconds)
        object.member("timeout_ms", timeoutMilliseconds)
        return object.finished()
    }

    /// `system/command`; the firmware compares the words exactly, in lower case.
    private static func systemCommand(_ operation: Operation) -> [UInt8] {
        guard let word = operation.kind.systemWord else {
            preconditionFailure("\(operation.id) has a topic of its own and no system word")
        }
        var parameters = JSONWriter()
        switch operation.kind {
        case .setLogLevel(let level): parameters.member("level", level, maximum: maximumTextBytes)
        case .scanOneWire(let gpio): if let gpio { parameters.member("pin", gpio.number) }
        case .setEmergencyToken(let token, let use):
            parameters.member("token", token.text)
            parameters.member("token_type", use.rawValue)
        case .status, .diagnostics, .readConfiguration, .enterSafeMode, .leaveSafeMode, .factoryReset, .measure,
            .updateCredentials, .isolateSubzone:
            break
        }
        var object = JSONWriter()
        object.member("command", word)
        object.member("params", parameters)
        if operation.kind == .factoryReset { object.member("confirm", true) }
        object.member("timestamp", operation.issuedAt.wholeSeconds)
        return object.finished()
    }

    /// `mqtt/auth_update`.
    private static func update(_ credentials: Credentials) -> [UInt8] {
        var object = JSONWriter()
        object.member("enabled", credentials.isEnabled)
        object.member("username", credentials.username)
        object.member("password", credentials.password)
        object.member("force_reconnect", credentials.reconnects)
        return object.finished()
    }

    /// `subzone/safe`.
    private static func isolation(
        of subzone: String, _ isIsolated: Bool, _ reason: String, at time: UnixTime
    ) -> [UInt8] {
        var object = JSONWriter()
        object.member("subzone_id", subzone, maximum: maximumTextBytes)
        object.member("action", isIsolated ? "enable" : "disable")
        object.member("safe_mode", isIsolated)
        object.member("reason", reason, maximum: maximumTextBytes)
        object.member("timestamp", time.wholeSeconds)
        return object.finished()
    }
}
