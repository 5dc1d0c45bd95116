/// The straight line that comes nearest to some points, by the sum of the squares of its errors.
struct LeastSquares {
    /// How much `y` grows with each unit of `x`.
    var slope = 0.0
    /// The standard error of the slope, as far as the points' errors do not depend on each other.
    var slopeError = 0.0
    /// Where the line is in the middle of the points.
    private(set) var center = (x: 0.0, y: 0.0)

    /// Fits the line; level if there are fewer than two different `x`.
    init(_ points: [(x: Double, y: Double)]) {
        guard !points.isEmpty else { return }
        let count = Double(points.count)
        center = (points.map(\.x).reduce(0, +) / count, points.map(\.y).reduce(0, +) / count)
        let spread = points.map { ($0.x - center.x) * ($0.x - center.x) }.reduce(0, +)
        guard spread > 0 else { return }
        slope = points.map { ($0.x - center.x) * ($0.y - center.y) }.reduce(0, +) / spread
        guard points.count > 2 else { return }
        let errors = points.map { $0.y - self[$0.x] }
        slopeError = (errors.map { $0 * $0 }.reduce(0, +) / (count - 2) / spread).squareRoot()
    }

    /// The line's value at an `x`.
    subscript(x: Double) -> Double { center.y + slope * (x - center.x) }

    /// The means of neighbouring points, a number of groups of the same size; what is left over goes to no group.
    ///
    /// Neighbours of a series are alike, which makes a standard error too small; means of long groups hardly are.
    static func means(_ points: [(x: Double, y: Double)], groups: Int) -> [(x: Double, y: Double)] {
        guard points.count >= groups, groups > 0 else { return points }
        let size = points.count / groups
        return (0..<groups).map { group in
            let some = points[group * size..<(group + 1) * size]
            let count = Double(size)
            return (some.map(\.x).reduce(0, +) / count, some.map(\.y).reduce(0, +) / count)
        }
    }
}
