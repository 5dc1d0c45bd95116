/// A straight line or a shift, computed from a calibration's points.
struct CalibrationFit: Equatable {
    /// The slope; 1 for a shift.
    let slope: Double
    /// The offset.
    let offset: Double

    /// What an ideal glass electrode answers with at 25 °C: ln 10 · R · T / F, in mV for each pH (Nernst's equation).
    static let idealMillivoltsPerPH = 59.16
    /// How far a usable electrode may be from that, as a share.
    static let electrodeTolerance = 0.15
    /// Which factors of a conductivity cell are believed.
    static let cellFactors = 0.5...2.0

    /// Computes what the points give.
    ///
    /// - Parameters:
    ///   - method: How.
    ///   - points: As many as the method takes.
    ///   - isInverted: Whether a moisture probe's values grow the other way.
    ///   - kind: The sensor's kind; points are taken through its own steps up to the one that applies the calibration,
    ///     so a line is always in the unit in which it will be used.
    /// - Throws: Why the points give nothing usable.
    init(
        _ method: CalibrationMethod, _ points: [CalibrationPoint], isInverted: Bool, kind: SensorKind
    ) throws(CalibrationRefusal) {
        guard points.count == method.pointCount else {
            throw CalibrationRefusal(
                "the method '\(method.rawValue)' takes \(method.pointCount) points; there are \(points.count)")
        }
        var pairs: [Pair] = []
        for point in points { pairs.append(try Pair(point, method.form, kind)) }
        switch method {
        case .offset: self.init(slope: 1, offset: pairs[0].y - pairs[0].x)
        case .linear: self = try Self.line(pairs)
        case .moisture: self = try Self.moisture(points, pairs, isInverted: isInverted)
        case .ph: self = try Self.electrode(points, pairs, kind)
        case .ecOnePoint: self = try Self.cell(points, pairs, kind)
        case .ecTwoPoint: self = try Self.airAndSolution(points, pairs)
        }
        guard slope.isFinite, offset.isFinite else {
            throw CalibrationRefusal("the points give no finite line; take them again")
        }
    }

    private init(slope: Double, offset: Double) {
        self.slope = slope
        self.offset = offset
    }

    /// What an electrode behind the kind's front end answers with, in mV for each pH.
    ///
    /// The line is in pH for each volt behind the amplifier, so 1000 / |slope| are the amplifier's millivolts for each
    /// pH, and those divided by its gain are the electrode's.
    func millivoltsPerPH(amplifierGain: Double) -> Double { 1000 / abs(slope) / amplifierGain }

    /// One point as the calibrating step sees it: x comes in, y has to come out.
    private struct Pair {
        let x: Double
        let y: Double

        init(_ point: CalibrationPoint, _ form: CalibrationUse.Form, _ kind: SensorKind) throws(CalibrationRefusal) {
            let context = ProcessingContext(celsius: point.celsius)
            guard point.raw.isFinite, point.reference.isFinite else {
                throw CalibrationRefusal("a point's raw value and reference must be finite numbers")
            }
            guard let x = kind.processing.value(before: form, of: point.raw, in: context) else {
                throw CalibrationRefusal("a raw value of \(point.raw) cannot be processed as '\(kind.name)'")
            }
            self.x = x
            y = kind.processing.target(of: point.reference, behind: form, celsius: point.celsius)
        }
    }

    private static func line(_ pairs: [Pair]) throws(CalibrationRefusal) -> Self {
        guard pairs[0].x != pairs[1].x else {
            throw CalibrationRefusal("both points have the same raw value; take the second in another reference")
        }
        guard pairs[0].y != pairs[1].y else {
            throw CalibrationRefusal("both points have the same reference; take the second in another one")
        }
        let slope = (pairs[1].y - pairs[0].y) / (pairs[1].x - pairs[0].x)
        return Self(slope: slope, offset: pairs[0].y - slope * pairs[0].x)
    }

    private static func moisture(
        _ points: [CalibrationPoint], _ pairs: [Pair], isInverted: Bool
    ) throws(CalibrationRefusal) -> Self {
        guard points.map(\.reference).sorted() == [0, 100] else {
            throw CalibrationRefusal("a moisture probe takes one point in dry ground (0) and one in wet ground (100)")
        }
        let line = try line(pairs)
        return isInverted ? Self(slope: -line.slope, offset: 100 - line.offset) : line
    }

    private static func electrode(
        _ points: [CalibrationPoint], _ pairs: [Pair], _ kind: SensorKind
    ) throws(CalibrationRefusal) -> Self {
        for point in points where !(0...14).contains(point.reference) {
            throw CalibrationRefusal("a buffer has a pH from 0 to 14, not \(point.reference)")
        }
        guard abs(points[0].reference - points[1].reference) >= 1 else {
            throw CalibrationRefusal("the two buffers must be at least 1 pH apart, such as 4.01 and 7.00")
        }
        let line = try line(pairs)
        guard line.slope < 0 else {
            throw CalibrationRefusal(
                "the voltage grows with the pH, and that of a glass electrode falls; were the buffers mixed up?")
        }
        let gain = kind.calibration?.amplifierGain ?? 1
        let answer = line.millivoltsPerPH(amplifierGain: gain)
        let tolerated = idealMillivoltsPerPH * electrodeTolerance
        guard abs(answer - idealMillivoltsPerPH) <= tolerated else {
            throw CalibrationRefusal(
                "the electrode answers with \(Self.short(answer)) mV for each pH; a usable one with "
                    + "\(Self.short(idealMillivoltsPerPH - tolerated)) to "
                    + "\(Self.short(idealMillivoltsPerPH + tolerated)). Rinse it, check the buffers and wait for "
                    + "steady values; if that does not help, clean or replace it, and check that its front end "
                    + "amplifies \(Self.short(gain)) times as '\(kind.name)' says")
        }
        return line
    }

    private static func cell(
        _ points: [CalibrationPoint], _ pairs: [Pair], _ kind: SensorKind
    ) throws(CalibrationRefusal) -> Self {
        guard points[0].reference > 0 else {
            throw CalibrationRefusal("the reference solution's conductivity must be above 0")
        }
        guard let nominal = kind.processing.defaultLine else {
            throw CalibrationRefusal("'\(kind.name)' has no nominal line that a cell factor could correct")
        }
        let factor = pairs[0].y / (nominal.slope * pairs[0].x + nominal.offset)
        guard cellFactors.contains(factor) else {
            throw CalibrationRefusal(
                "the cell's factor would be \(Self.short(factor)), and it must be \(cellFactors.lowerBound) to "
                    + "\(cellFactors.upperBound); check the solution and that the probe is fully in it")
        }
        return Self(slope: nominal.slope * factor, offset: nominal.offset * factor)
    }

    private static func airAndSolution(
        _ points: [CalibrationPoint], _ pairs: [Pair]
    ) throws(CalibrationRefusal) -> Self {
        let references = points.map(\.reference).sorted()
        guard references[0] == 0, references[1] > 0 else {
            throw CalibrationRefusal("take one point of the dry probe in air (0) and one in a reference solution")
        }
        let line = try line(pairs)
        guard line.slope > 0 else {
            throw CalibrationRefusal("the probe shows more in air than in the solution; were the points mixed up?")
        }
        return line
    }

    /// A number with at most two digits after the point, for a person.
    private static func short(_ number: Double) -> String {
        let rounded = (number * 100).rounded() / 100
        return rounded.isFinite && rounded == rounded.rounded() && abs(rounded) < 1e15
            ? "\(Int64(rounded))" : "\(rounded)"
    }
}
