public import TwinCore

/// How far a copy of a whole history into an empty journal has come: rows first, then records, table by table.
public struct CopyPlace: Sendable, Equatable, Codable {
    /// A twin of the past.
    public struct PastTwin: Sendable, Equatable, Codable {
        /// Whose.
        public var device: String
        /// The last fact in it.
        public var sequence: UInt64

        /// Names one.
        public init(device: String, sequence: UInt64) {
            self.device = device
            self.sequence = sequence
        }
    }

    /// The sequence number up to which every fact and sample is there.
    public var sequence: UInt64 = 0
    /// Whether no fact and no sample is left.
    public var hasRows = false
    /// The last command that is there, in the order of names; `nil` for none.
    public var command: String?
    /// The last device whose twin is there, in the order of names; `nil` for none.
    public var twin: String?
    /// The last twin of the past that is there; `nil` for none.
    public var pastTwin: PastTwin?

    /// Begins at the beginning.
    public init() {}
}

/// How much of each kind a store holds of one journal.
public struct HistoryCounts: Sendable, Equatable {
    /// How many samples were measured on each UTC day, by days since 1970.
    public var readingsByDay: [Int64: Int] = [:]
    /// How many facts are no safety records.
    public var events = 0
    /// How many facts are safety records.
    public var safetyRecords = 0
    /// How many commands there are.
    public var commands = 0
    /// How many devices have a twin.
    public var twins = 0
    /// How many twins of the past there are.
    public var pastTwins = 0

    /// Begins with nothing.
    public init() {}

    /// How many samples there are.
    public var readings: Int { readingsByDay.values.reduce(0, +) }

    /// The first UTC day, in days since 1970, of which another store holds more samples or fewer; `nil` for none.
    public func firstOtherDay(_ other: Self) -> Int64? {
        Set(readingsByDay.keys).union(other.readingsByDay.keys).sorted()
            .first { readingsByDay[$0] != other.readingsByDay[$0] }
    }
}

/// What a copy of a journal must know of it beside its rows.
public struct CopyOrigin: Sendable {
    /// The journal's name.
    public var journal: String
    /// What its chain of safety records hangs on.
    public var anchor: SafetyAnchor
    /// Whether retention removed safety records, so that the first one does not follow the anchor.
    public var isChainCut = false
    /// The event time before which samples may have been removed.
    public var readingsFrom = UnixTime(milliseconds: 0)
    /// The event time before which rollups may have been removed.
    public var rollupsFrom = UnixTime(milliseconds: 0)
    /// From when on twins can be rebuilt.
    public var pastFrom = UnixTime(milliseconds: 0)
    /// The last fact in each device's twin.
    public var twins: [DeviceID: UInt64] = [:]

    /// Names a journal.
    public init(journal: String, anchor: SafetyAnchor) {
        self.journal = journal
        self.anchor = anchor
    }
}

/// A record that one store holds, by what tells it from others and when it was made.
public struct RecordPlace<Name: Sendable & Hashable>: Sendable, Hashable {
    /// Its number or name.
    public var name: Name
    /// When it was made.
    public var time: UnixTime

    /// Puts a place together.
    public init(name: Name, time: UnixTime) {
        self.name = name
        self.time = time
    }
}

/// What one store holds, looked for in another one.
public struct HeldRecords: Sendable, Equatable {
    /// How many were looked for; not those that the other store's retention removed.
    public var wanted = 0
    /// How many of them are there.
    public var found = 0
    /// The first one that is not; `nil` for none.
    public var firstMissing: String?

    /// Begins with nothing.
    public init() {}

    /// Takes in what was looked for and what was found of it.
    public mutating func add<Name: Hashable & CustomStringConvertible>(_ names: [Name], found: Set<Name>) {
        wanted += names.count
        self.found += names.count { found.contains($0) }
        firstMissing = firstMissing ?? names.first { !found.contains($0) }?.description
    }
}
