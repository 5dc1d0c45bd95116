/// How much memory Doppel had while it was looked at, in MB.
struct MemoryCourse: Codable, Sendable {
    /// Bytes of a megabyte.
    private static let megabyte = 1_000_000.0
    /// Into how many groups the looks are gathered for the slope.
    private static let groups = 30

    /// When the warm-up ended, in the end, and the least and the most between.
    var startMb: Double
    var endMb: Double
    var leastMb: Double
    var greatestMb: Double
    /// How fast it grew, by least squares, and the slope's standard error.
    var slopeMbPerHour: Double
    var slopeErrorMbPerHour: Double

    /// Follows a number of bytes through some looks.
    init(_ looks: [LoadLook], _ bytes: (LoadLook) -> Double) {
        let megabytes = looks.map { bytes($0) / Self.megabyte }
        startMb = megabytes.first ?? 0
        endMb = megabytes.last ?? 0
        leastMb = megabytes.min() ?? 0
        greatestMb = megabytes.max() ?? 0
        let points = zip(looks, megabytes).map { (x: Double($0.at) / 3600e9, y: $1) }
        let line = LeastSquares(LeastSquares.means(points, groups: Self.groups))
        slopeMbPerHour = line.slope
        slopeErrorMbPerHour = line.slopeError
    }
}
