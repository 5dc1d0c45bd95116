public import TwinCore

extension KaiserEncoder {
    /// Where the server says to devices without a relay whether it is there.
    public static let serverStatusTopic = serverStatusTopic(of: .god)

    /// Where the server says to the devices of a relay whether it is there.
    public static func serverStatusTopic(of kaiser: KaiserID) -> String { "kaiser/\(kaiser)/server/status" }

    /// Where a runtime says that it serves the site.
    public static let siteClaimTopic = "kaiser/god/server/claim"

    /// Where everybody is told to stop.
    public static let broadcastEmergencyTopic = "kaiser/broadcast/emergency"

    /// `kaiser/{kaiser}/server/status`, kept by the broker; `offline` also serves as our last will.
    ///
    /// - Parameters:
    ///   - kaiser: Whose devices are told.
    ///   - online: Whether the server is there.
    ///   - reason: Why not: `unexpected_disconnect` or `graceful_shutdown`.
    ///   - time: Now, or for the last will the time of connecting.
    public static func serverStatus(
        kaiser: KaiserID = .god, online: Bool, reason: String?, at time: UnixTime
    ) -> OutboundMessage {
        var object = JSONWriter()
        object.member("status", online ? "online" : "offline")
        object.member("timestamp", time.wholeSeconds)
        if let reason { object.member("reason", reason, maximum: maximumTextBytes) }
        return OutboundMessage(
            topic: serverStatusTopic(of: kaiser), payload: object.finished(), qos: 1, isRetained: true)
    }

    /// `kaiser/god/server/claim`, kept by the broker, so that an older instance hears of it whenever it comes.
    static func siteClaim(_ claim: SiteClaim, at time: UnixTime) -> OutboundMessage {
        var object = JSONWriter()
        object.member("epoch", claim.epoch)
        object.member("instance", claim.instance)
        object.member("ts", time.wholeSeconds)
        return OutboundMessage(topic: siteClaimTopic, payload: object.finished(), qos: 1, isRetained: true)
    }

    /// An emergency stop: `actuator/emergency` for one device, `kaiser/broadcast/emergency` for all.
    ///
    /// It never expires. The broadcast's time is text: a device refuses a number there.
    static func stop(_ order: EmergencyOrder) -> OutboundMessage {
        var object = JSONWriter()
        object.member("command", "emergency_stop")
        object.member("reason", order.reason, maximum: maximumTextBytes)
        guard let address = order.address else {
            object.member("issued_by", order.issuedBy, maximum: maximumTextBytes)
            object.member("timestamp", order.issuedAt.rfc3339)
            object.member("incident_correlation_id", order.incident.description)
            if let token = order.token { object.member("auth_token", token.text) }
            return OutboundMessage(topic: broadcastEmergencyTopic, payload: object.finished(), qos: 1)
        }
        object.member("correlation_id", order.incident.description)
        if let token = order.token { object.member("auth_token", token.text) }
        return OutboundMessage(topic: topic(address, "actuator/emergency"), payload: object.finished(), qos: 1)
    }

    /// The end of an emergency stop, for one device; the broadcast knows no such command.
    static func clear(_ order: EmergencyOrder) -> OutboundMessage {
        guard let address = order.address else {
            preconditionFailure("a clearing goes to one device, \(order.incident) named none")
        }
        var object = JSONWriter()
        object.member("command", "clear_emergency")
        object.member("reason", order.reason, maximum: maximumTextBytes)
        object.member("correlation_id", order.incident.description)
        if let token = order.token { object.member("auth_token", token.text) }
        return OutboundMessage(
            topic: topic(address, "actuator/emergency"), payload: object.finished(), qos: 1,
            expirySeconds: clearExpirySeconds)
    }
}

extension UnixTime {
    /// Whole seconds since the Unix epoch, rounded down.
    var wholeSeconds: Int64 { milliseconds >= 0 ? milliseconds / 1000 : (milliseconds - 999) / 1000 }
}
