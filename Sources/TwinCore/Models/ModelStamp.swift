/// Which version of a kind's model, and which calibration, produced a value.
public struct ModelStamp: Sendable, Hashable, Codable {
    /// The kind's version: the first 32 bits of the SHA-256 of its file; shown as 8 hexadecimal digits.
    public let version: UInt32
    /// The number of the sensor's calibration, counted from 1; 0 for none.
    public let calibration: UInt32

    /// Puts a stamp together.
    public init(version: UInt32, calibration: UInt32) {
        self.version = version
        self.calibration = calibration
    }
}

/// Which catalogue is in use.
public struct CatalogueStamp: Sendable, Equatable, Codable {
    /// SHA-256 of all files of the catalogue with their names: 64 hexadecimal digits.
    public let digest: String
    /// How many kinds of sensors it knows.
    public let sensorKinds: Int
    /// How many kinds of actuators it knows.
    public let actuatorKinds: Int

    /// Puts a stamp together.
    public init(digest: String, sensorKinds: Int, actuatorKinds: Int) {
        self.digest = digest
        self.sensorKinds = sensorKinds
        self.actuatorKinds = actuatorKinds
    }
}

/// What came of processing stored raw values again.
public struct Reprocessing: Sendable, Equatable, Codable {
    /// The earliest event time, inclusive.
    public let from: UnixTime
    /// The event time up to which, exclusive.
    public let to: UnixTime
    /// How many stored values were looked at.
    public let examined: Int
    /// How many of them changed.
    public let changed: Int
    /// The model they stem from now.
    public let model: ModelStamp
    /// Who asked.
    public let by: String

    /// Puts a report together.
    public init(from: UnixTime, to: UnixTime, examined: Int, changed: Int, model: ModelStamp, by: String) {
        self.from = from
        self.to = to
        self.examined = examined
        self.changed = changed
        self.model = model
        self.by = by
    }
}
