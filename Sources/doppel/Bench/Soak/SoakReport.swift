/// What `doppel bench soak` prints.
struct SoakReport: Codable, Sendable {
    /// Bytes of a megabyte.
    private static let megabyte = 1_000_000.0
    /// Into how many groups the looks are gathered for the slope.
    private static let groups = 30

    var minutes: Double
    var warmUpSeconds: Int
    var devices: Int
    /// Samples a second that the devices published, and that were stored, after the warm-up.
    var samplesPerSecond: Int
    var storedPerSecond: Double
    /// The most messages that the devices had published and Doppel had not read.
    var greatestBacklog: Int
    /// How often Doppel was asked for its memory.
    var looks: Int
    /// Resident memory when the warm-up ended, in the end, and the least and the most between, in MB.
    var startMb: Double
    var endMb: Double
    var leastMb: Double
    var greatestMb: Double
    /// How fast it grew, by least squares, and the slope's standard error.
    var slopeMbPerHour: Double
    var slopeErrorMbPerHour: Double

    /// Puts a report together.
    init(_ plan: SoakBenchmark.Plan, _ looks: [LoadLook]) {
        minutes = plan.minutes
        warmUpSeconds = plan.warmUpSeconds
        devices = plan.load.devices
        samplesPerSecond = plan.load.rate
        self.looks = looks.count
        greatestBacklog = looks.map(\.waiting).max() ?? 0
        let megabytes = looks.map { $0.residentBytes / Self.megabyte }
        startMb = megabytes.first ?? 0
        endMb = megabytes.last ?? 0
        leastMb = megabytes.min() ?? 0
        greatestMb = megabytes.max() ?? 0
        storedPerSecond = 0
        if let first = looks.first, let last = looks.last, last.at > first.at {
            storedPerSecond = last.storedPerSecond(since: first)
        }
        let points = zip(looks, megabytes).map { (x: Double($0.at) / 3600e9, y: $1) }
        let line = LeastSquares(LeastSquares.means(points, groups: Self.groups))
        slopeMbPerHour = line.slope
        slopeErrorMbPerHour = line.slopeError
    }
}
