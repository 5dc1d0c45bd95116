/// Something a twin asks the runtime to do.
///
/// A twin never publishes: it requests. What de-energises leaves at once; everything else leaves when the facts it
/// follows from are durable.
public enum Request: Sendable, Equatable {
    /// Answer a heartbeat, which opens or closes the device's registration gate.
    case acknowledgeHeartbeat(HeartbeatAck)
    /// Erase the last will that the broker keeps for a device that is alive.
    case eraseWill(DeviceAddress)
    /// Switch an actuator. Only the gate can build the payload.
    case command(ClearedCommand)
    /// Tell one device to stop everything.
    case stopDevice(EmergencyOrder)
    /// Tell one device that its outputs may be commanded again.
    case clearDevice(EmergencyOrder)
    /// Tell every device to stop everything.
    case stopEverything(EmergencyOrder)

    /// Whether this leaves before anything is durable.
    ///
    /// Exactly the requests that de-energise do.
    public var leavesAtOnce: Bool {
        switch self {
        case .stopDevice, .stopEverything: true
        case .command(let command): !command.energises
        case .acknowledgeHeartbeat, .eraseWill, .clearDevice: false
        }
    }
}

/// Where a device is reached.
public struct DeviceAddress: Sendable, Hashable, Codable {
    /// The relay part of its topics.
    public let kaiser: KaiserID
    /// The device.
    public let device: DeviceID

    /// Puts an address together.
    public init(kaiser: KaiserID, device: DeviceID) {
        self.kaiser = kaiser
        self.device = device
    }
}

/// The answer to a heartbeat (`system/heartbeat/ack`).
public struct HeartbeatAck: Sendable, Equatable {
    /// Where it goes.
    public let address: DeviceAddress
    /// What the runtime thinks of the device.
    public let status: DeviceStatus
    /// The epoch the device waits for; at least 1.
    public let handoverEpoch: UInt32
    /// The runtime's time, which a device without a clock adopts.
    public let serverTime: UnixTime

    /// Puts an answer together.
    public init(address: DeviceAddress, status: DeviceStatus, handoverEpoch: UInt32, serverTime: UnixTime) {
        self.address = address
        self.status = status
        self.handoverEpoch = max(1, handoverEpoch)
        self.serverTime = serverTime
    }
}

/// An emergency stop or its clearing, for one device or for all.
public struct EmergencyOrder: Sendable, Equatable {
    /// Where it goes; `nil` for the broadcast.
    public let address: DeviceAddress?
    /// The incident it belongs to.
    public let incident: IncidentID
    /// Why, in the operator's words.
    public let reason: String
    /// Who ordered it.
    public let issuedBy: String
    /// When it was ordered.
    public let issuedAt: UnixTime

    /// Puts an order together.
    public init(address: DeviceAddress?, incident: IncidentID, reason: String, issuedBy: String, issuedAt: UnixTime) {
        self.address = address
        self.incident = incident
        self.reason = reason
        self.issuedBy = issuedBy
        self.issuedAt = issuedAt
    }
}
