/// Everything Doppel knows about kinds, loaded from `twins/` as one whole.
public struct Catalogue: Sendable, Equatable {
    /// The kinds of sensors, by canonical name.
    public let sensorKinds: [SensorKind]
    /// The kinds of actuators, by canonical name.
    public let actuatorKinds: [ActuatorKind]
    /// The kinds of boards, by canonical name.
    public let boards: [Board]
    /// What devices may ask for, by name.
    public let libraries: [Library]
    /// Which catalogue this is.
    public let stamp: CatalogueStamp

    private let sensorIndex: [String: Int]
    private let actuatorIndex: [String: Int]

    /// Indexes the kinds by name and alias; the first of two equal words wins (the loader refuses such a catalogue).
    public init(
        sensorKinds: [SensorKind], actuatorKinds: [ActuatorKind], boards: [Board] = [], libraries: [Library] = [],
        digest: String = ""
    ) {
        self.boards = boards
        self.libraries = libraries
        stamp = CatalogueStamp(
            digest: digest, sensorKinds: sensorKinds.count, actuatorKinds: actuatorKinds.count)
        self.sensorKinds = sensorKinds
        self.actuatorKinds = actuatorKinds
        var sensors: [String: Int] = [:]
        for (index, kind) in sensorKinds.enumerated() {
            for word in [kind.name] + kind.aliases where sensors[word] == nil { sensors[word] = index }
        }
        sensorIndex = sensors
        var actuators: [String: Int] = [:]
        for (index, kind) in actuatorKinds.enumerated() where actuators[kind.name] == nil {
            actuators[kind.name] = index
        }
        actuatorIndex = actuators
    }

    /// The kind a wire word stands for, by name or alias; `nil` when unknown.
    public func sensorKind(_ word: String) -> SensorKind? { sensorIndex[word].map { sensorKinds[$0] } }

    /// The kind a wire word stands for; unknown words get short leases.
    public func actuatorKind(_ word: String) -> ActuatorKind {
        actuatorIndex[word].map { actuatorKinds[$0] } ?? .unknown(word)
    }
}
