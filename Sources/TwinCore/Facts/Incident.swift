/// An emergency stop.
public struct Incident: Sendable, Equatable, Codable {
    /// Its name.
    public let id: IncidentID
    /// What it covers.
    public let scope: StopScope
    /// Why, in the operator's words.
    public let reason: String
    /// Who ordered it.
    public let issuedBy: String
    /// When it was ordered.
    public let issuedAt: UnixTime
    /// Which of the site's emergency stops it is, counted from 1; 0 for one from before they were counted.
    public let generation: UInt64
    /// Whether it is an exercise, which stops all the same.
    public let isDrill: Bool
    /// Whether its name is one that others gave, who may use it again for another stop.
    public let isNamedElsewhere: Bool

    /// Puts an incident together.
    public init(
        id: IncidentID, scope: StopScope, reason: String, issuedBy: String, issuedAt: UnixTime,
        generation: UInt64 = 0, isDrill: Bool = false, isNamedElsewhere: Bool = false
    ) {
        self.id = id
        self.generation = generation
        self.isDrill = isDrill
        self.isNamedElsewhere = isNamedElsewhere
        self.scope = scope
        self.reason = reason
        self.issuedBy = issuedBy
        self.issuedAt = issuedAt
    }

    private enum CodingKeys: String, CodingKey {
        case id, scope, reason, issuedBy, issuedAt, generation, isDrill, isNamedElsewhere
    }

    /// Reads an incident; one that was written before incidents were counted has generation 0.
    public init(from decoder: any Decoder) throws {
        let container = try decoder.container(keyedBy: CodingKeys.self)
        self.init(
            id: try container.decode(IncidentID.self, forKey: .id),
            scope: try container.decode(StopScope.self, forKey: .scope),
            reason: try container.decode(String.self, forKey: .reason),
            issuedBy: try container.decode(String.self, forKey: .issuedBy),
            issuedAt: try container.decode(UnixTime.self, forKey: .issuedAt),
            generation: try container.decodeIfPresent(UInt64.self, forKey: .generation) ?? 0,
            isDrill: try container.decodeIfPresent(Bool.self, forKey: .isDrill) ?? false,
            isNamedElsewhere: try container.decodeIfPresent(Bool.self, forKey: .isNamedElsewhere) ?? false)
    }
}
