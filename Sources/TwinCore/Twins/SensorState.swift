/// Everything that is known of one sensor; changed by ``SensorState/apply(_:at:)`` alone.
public struct SensorState: Sendable, Equatable, Codable {
    /// Which sensor of its device.
    public let key: SensorKey
    /// The newest plausible sample by event time.
    public private(set) var latest: Sample?
    /// When `latest` reached the runtime, on the run's own clock, which no jump of a wall clock makes younger.
    public private(set) var latestAt: Uptime?
    /// What `latest` is compared with to tell where the value goes; `nil` before the second sample.
    public private(set) var earlier: TrendPoint?
    /// The newest fault, when it is newer than `latest`.
    public private(set) var fault: Sample?
    /// How many samples arrived.
    public private(set) var count: UInt64 = 0
    /// How it is calibrated, and how it is being calibrated.
    public internal(set) var calibration = CalibrationState()
    /// Whether its raw values are processed or, after failures, passed through.
    public private(set) var breaker = ProcessingBreaker()
    /// The calibration words that its chip's factory burnt in, once the device has sent them.
    public private(set) var words: BoschWords?
    /// The latest time its stored values were processed again.
    public private(set) var reprocessing: Reprocessing?

    /// Makes a sensor that has not spoken.
    public init(key: SensorKey) { self.key = key }

    /// Takes one fact into the state.
    ///
    /// A late sample counts, and belongs to history only. A fault never displaces the latest plausible sample; it
    /// stands beside it until a newer plausible sample arrives.
    public mutating func apply(_ event: SensorEvent, at moment: Moment) {
        switch event {
        case .sampled(let sample): take(sample, at: moment)
        case .registersReported(let words): self.words = words
        case .calibration(let event): calibration.apply(event, at: moment)
        case .reprocessed(let report): reprocessing = report
        }
    }

    /// A new run of the runtime began: what counted the last run's uptime counts this one's.
    public mutating func beginRun(at moment: Moment) {
        calibration.beginRun(at: moment)
        if let latest {
            // Where the wall clock was set back behind the receipt, nobody knows how old the value is.
            let isKnown = latest.receiptTime <= moment.time
            latestAt =
                !isKnown ? nil : Moment(time: latest.receiptTime, uptime: moment.uptime).rebased(at: moment).uptime
        }
    }

    private mutating func take(_ sample: Sample, at moment: Moment) {
        count += 1
        breaker.take(sample)
        if sample.quality.isPlausible {
            if let latest, latest.orderTime > sample.orderTime { return }
            compare(with: sample)
            latest = sample
            latestAt = moment.uptime
            if let fault, fault.orderTime <= sample.orderTime { self.fault = nil }
        } else {
            if let latest, latest.orderTime > sample.orderTime { return }
            if let fault, fault.orderTime > sample.orderTime { return }
            fault = sample
        }
    }

    /// Keeps a point to compare with that is about a minute old, or the sample before where samples are rarer.
    private mutating func compare(with sample: Sample) {
        guard let latest, let value = latest.value else { return }
        let age = earlier.map { sample.orderTime.milliseconds - $0.at.milliseconds } ?? .max
        if age >= TrendPoint.spanMilliseconds { earlier = TrendPoint(value: value, at: latest.orderTime) }
    }
}

/// A value and its time, to tell where later ones go.
public struct TrendPoint: Sendable, Equatable, Codable {
    /// How far back a value is compared with, at least, in milliseconds, where samples are that frequent.
    public static let spanMilliseconds: Int64 = 60_000

    /// The value.
    public let value: Double
    /// When it was measured.
    public let at: UnixTime
}

extension SensorState {
    /// How fast the value changes, per minute; `nil` until two values tell.
    public var slopePerMinute: Double? {
        guard let value = latest?.value, let time = latest?.orderTime, let earlier, time > earlier.at else {
            return nil
        }
        return (value - earlier.value) * 60_000 / Double(time.milliseconds - earlier.at.milliseconds)
    }

    /// How far the shown value can be trusted now: its sample's quality, `stale` once it is too old, `error` while a
    /// newer sample reports a fault, `unknown` before the first.
    public func quality(kind: SensorKind?, at moment: Moment) -> Quality {
        if let fault { return fault.quality }
        guard let latest else { return .unknown }
        guard let limit = kind?.staleAfterSeconds else { return latest.quality }
        // A device whose clock runs ahead cannot keep its value fresh beyond its receipt.
        let age = moment.time.milliseconds - latest.orderTime.milliseconds
        return age > Int64(limit) * 1000 ? Quality.worse(latest.quality, .stale) : latest.quality
    }

    /// What the sensor shows, for the limits of an output.
    ///
    /// - Parameters:
    ///   - quality: How far the value can be trusted now.
    ///   - device: Whose sensor it is.
    ///   - moment: Now.
    public func reading(quality: Quality, of device: DeviceID, at moment: Moment) -> SensorReading {
        let name = "\(device) \(key.id)"
        guard let latest, let latestAt else {
            return SensorReading(
                name: name, value: nil, quality: quality, ageMilliseconds: 0, receivedAt: moment.uptime)
        }
        // The older of what both clocks say: neither a jump nor a device's clock makes a value young.
        let age = max(
            moment.uptime.milliseconds(since: latestAt),
            moment.time.milliseconds - latest.orderTime.milliseconds)
        return SensorReading(
            name: name, value: latest.value, quality: quality, ageMilliseconds: age,
            slopePerMinute: slopePerMinute, receivedAt: latestAt)
    }
}

/// What a sensor makes of a report.
public struct SensorDecision: Sendable, Equatable {
    /// The judged sample.
    public let sample: Sample
    /// Calibration words of the chip that the sensor did not know; to be journalled before the sample.
    public let newWords: BoschWords?

    /// The facts, in order.
    public var events: [SensorEvent] {
        guard let newWords else { return [.sampled(sample)] }
        return [.registersReported(newWords), .sampled(sample)]
    }
}

extension SensorState {
    /// Judges a report with everything that is known of the sensor.
    ///
    /// - Parameters:
    ///   - report: What the device said.
    ///   - kind: What is known of its kind.
    ///   - celsius: The temperature of its companion, where the kind's ``SensorKind/companion`` asks for one.
    ///   - siblingWords: Calibration words that another sensor of the same chip knows.
    ///   - digest: The report's digest, made unique for devices without a clock.
    ///   - moment: When it reached the runtime.
    /// - Throws: A refusal when the sample is too old to store, or kept by the broker without a time of its own.
    public func decide(
        on report: SensorReport, kind: SensorKind?, celsius: Double? = nil, siblingWords: BoschWords? = nil,
        digest: UInt64, at moment: Moment
    ) throws(Refusal) -> SensorDecision {
        var newWords: BoschWords?
        if let sent = report.registers?.words {
            let merged = sent.completed(by: words)
            if merged != words { newWords = merged }
        }
        let sample = try Sample(
            report, kind: kind,
            context: context(
                for: kind, celsius: celsius, registers: report.registers, siblingWords: siblingWords),
            passesRawThrough: breaker.isOpen(at: moment.time), digest: digest, at: moment)
        return SensorDecision(sample: sample, newWords: newWords)
    }

    /// What processing may use for this sensor.
    public func context(
        for kind: SensorKind?, celsius: Double? = nil, registers: ChipRegisters? = nil, siblingWords: BoschWords? = nil
    ) -> ProcessingContext {
        var context = ProcessingContext(celsius: celsius, registers: registers)
        if let current = calibration.current { context.calibration = kind?.use(of: current) }
        if registers != nil || words != nil || siblingWords != nil {
            let known = words?.completed(by: siblingWords) ?? siblingWords
            context.registers = ChipRegisters(
                words: registers?.words?.completed(by: known) ?? known, rawTemperature: registers?.rawTemperature)
        }
        return context
    }
}
