/// Readings that are stored and not yet in the table `history`.
///
/// The path by sensor touches a page per sensor. Entering every reading at once would make each commit write a page
/// per reading, which costs several times the rest of the commit. So readings wait here until there are
/// ``chunk`` of them, are sorted by sensor, and are then entered a slice with each commit. A query looks into the
/// table and, for what is younger than the mark, at the readings themselves; it never misses one.
struct HistoryBacklog: Sendable {
    /// One row of `history`.
    struct Entry: Sendable, Comparable {
        let sensor: Int64
        let event: Int64
        let sequence: Int64

        static func < (left: Self, right: Self) -> Bool {
            (left.sensor, left.event, left.sequence) < (right.sensor, right.event, right.sequence)
        }
    }

    /// What one commit enters.
    struct Slice: Sendable {
        /// The rows, in the table's order.
        let entries: ArraySlice<Entry>
        /// The new mark, when the slice completes a chunk.
        let completesThrough: Int64?
    }

    /// How many readings are sorted together.
    ///
    /// A query looks at up to about one and a half times as many.
    static let chunk = 32_768
    /// How many entries a commit makes for each reading that it stores, so that a chunk is done before the next.
    private static let entriesPerReading = 2
    /// How many entries a commit makes at least, so that short commits do not leave a chunk half-entered for long.
    private static let minimumSlice = 16

    /// Enters rows, except those that are in the table.
    static let insertion = RowInsertion(
        "INSERT INTO history (sensor_id, event_ms, sequence)", columns: 3, "ON CONFLICT DO NOTHING")

    private let chunk: Int
    private var filling: [Entry] = []
    private var draining: ArraySlice<Entry> = []
    private var drainingThrough: Int64 = 0

    /// Begins with nothing; other chunks than ``chunk`` are for tests.
    init(chunk: Int = Self.chunk) { self.chunk = chunk }

    /// How many readings wait.
    var count: Int { filling.count + draining.count }

    /// Takes in stored readings, oldest first.
    mutating func append(_ entries: [Entry]) {
        filling.append(contentsOf: entries)
        guard draining.isEmpty, filling.count >= chunk else { return }
        drainingThrough = filling[filling.count - 1].sequence
        draining = filling.sorted()[...]
        filling.removeAll(keepingCapacity: true)
    }

    /// What a commit of so many readings is to enter, or `nil` for nothing.
    func slice(forReadings count: Int) -> Slice? {
        guard !draining.isEmpty else { return nil }
        let entries = draining.prefix(max(count * Self.entriesPerReading, Self.minimumSlice))
        return Slice(entries: entries, completesThrough: entries.count == draining.count ? drainingThrough : nil)
    }

    /// Takes note that a slice was committed.
    mutating func remove(_ slice: Slice) { draining = draining.dropFirst(slice.entries.count) }
}
