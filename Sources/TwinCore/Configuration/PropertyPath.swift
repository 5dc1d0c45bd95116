/// One part of a device's configuration that is wished, sent and answered on its own.
public enum PropertyPath: Sendable, Hashable, Codable, Comparable, CustomStringConvertible {
    case name
    case board
    case zone
    case sensor(SensorKey)
    case actuator(GPIO)
    case subzone(String)

    /// The path as the API writes it: `zone`, `sensors/4:ds18b20`, `actuators/26`, `subzones/bench_1`.
    public var description: String {
        switch self {
        case .name: "name"
        case .board: "board"
        case .zone: "zone"
        case .sensor(let key): "sensors/\(key.id)"
        case .actuator(let gpio): "actuators/\(gpio)"
        case .subzone(let id): "subzones/\(id)"
        }
    }

    /// Orders as they are sent: the zone, then sensors and actuators, then subzones, which need the zone.
    public static func < (left: Self, right: Self) -> Bool {
        (left.rank, left.description) < (right.rank, right.description)
    }

    /// Which kind of step carries it; `nil` for what the server alone knows.
    var lane: ConfigurationLane? {
        switch self {
        case .name, .board: nil
        case .zone: .zone
        case .sensor, .actuator: .push
        case .subzone: .subzones
        }
    }

    /// Which section of a push carries it; `nil` for what no push carries.
    var section: ConfigurationAnswer.Section? {
        switch self {
        case .name, .board, .zone, .subzone: nil
        case .sensor: .sensor
        case .actuator: .actuator
        }
    }

    private var rank: Int {
        switch self {
        case .name: 0
        case .board: 1
        case .zone: 2
        case .sensor: 3
        case .actuator: 4
        case .subzone: 5
        }
    }
}

/// Where a wished property stands.
public enum PropertyState: Sendable, Equatable, Codable {
    /// It differs from what the device reported and waits to be sent. Next: sent, applied, expired.
    case pending
    /// It was sent. Next: accepted, applied, refused, pending, expired.
    case sent
    /// The device took it in and has not carried it out. Next: applied, refused, pending, expired.
    case accepted
    /// The device carried it out, or had it already. Next: pending.
    case applied
    /// The device said no, and why. Next: pending, with another wish or the same once more.
    case refused(String)
    /// It was not carried out while it was valid, and is not sent any more. Next: pending, with another wish or the
    /// same once more; applied, when the device's answer came late.
    case expired

    /// Whether the wish is still to be carried out.
    public var isOpen: Bool {
        switch self {
        case .pending, .sent, .accepted: true
        case .applied, .refused, .expired: false
        }
    }

    /// Whether the device was told and has not answered.
    var isUnderWay: Bool {
        switch self {
        case .sent, .accepted: true
        case .pending, .applied, .refused, .expired: false
        }
    }
}
