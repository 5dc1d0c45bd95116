/// Everything Doppel knows about kinds, loaded from `twins/` as one whole.
public struct Catalogue: Sendable, Equatable {
    /// The kinds of sensors, by canonical name.
    public let sensorKinds: [SensorKind]
    /// The kinds of actuators, by canonical name.
    public let actuatorKinds: [ActuatorKind]
    /// The kinds of boards, by canonical name.
    public let boards: [Board]
    /// What sites know better, by name.
    public let sites: [Site]
    /// What devices may ask for, by name.
    public let libraries: [Library]
    /// Which catalogue this is.
    public let stamp: CatalogueStamp

    private let sensorIndex: [String: Int]
    private let actuatorIndex: [String: Int]
    private let chipIndex: [String: [Int]]
    private let virtualIndex: [String: [VirtualUse]]
    let boardIndex: [String: Int]
    let overrides: [DeviceID: DeviceOverride]
    let bonds: SiteBonds

    /// Indexes everything by name and alias.
    ///
    /// The first of two equal words, and of two sites that name one device, wins; the loader refuses such a catalogue.
    public init(
        sensorKinds: [SensorKind], actuatorKinds: [ActuatorKind], boards: [Board] = [], sites: [Site] = [],
        libraries: [Library] = [], digest: String = ""
    ) {
        self.sensorKinds = sensorKinds
        self.actuatorKinds = actuatorKinds
        self.boards = boards
        self.sites = sites
        self.libraries = libraries
        stamp = CatalogueStamp(digest: digest, sensorKinds: sensorKinds.count, actuatorKinds: actuatorKinds.count)
        sensorIndex = Self.index(sensorKinds.map { [$0.name] + $0.aliases })
        actuatorIndex = Self.index(actuatorKinds.map { [$0.name] })
        boardIndex = Self.index(boards.map { [$0.name] + $0.aliases })
        var overrides: [DeviceID: DeviceOverride] = [:]
        for site in sites { overrides.merge(site.devices) { first, _ in first } }
        self.overrides = overrides
        bonds = SiteBonds(sites, kinds: actuatorKinds)
        chipIndex = Self.chips(sensorKinds)
        virtualIndex = Self.virtualUses(sensorKinds)
    }

    /// The kind a wire word stands for, by name or alias; `nil` when unknown.
    public func sensorKind(_ word: String) -> SensorKind? { sensorIndex[word].map { sensorKinds[$0] } }

    /// The kind a wire word stands for; unknown words get short leases.
    public func actuatorKind(_ word: String) -> ActuatorKind {
        actuatorIndex[word].map { actuatorKinds[$0] } ?? .unknown(word)
    }

    /// The kinds of a chip's values, in the order of the catalogue; empty for no chip.
    public func chipKinds(_ word: String) -> [SensorKind] { (chipIndex[word] ?? []).map { sensorKinds[$0] } }

    /// The virtual kinds that a sample of a kind makes a value for.
    public func virtualUses(of kind: String) -> [VirtualUse] { virtualIndex[kind] ?? [] }

    private static func chips(_ kinds: [SensorKind]) -> [String: [Int]] {
        var chips: [String: [Int]] = [:]
        for (index, kind) in kinds.enumerated() {
            if let chip = kind.chip?.chip { chips[chip, default: []].append(index) }
        }
        return chips
    }

    private static func virtualUses(_ kinds: [SensorKind]) -> [String: [VirtualUse]] {
        var uses: [String: [VirtualUse]] = [:]
        for kind in kinds {
            for pair in kind.inputs?.pairs ?? [] {
                uses[pair.temperature, default: []].append(VirtualUse(kind: kind, partner: pair.humidity))
            }
        }
        return uses
    }

    private static func index(_ words: [[String]]) -> [String: Int] {
        var index: [String: Int] = [:]
        for (position, group) in words.enumerated() {
            for word in group where index[word] == nil { index[word] = position }
        }
        return index
    }
}
