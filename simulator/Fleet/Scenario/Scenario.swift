/// A fleet as it is written down: groups of like devices.
///
/// Decoded from a file of `simulator/scenarios/`.
///
/// Decoding checks names and types of members; ``devices()`` checks what they say.
public struct Scenario: Sendable, Equatable, Codable {
    /// What the fleet is called.
    public var name: String
    /// Decides every device's climate, noise and phase.
    public var seed: UInt64
    /// The groups, in order.
    public var groups: [Group]

    /// Puts a scenario together.
    public init(name: String, seed: UInt64, groups: [Group]) {
        self.name = name
        self.seed = seed
        self.groups = groups
    }

    enum CodingKeys: String, CodingKey, CaseIterable {
        case name, seed
        case groups = "devices"
    }

    /// Reads a scenario.
    ///
    /// Members: `name` (text), `seed` (whole number, default 1), `devices` (list of ``Group``).
    public init(from decoder: any Decoder) throws {
        let members = try decoder.strictContainer(keyedBy: CodingKeys.self)
        name = try members.decode(String.self, forKey: .name)
        seed = try members.decodeIfPresent(UInt64.self, forKey: .seed) ?? 1
        groups = try members.decode([Group].self, forKey: .groups)
    }
}

extension Scenario {
    /// Devices that are alike but for their names.
    public struct Group: Sendable, Equatable, Codable {
        /// How many; with ``ids`` it may be left out.
        public var count: Int?
        /// Their names; without, they are made of ``idPrefix`` and a running number.
        public var ids: [String]?
        /// Up to four upper-case hexadecimal digits that follow `ESP_`; default the group's number in two digits.
        public var idPrefix: String?
        /// The relay part of their topics; default `god`.
        public var kaiser: String?
        /// The zone they report; default none.
        public var zone: String?
        /// The master zone they report; default none.
        public var masterZone: String?
        /// The board; default `ESP32_WROOM`.
        public var hardware: String?
        /// Their sensors; default none.
        public var sensors: [Sensor]
        /// Their outputs; default none.
        public var actuators: [Actuator]
        /// How often they do what.
        public var intervals: Intervals?
        /// What `actuator/emergency` must carry; default nothing.
        public var emergencyToken: String?
        /// What `kaiser/broadcast/emergency` must carry; default nothing.
        public var broadcastToken: String?
        /// Whether they get the time by themselves; default true.
        public var hasNetworkTime: Bool?
        /// What they do otherwise than good devices; default nothing.
        public var personality: Traits?

        /// Puts a group together; the rest is set member by member.
        public init(count: Int, sensors: [Sensor] = [], actuators: [Actuator] = []) {
            self.count = count
            self.sensors = sensors
            self.actuators = actuators
        }

        enum CodingKeys: String, CodingKey, CaseIterable {
            case count, ids, kaiser, zone, hardware, sensors, actuators, intervals, personality
            case idPrefix = "id_prefix"
            case masterZone = "master_zone"
            case emergencyToken = "emergency_token"
            case broadcastToken = "broadcast_token"
            case hasNetworkTime = "has_network_time"
        }

        /// Reads a group; the members are those of ``CodingKeys``, all optional but one of `count` and `ids`.
        public init(from decoder: any Decoder) throws {
            let members = try decoder.strictContainer(keyedBy: CodingKeys.self)
            count = try members.decodeIfPresent(Int.self, forKey: .count)
            ids = try members.decodeIfPresent([String].self, forKey: .ids)
            idPrefix = try members.decodeIfPresent(String.self, forKey: .idPrefix)
            kaiser = try members.decodeIfPresent(String.self, forKey: .kaiser)
            zone = try members.decodeIfPresent(String.self, forKey: .zone)
            masterZone = try members.decodeIfPresent(String.self, forKey: .masterZone)
            hardware = try members.decodeIfPresent(String.self, forKey: .hardware)
            sensors = try members.decodeIfPresent([Sensor].self, forKey: .sensors) ?? []
            actuators = try members.decodeIfPresent([Actuator].self, forKey: .actuators) ?? []
            intervals = try members.decodeIfPresent(Intervals.self, forKey: .intervals)
            emergencyToken = try members.decodeIfPresent(String.self, forKey: .emergencyToken)
            broadcastToken = try members.decodeIfPresent(String.self, forKey: .broadcastToken)
            hasNetworkTime = try members.decodeIfPresent(Bool.self, forKey: .hasNetworkTime)
            personality = try members.decodeIfPresent(Traits.self, forKey: .personality)
        }
    }
}
