/// What a verification found.
public struct JournalReport: Sendable, Equatable {
    /// The most damages that are named; more are only counted.
    public static let maximumNamed = 1_000

    /// The file.
    public var path: String
    /// Each table that was checked, in the order of checking.
    public var tables: [TableVerification] = []
    /// The chain of safety records.
    public var chain = ChainVerification()
    /// What is damaged, at most ``maximumNamed``, in the order of finding.
    public private(set) var damages: [JournalDamage] = []
    /// How many damages there are.
    public private(set) var damageCount = 0

    /// Whether nothing is damaged.
    public var isIntact: Bool { damageCount == 0 }

    /// Begins a report.
    public init(path: String) { self.path = path }

    /// Takes in a damage.
    public mutating func add(_ damage: JournalDamage) {
        damageCount += 1
        if damages.count < Self.maximumNamed { damages.append(damage) }
    }

    /// Takes in damages that are more than can be named.
    mutating func addUnnamed(_ count: Int) { damageCount += count }
}

/// One thing that is not as it was stored.
public struct JournalDamage: Sendable, Equatable {
    /// The table; `file` for what belongs to none.
    public var table: String
    /// The key of the record, such as `sequence=17`; empty when it is about the table as a whole.
    public var record: String
    /// What the record is, as far as it can be read: device, kind, time.
    public var about: String
    /// What is wrong with it.
    public var problem: String

    /// Puts a damage together.
    public init(table: String, record: String = "", about: String = "", problem: String) {
        self.table = table
        self.record = record
        self.about = about
        self.problem = problem
    }
}

/// What was found in one table.
public struct TableVerification: Sendable, Equatable {
    /// The table's name.
    public var name: String
    /// How many rows were read.
    public var rows = 0
    /// How many of them bear no seal: an older version stored them.
    public var unsealed = 0
    /// How many damages were found in it.
    public var damages = 0

    /// Begins with nothing.
    public init(name: String) { self.name = name }
}

/// What was found of the chain of safety records.
public struct ChainVerification: Sendable, Equatable {
    /// How many records were checked.
    public var records = 0
    /// How many were removed by retention before the first of them.
    public var removed = 0
    /// The last one's sequence number; 0 when there is none.
    public var lastSequence: Int64 = 0
    /// The last one's hash, 64 hexadecimal digits: noted elsewhere, it proves that the past was not rewritten.
    public var lastHash = ""

    /// Begins with nothing.
    public init() {}
}

/// How far a verification has come.
public struct VerificationProgress: Sendable, Equatable {
    /// What is being checked: a table's name, `structure` or `safety_records`.
    public var stage: String
    /// How many rows of it are done.
    public var rows: Int
    /// About how many there are; `nil` when nobody knows.
    public var of: Int?

    /// Puts a progress together.
    public init(stage: String, rows: Int, of: Int? = nil) {
        self.stage = stage
        self.rows = rows
        self.of = of
    }
}
