/// What a device is told about its configuration in one message; one is under way at a time.
public struct ConfigurationStep: Sendable, Equatable, Codable {
    /// What the device echoes: `cfg-…`, `z-…` or `sz-…`.
    public let id: CommandID
    /// When it was put together; a repetition says the same.
    public let issuedAt: UnixTime
    /// What the device is to do.
    public let order: Order

    /// Puts a step together.
    public init(id: CommandID, issuedAt: UnixTime, order: Order) {
        self.id = id
        self.issuedAt = issuedAt
        self.order = order
    }

    /// What a device is to do.
    public enum Order: Sendable, Equatable, Codable {
        /// Take in items of the sensor and actuator sections.
        case push(ConfigurationPush)
        /// Belong to a zone; with an empty id to none.
        case zone(ZoneWish)
        /// Have a subzone.
        case subzone(SubzoneAssignment)
        /// Forget a subzone; with how it was.
        case subzoneRemoval(String, SubzoneWish)
    }

    /// What it speaks of, in order.
    public var paths: [PropertyPath] {
        switch order {
        case .push(let push):
            push.sensors.map { .sensor($0.key) } + push.actuators.map { .actuator($0.gpio) }
        case .zone: [.zone]
        case .subzone(let assignment): [.subzone(assignment.subzone)]
        case .subzoneRemoval(let subzone, _): [.subzone(subzone)]
        }
    }

    /// Which kind of step it is.
    var lane: ConfigurationLane {
        switch order {
        case .push: .push
        case .zone: .zone
        case .subzone, .subzoneRemoval: .subzones
        }
    }

    /// Writes what a device that obeys holds of a property into its report.
    func carryOut(_ path: PropertyPath, in report: inout Desired) {
        switch (order, path) {
        case (.push(let push), .sensor(let key)):
            guard let item = push.sensors.first(where: { $0.key == key }) else { return }
            report.sensors[key] = item.isActive ? item.wish : nil
        case (.push(let push), .actuator(let gpio)):
            guard let item = push.actuators.first(where: { $0.gpio == gpio }) else { return }
            report.actuators[gpio] = item.isActive ? item.wish : nil
        case (.zone(let wish), .zone): report.zone = wish
        case (.subzone(let assignment), .subzone(let id)) where id == assignment.subzone:
            report.subzones[id] = assignment.wish
        case (.subzoneRemoval(let removed, _), .subzone(let id)) where id == removed: report.subzones[id] = nil
        default: break  // A step says nothing of other properties.
        }
    }

    /// Writes what was said of a property into the record of what is unconfirmed; of a removal, how it was.
    func record(_ path: PropertyPath, in record: inout Desired) {
        switch (order, path) {
        case (.push(let push), .sensor(let key)):
            record.sensors[key] = push.sensors.first { $0.key == key }?.wish
        case (.push(let push), .actuator(let gpio)):
            record.actuators[gpio] = push.actuators.first { $0.gpio == gpio }?.wish
        case (.subzoneRemoval(let removed, let wish), .subzone(let id)) where id == removed:
            record.subzones[id] = wish
        default: carryOut(path, in: &record)
        }
    }
}

/// A subzone as a device is told to have it.
public struct SubzoneAssignment: Sendable, Equatable, Codable {
    /// Its id.
    public let subzone: String
    /// How it is to be.
    public let wish: SubzoneWish
    /// Whether its outputs are isolated, which being told of it must not undo, whatever the wish says.
    public let isIsolated: Bool
    /// The zone the device is in, which it compares.
    public let parentZone: String
    /// How many sensors belong to it.
    public let sensorCount: Int
    /// How many actuators belong to it.
    public let actuatorCount: Int

    /// Puts an assignment together.
    public init(
        subzone: String, wish: SubzoneWish, isIsolated: Bool = false, parentZone: String, sensorCount: Int,
        actuatorCount: Int
    ) {
        self.subzone = subzone
        self.wish = wish
        self.isIsolated = isIsolated
        self.parentZone = parentZone
        self.sensorCount = sensorCount
        self.actuatorCount = actuatorCount
    }
}

/// Why a step is over.
public enum StepEnd: Sendable, Equatable, Codable, CustomStringConvertible {
    /// The device answered all of it.
    case answered
    /// The device answered a part; the rest is told anew.
    case answeredInPart
    /// The device said no to the whole and nothing of what is left: all of that is refused.
    case refused(String)
    /// The device could not take it in, or nobody answered: it is told again after a pause.
    case postponed(String)
    /// It is told no more as it was: the device left, or something else is wished.
    case dropped(String)

    /// Why, for a person to read.
    public var description: String {
        switch self {
        case .answered: "answered"
        case .answeredInPart: "answered in part, the rest is told anew"
        case .refused(let reason): "refused: \(reason)"
        case .postponed(let reason): "postponed: \(reason)"
        case .dropped(let reason): "dropped: \(reason)"
        }
    }
}
