extension Sample {
    /// Samples older than this are refused, in milliseconds.
    public static let maximumAgeMilliseconds: Int64 = 86_400_000
    /// Samples older than this are not acted upon, in milliseconds.
    public static let timelyAgeMilliseconds: Int64 = 120_000
    /// Samples further in the future than this are not acted upon, in milliseconds.
    public static let timelyLeadMilliseconds: Int64 = 30_000

    /// When the sample counts as taken: a device whose clock runs ahead cannot shut out later samples.
    public var orderTime: UnixTime { min(eventTime, receiptTime) }

    /// Judges a report: its time, its value, its quality.
    ///
    /// - Parameters:
    ///   - report: What the device said.
    ///   - kind: What is known of its kind; `nil` passes the raw value through with quality `unknown` at best.
    ///   - context: The sensor's calibration, companion and registers.
    ///   - passesRawThrough: Whether processing has failed so often that the raw value stands for itself for a while.
    ///   - digest: The report's digest, made unique for devices without a clock.
    ///   - moment: When it reached the runtime.
    /// - Throws: A refusal when the sample is too old to store, or kept by the broker without a time of its own.
    public init(
        _ report: SensorReport, kind: SensorKind?, context: ProcessingContext = ProcessingContext(),
        passesRawThrough: Bool = false, digest: UInt64, at moment: Moment
    ) throws(Refusal) {
        let age = moment.time.milliseconds - report.clock.claimed.milliseconds
        if report.clock.isPlausible, age > Self.maximumAgeMilliseconds {
            throw Refusal(
                .tooOld, "the sample is \(age / 1000) s old; at most \(Self.maximumAgeMilliseconds / 1000) s are stored"
            )
        }
        if !report.clock.isPlausible, report.isRetained {
            throw Refusal(.retainedWithoutTime, "the broker kept this sample and it says not when it was taken")
        }
        let judged = Judgement(report, kind, context, passesRawThrough: passesRawThrough)
        self.init(
            raw: report.raw, value: judged.value, unit: judged.unit, quality: judged.quality,
            eventTime: report.clock.isPlausible ? report.clock.claimed : moment.time, receiptTime: moment.time,
            claimedTime: report.clock.claimed, digest: digest, errorCode: report.errorCode ?? judged.errorCode,
            isTimely: !report.clock.isPlausible
                || (-Self.timelyLeadMilliseconds...Self.timelyAgeMilliseconds).contains(age),
            reportedQuality: report.quality, model: judged.model)
    }

    /// The same raw value processed again; `nil` for a sample that stays as it is.
    ///
    /// A value that the device made itself stays, and so does one whose formula needs what is not stored with it: a
    /// temperature, a chip's registers. An old value is better than none.
    ///
    /// A raw value that was passed through is processed now; its unit, which is not the kind's, shows it.
    public func reprocessed(_ kind: SensorKind, context: ProcessingContext) -> Sample? {
        guard model != nil || (value == raw && unit != kind.unit) else { return nil }
        let judged = Judgement(raw, reported: reportedQuality, kind, context)
        switch judged.failure {
        case .missingRegisters, .missingTemperature: return nil
        case .notFinite, .notMeasured, .outsideDomain, nil: break
        }
        var sample = self
        sample.value = judged.value
        sample.unit = judged.unit
        sample.quality = judged.quality
        sample.model = judged.model
        return sample
    }
}

/// What a report is worth.
private struct Judgement {
    var value: Double?
    var unit: String
    var quality: Quality
    var errorCode: Int?
    var model: ModelStamp?
    var failure: ProcessingFailure?

    init(_ report: SensorReport, _ kind: SensorKind?, _ context: ProcessingContext, passesRawThrough: Bool) {
        switch kind {
        case nil: self.init(passing: report.isRaw ? report.raw : report.value ?? report.raw, report.unit ?? "", report)
        case let kind? where !report.isRaw: self.init(ofDevice: report, kind)
        case _? where passesRawThrough: self.init(passing: report.raw, "", report)
        case let kind?: self.init(report.raw, reported: report.quality, kind, context)
        }
    }

    /// The kind's own steps speak.
    init(_ raw: Double, reported: Quality?, _ kind: SensorKind, _ context: ProcessingContext) {
        let processed = kind.process(raw, in: context)
        value = processed.value
        unit = kind.unit
        errorCode = processed.errorCode
        failure = processed.failure
        model = ModelStamp(version: kind.version, calibration: context.calibration?.number ?? 0)
        if let own = processed.quality {
            quality = reported.map { Quality.worse(own, $0) } ?? own
        } else {
            quality = reported ?? .unknown
        }
    }

    /// The device has processed the value itself and is taken at its word.
    private init(ofDevice report: SensorReport, _ kind: SensorKind) {
        let own = report.value ?? report.raw
        let reported = report.quality ?? .unknown
        value = own
        unit = kind.unit
        quality = kind.range.contains(own) ? reported : Quality.worse(reported, .critical)
    }

    /// Nobody processes the value, and nobody vouches for it.
    private init(passing value: Double, _ unit: String, _ report: SensorReport) {
        self.value = value
        self.unit = unit
        quality = Quality.worse(report.quality ?? .unknown, .unknown)
    }
}
