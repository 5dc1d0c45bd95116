extension Scenario {
    /// One sensor chip of each device of a group.
    public struct Sensor: Sendable, Equatable, Codable {
        /// The pin; default 0 for I²C chips.
        public var gpio: Int?
        /// The chip: `ds18b20`, `sht31`, `ph`, `ec` or `moisture`.
        public var type: String
        /// How often it measures, in seconds; default that of the group.
        public var intervalSeconds: Int?
        /// The subzone it reports; default none.
        public var subzone: String?
        /// The I²C address, 68 or 69; default 68.
        public var i2cAddress: Int?

        /// Puts a sensor together; the rest is set member by member.
        public init(gpio: Int?, type: String) {
            self.gpio = gpio
            self.type = type
        }

        enum CodingKeys: String, CodingKey, CaseIterable {
            case gpio, type, subzone
            case intervalSeconds = "interval_seconds"
            case i2cAddress = "i2c_address"
        }

        /// Reads a sensor; only `type` must be there.
        public init(from decoder: any Decoder) throws {
            let members = try decoder.strictContainer(keyedBy: CodingKeys.self)
            gpio = try members.decodeIfPresent(Int.self, forKey: .gpio)
            type = try members.decode(String.self, forKey: .type)
            intervalSeconds = try members.decodeIfPresent(Int.self, forKey: .intervalSeconds)
            subzone = try members.decodeIfPresent(String.self, forKey: .subzone)
            i2cAddress = try members.decodeIfPresent(Int.self, forKey: .i2cAddress)
        }
    }

    /// One output of each device of a group.
    public struct Actuator: Sendable, Equatable, Codable {
        /// The pin.
        public var gpio: Int
        /// The driver: `pump`, `relay`, `valve` or `pwm`.
        public var type: String
        /// What it does to the plant; default `none`.
        public var effect: String?
        /// The subzone it reports; default none.
        public var subzone: String?
        /// The longest time on end that the firmware lets it be on, in seconds; default 3600.
        public var maxRuntimeSeconds: Int?

        /// Puts an output together; the rest is set member by member.
        public init(gpio: Int, type: String) {
            self.gpio = gpio
            self.type = type
        }

        enum CodingKeys: String, CodingKey, CaseIterable {
            case gpio, type, effect, subzone
            case maxRuntimeSeconds = "max_runtime_seconds"
        }

        /// Reads an output; `gpio` and `type` must be there.
        public init(from decoder: any Decoder) throws {
            let members = try decoder.strictContainer(keyedBy: CodingKeys.self)
            gpio = try members.decode(Int.self, forKey: .gpio)
            type = try members.decode(String.self, forKey: .type)
            effect = try members.decodeIfPresent(String.self, forKey: .effect)
            subzone = try members.decodeIfPresent(String.self, forKey: .subzone)
            maxRuntimeSeconds = try members.decodeIfPresent(Int.self, forKey: .maxRuntimeSeconds)
        }
    }

    /// How often the devices of a group do what, in seconds.
    public struct Intervals: Sendable, Equatable, Codable {
        /// Between heartbeats of a registered device; default 60.
        public var heartbeatSeconds: Int?
        /// Between the status messages of all outputs; default 30.
        public var statusSeconds: Int?
        /// Between readings of a sensor; default 30.
        public var sensorSeconds: Int?

        /// Leaves everything at its default.
        public init() {}

        enum CodingKeys: String, CodingKey, CaseIterable {
            case heartbeatSeconds = "heartbeat_seconds"
            case statusSeconds = "status_seconds"
            case sensorSeconds = "sensor_seconds"
        }

        /// Reads the intervals; none must be there.
        public init(from decoder: any Decoder) throws {
            let members = try decoder.strictContainer(keyedBy: CodingKeys.self)
            heartbeatSeconds = try members.decodeIfPresent(Int.self, forKey: .heartbeatSeconds)
            statusSeconds = try members.decodeIfPresent(Int.self, forKey: .statusSeconds)
            sensorSeconds = try members.decodeIfPresent(Int.self, forKey: .sensorSeconds)
        }
    }
}

/// Any member name, to find those that nobody asked for.
private struct AnyMember: CodingKey {
    let stringValue: String
    let intValue: Int? = nil

    init(stringValue: String) { self.stringValue = stringValue }
    init?(intValue: Int) { nil }
}

extension Decoder {
    /// The container of an object that has no other members than `keys`; a misspelt member would pass for a default.
    func strictContainer<Key: CodingKey & CaseIterable>(
        keyedBy keys: Key.Type
    ) throws -> KeyedDecodingContainer<Key> {
        let known = keys.allCases.map(\.stringValue)
        let found = try container(keyedBy: AnyMember.self).allKeys
        if let stranger = found.first(where: { !known.contains($0.stringValue) }) {
            throw DecodingError.dataCorrupted(
                DecodingError.Context(
                    codingPath: codingPath + [stranger],
                    debugDescription:
                        "'\(stranger.stringValue)' is no member here; there are \(known.joined(separator: ", "))"))
        }
        return try container(keyedBy: keys)
    }
}
