public import TwinCore

/// Something that an operator asks a device to do beside switching its outputs.
public struct OperationRequest: Sendable {
    /// Which device.
    public var device: DeviceID
    /// What it is to do.
    public var kind: TwinCore.Operation.Kind
    /// Who asks.
    public var by: String

    /// Puts a request together.
    public init(device: DeviceID, kind: TwinCore.Operation.Kind, by: String) {
        self.device = device
        self.kind = kind
        self.by = by
    }
}

/// A relay as it last spoke.
public struct RelayView: Sendable, Equatable {
    /// What it said.
    public var heartbeat: RelayHeartbeat
    /// When that arrived; `nil` when it was in an earlier run.
    public var heardAt: UnixTime?

    /// Puts a view together.
    public init(heartbeat: RelayHeartbeat, heardAt: UnixTime?) {
        self.heartbeat = heartbeat
        self.heardAt = heardAt
    }
}

/// The models in use, and what stands in the way of newer ones.
public struct CatalogueView: Sendable {
    /// What is in use.
    public var catalogue: Catalogue
    /// Since when, in this run.
    public var since: UnixTime
    /// Why the files as they are now were not taken in, each with file and line; empty when they were.
    public var problems: [String]

    /// Puts a view together.
    public init(catalogue: Catalogue, since: UnixTime, problems: [String]) {
        self.catalogue = catalogue
        self.since = since
        self.problems = problems
    }
}
