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
    /// Ask a device to do something beside switching outputs.
    case operate(DeviceAddress, Operation)
    /// Tell a device how it is to be configured.
    case configure(DeviceAddress, ConfigurationStep)
    /// Answer a device that asked for a raw value to be processed.
    case answerProcessing(ProcessingAnswer)
    /// Tell a device what its raw value was processed to.
    case tellProcessed(ProcessedValue)
    /// Say below a relay's name whether the server is there.
    case tellPresence(KaiserID, isOnline: Bool, at: UnixTime)
    /// Send a device a part of a library.
    case transfer(DeviceAddress, LibraryOrder)
    /// Say that this runtime serves the site.
    case claimSite(SiteClaim, at: UnixTime)

    /// Whether this leaves before anything is durable.
    ///
    /// Exactly the requests that de-energise do.
    public var leavesAtOnce: Bool {
        switch self {
        case .stopDevice, .stopEverything: true
        case .command(let command): !command.energises
        case .operate(_, let operation): operation.kind.deenergises
        case .acknowledgeHeartbeat, .eraseWill, .clearDevice, .configure, .answerProcessing, .tellProcessed,
            .tellPresence, .transfer, .claimSite:
            false
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
    /// Whether a configuration waits for the device.
    public let isConfigurationAvailable: Bool

    /// Puts an answer together.
    public init(
        address: DeviceAddress, status: DeviceStatus, handoverEpoch: UInt32, serverTime: UnixTime,
        isConfigurationAvailable: Bool = false
    ) {
        self.isConfigurationAvailable = isConfigurationAvailable
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
    /// The secret without which the device would not obey; `nil` where it wants none.
    public let token: EmergencyToken?

    /// Puts an order together.
    public init(
        address: DeviceAddress?, incident: IncidentID, reason: String, issuedBy: String, issuedAt: UnixTime,
        token: EmergencyToken? = nil
    ) {
        self.token = token
        self.address = address
        self.incident = incident
        self.reason = reason
        self.issuedBy = issuedBy
        self.issuedAt = issuedAt
    }
}

/// The answer to a device that asked for a raw value to be processed (`pi_enhanced/response`).
public struct ProcessingAnswer: Sendable, Equatable {
    /// Where it goes.
    public let address: DeviceAddress
    /// The pin the value was read from.
    public let gpio: GPIO
    /// What ties it to the request; `nil` when the device sent nothing.
    public let request: String?
    /// The values, one for each that the chip measures; empty when processing failed.
    public let values: [ProcessedMember]
    /// What went wrong; `nil` when nothing did.
    public let error: String?

    /// Puts an answer together.
    public init(
        address: DeviceAddress, gpio: GPIO, request: String? = nil, values: [ProcessedMember] = [], error: String? = nil
    ) {
        self.address = address
        self.gpio = gpio
        self.request = request
        self.values = values
        self.error = error
    }
}

/// One value that came of a raw one.
public struct ProcessedMember: Sendable, Equatable {
    /// What it measures, such as `temperature`; `value` for a sensor that measures one thing.
    public let name: String
    /// The value, in the unit.
    public let value: Double
    /// The unit.
    public let unit: String
    /// How far it can be trusted.
    public let quality: Quality

    /// Puts a value together.
    public init(name: String, value: Double, unit: String, quality: Quality) {
        self.name = name
        self.value = value
        self.unit = unit
        self.quality = quality
    }
}

/// What a raw value was processed to (`sensor/{gpio}/processed`).
public struct ProcessedValue: Sendable, Equatable {
    /// Where it goes.
    public let address: DeviceAddress
    /// The sensor's pin.
    public let gpio: GPIO
    /// The sensor's kind.
    public let type: String
    /// The value, in the unit.
    public let value: Double
    /// The unit.
    public let unit: String
    /// How far it can be trusted.
    public let quality: Quality
    /// When it was measured.
    public let eventTime: UnixTime

    /// Puts a value together.
    public init(
        address: DeviceAddress, gpio: GPIO, type: String, value: Double, unit: String, quality: Quality,
        eventTime: UnixTime
    ) {
        self.address = address
        self.gpio = gpio
        self.type = type
        self.value = value
        self.unit = unit
        self.quality = quality
        self.eventTime = eventTime
    }
}

/// One message of a library's transfer.
public enum LibraryOrder: Sendable, Equatable {
    /// It begins (`library/download_start`).
    case begin(LibraryTransfer.Plan)
    /// A chunk of it (`library/chunk`).
    case chunk(LibraryTransfer.Plan, index: Int, bytes: [UInt8])
    /// All of it was sent (`library/download_complete`).
    case complete(LibraryTransfer.Plan)
}
