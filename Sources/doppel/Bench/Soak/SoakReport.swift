/// What `doppel bench soak` prints.
struct SoakReport: Codable, Sendable {
    var minutes: Double
    var warmUpSeconds: Int
    var devices: Int
    /// Samples a second that the devices published, and that were stored, after the warm-up.
    var samplesPerSecond: Int
    var storedPerSecond: Double
    /// Places of the journal a second that the feed brought to PostgreSQL meanwhile; absent without PostgreSQL.
    var fedPerSecond: Double?
    /// The most messages that the devices had published and Doppel had not read.
    var greatestBacklog: Int
    /// The longest that a slice of rollups kept Doppel from storing, in milliseconds.
    var longestRollupSliceMs: Double
    /// How often Doppel was asked for its memory.
    var looks: Int
    /// All that is in memory, pages of files among it: the kernel takes those back whenever it wants the room.
    var resident: MemoryCourse
    /// What of it no file stands behind; only this can leak.
    var anonymous: MemoryCourse

    /// How busy the machine was with everything that ran on it, on average.
    var loadAverage: Double

    /// Puts a report together.
    init(_ plan: SoakBenchmark.Plan, _ looks: [LoadLook], fed: SoakFeed.Progress?) {
        minutes = plan.minutes
        warmUpSeconds = plan.warmUpSeconds
        devices = plan.load.devices
        samplesPerSecond = plan.load.rate
        self.looks = looks.count
        greatestBacklog = looks.map(\.waiting).max() ?? 0
        storedPerSecond = 0
        if let first = looks.first, let last = looks.last, last.at > first.at {
            storedPerSecond = last.storedPerSecond(since: first)
        }
        fedPerSecond = fed?.perSecond
        longestRollupSliceMs = looks.last?.longestSlice ?? 0
        loadAverage = looks.map(\.loadAverage).reduce(0, +) / Double(max(looks.count, 1))
        resident = MemoryCourse(looks, \.residentBytes)
        anonymous = MemoryCourse(looks, \.anonymousBytes)
    }
}
