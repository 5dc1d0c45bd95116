/// Everything that is known of one sensor; changed by ``SensorState/apply(_:at:)`` alone.
public struct SensorState: Sendable, Equatable, Codable {
    /// Which sensor of its device.
    public let key: SensorKey
    /// The newest plausible sample by event time.
    public private(set) var latest: Sample?
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
        case .sampled(let sample): take(sample)
        case .registersReported(let words): self.words = words
        case .calibration(let event): calibration.apply(event, at: moment)
        case .reprocessed(let report): reprocessing = report
        }
    }

    /// A new run of the runtime began: what counted the last run's uptime counts this one's.
    public mutating func beginRun(at moment: Moment) { calibration.beginRun(at: moment) }

    private mutating func take(_ sample: Sample) {
        count += 1
        breaker.take(sample)
        if sample.quality.isPlausible {
            if let latest, latest.orderTime > sample.orderTime { return }
            latest = sample
            if let fault, fault.orderTime <= sample.orderTime { self.fault = nil }
        } else {
            if let latest, latest.orderTime > sample.orderTime { return }
            if let fault, fault.orderTime > sample.orderTime { return }
            fault = sample
        }
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
