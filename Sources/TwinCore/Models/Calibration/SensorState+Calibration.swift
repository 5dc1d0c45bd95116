extension SensorState {
    /// A live raw value serves as a calibration point while it is at most this old, in milliseconds.
    public static let liveRawMilliseconds: Int64 = 120_000

    /// Decides on one step of a guided calibration.
    ///
    /// - Parameters:
    ///   - action: What is asked.
    ///   - kind: What is known of the sensor's kind.
    ///   - celsius: The temperature of its companion, where the kind's ``SensorKind/companion`` asks for one.
    ///   - by: Who asks.
    ///   - moment: Now.
    /// - Returns: What happens; or why nothing does.
    public func decide(
        on action: CalibrationAction, kind: SensorKind?, celsius: Double? = nil, by: String, at moment: Moment
    ) -> Result<[SensorEvent], CalibrationRefusal> {
        do throws(CalibrationRefusal) {
            return .success([.calibration(try event(of: action, kind, celsius, by, at: moment))])
        } catch {
            return .failure(error)
        }
    }

    /// What the guided calibration under way would give if it were applied now.
    public func previewCalibration(
        kind: SensorKind?, celsius: Double? = nil, at moment: Moment
    ) -> Result<CalibrationPreview, CalibrationRefusal> {
        do throws(CalibrationRefusal) {
            let session = try session()
            let kind = try Self.known(kind, key)
            let fit = try CalibrationFit(session.method, session.points, isInverted: session.isInverted, kind: kind)
            var context = context(for: kind, celsius: celsius)
            context.calibration = CalibrationUse(
                number: calibration.count &+ 1, form: session.method.form, slope: fit.slope, offset: fit.offset)
            let processed = (try? liveRaw(at: moment)).map { kind.process($0, in: context) }
            return .success(
                CalibrationPreview(
                    slope: fit.slope, offset: fit.offset,
                    millivoltsPerPH: session.method == .ph
                        ? fit.millivoltsPerPH(amplifierGain: kind.calibration?.amplifierGain ?? 1) : nil,
                    value: processed?.value, quality: processed?.quality))
        } catch {
            return .failure(error)
        }
    }

    private func event(
        of action: CalibrationAction, _ kind: SensorKind?, _ celsius: Double?, _ by: String, at moment: Moment
    ) throws(CalibrationRefusal) -> CalibrationEvent {
        switch action {
        case .begin(let method, let isInverted):
            try checkMethod(method, isInverted: isInverted, try Self.known(kind, key))
            return .begun(method, isInverted: isInverted, by: by)
        case .addPoint(let reference, let raw):
            let kind = try Self.known(kind, key)
            let isAir = reference == 0 && calibration.session?.method == .ecTwoPoint
            let word = if let raw { raw } else { try liveRaw(mayBeAtRail: isAir, at: moment) }
            // The temperature now says nothing about a raw value that somebody noted down.
            let point = CalibrationPoint(
                raw: word, reference: reference, at: moment.time, celsius: raw == nil ? celsius : nil)
            try check(point, kind, mayBeAtRail: isAir)
            return .pointTaken(point)
        case .dropPoint(let index):
            let count = try session().points.count
            guard (0..<count).contains(index) else {
                throw CalibrationRefusal("there is no point \(index); there are \(count), counted from 0")
            }
            return .pointDropped(index: index)
        case .apply: return .applied(try calibrated(try Self.known(kind, key), by, at: moment))
        case .abandon:
            _ = try session()
            return .abandoned(by: by)
        case .remove:
            guard calibration.current != nil else {
                throw CalibrationRefusal("\(key.id) has no calibration; its kind's defaults hold")
            }
            return .removed(by: by)
        }
    }

    private func checkMethod(
        _ method: CalibrationMethod, isInverted: Bool, _ kind: SensorKind
    ) throws(CalibrationRefusal) {
        guard let rule = kind.calibration, !rule.methods.isEmpty else {
            throw CalibrationRefusal("sensors of the kind '\(kind.name)' are not calibrated here")
        }
        guard rule.methods.contains(method) else {
            let words = rule.methods.map { "'\($0.rawValue)'" }.joined(separator: ", ")
            throw CalibrationRefusal("the method '\(method.rawValue)' is not for '\(kind.name)', which takes \(words)")
        }
        guard !isInverted || method == .moisture else {
            throw CalibrationRefusal("only the method 'moisture' can be inverted")
        }
    }

    private func check(
        _ point: CalibrationPoint, _ kind: SensorKind, mayBeAtRail: Bool
    ) throws(CalibrationRefusal) {
        let session = try session()
        guard session.points.count < session.method.pointCount else {
            throw CalibrationRefusal(
                "the method '\(session.method.rawValue)' takes \(session.method.pointCount) points and has them; "
                    + "apply it, or drop one first")
        }
        guard point.raw.isFinite, point.reference.isFinite else {
            throw CalibrationRefusal("the raw value and the reference must be finite numbers")
        }
        let range = kind.range
        guard range.contains(point.reference) else {
            throw CalibrationRefusal(
                "the reference \(point.reference) is no value of '\(kind.name)', which are from \(range.lowerBound) to "
                    + "\(range.upperBound) \(kind.unit)")
        }
        let quality = kind.processing.convert(point.raw, in: context(for: kind)).quality
        guard quality != .error, quality != .suspect || mayBeAtRail else {
            throw CalibrationRefusal(
                "the raw value \(point.raw) is at a rail of the converter or stands for a fault; it proves nothing")
        }
    }

    private func calibrated(
        _ kind: SensorKind, _ by: String, at moment: Moment
    ) throws(CalibrationRefusal) -> Calibration {
        let session = try session()
        try checkMethod(session.method, isInverted: session.isInverted, kind)
        let fit = try CalibrationFit(session.method, session.points, isInverted: session.isInverted, kind: kind)
        guard calibration.count < .max else { throw CalibrationRefusal("the sensor was calibrated too often to count") }
        return Calibration(
            number: calibration.count + 1, method: session.method, points: session.points, slope: fit.slope,
            offset: fit.offset, isInverted: session.isInverted, by: by, at: moment.time)
    }

    /// The latest raw value; a dry conductivity probe in air reads next to nothing, which is at the lower rail.
    private func liveRaw(mayBeAtRail: Bool = false, at moment: Moment) throws(CalibrationRefusal) -> Double {
        let limit = Self.liveRawMilliseconds / 1000
        guard let latest else {
            throw CalibrationRefusal("\(key.id) has not sent a usable value yet; let it measure, or give the raw value")
        }
        if let fault {
            throw CalibrationRefusal(
                "\(key.id) reports a fault (\(fault.quality.rawValue)); a point needs a sound value")
        }
        let age = moment.time.milliseconds - latest.orderTime.milliseconds
        guard age <= Self.liveRawMilliseconds else {
            throw CalibrationRefusal(
                "the latest value of \(key.id) is \(age / 1000) s old, and a point needs one of at most \(limit) s; "
                    + "let it measure, or give the raw value")
        }
        guard latest.quality != .suspect || mayBeAtRail, latest.quality.isPlausible else {
            throw CalibrationRefusal(
                "the latest value of \(key.id) is \(latest.quality.rawValue); a point needs a sound one")
        }
        return latest.raw
    }

    private func session() throws(CalibrationRefusal) -> CalibrationState.Session {
        guard let session = calibration.session else {
            throw CalibrationRefusal("no calibration of \(key.id) is under way; begin one first")
        }
        return session
    }

    private static func known(_ kind: SensorKind?, _ key: SensorKey) throws(CalibrationRefusal) -> SensorKind {
        guard let kind else {
            throw CalibrationRefusal("nothing is known of the kind '\(key.type)', so it cannot be calibrated")
        }
        return kind
    }
}
