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
    public private(set) var calibration = CalibrationState()
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
        case .sampled(let sample):
            count += 1
            if sample.quality.isPlausible {
                if let latest, latest.orderTime > sample.orderTime { return }
                latest = sample
                if let fault, fault.orderTime <= sample.orderTime { self.fault = nil }
            } else {
                if let latest, latest.orderTime > sample.orderTime { return }
                if let fault, fault.orderTime > sample.orderTime { return }
                fault = sample
            }
        case .calibration(let event): calibration.apply(event, at: moment)
        case .reprocessed(let report): reprocessing = report
        }
    }
}

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
    ///   - digest: The report's digest, made unique for devices without a clock.
    ///   - moment: When it reached the runtime.
    /// - Throws: A refusal when the sample is too old to store, or kept by the broker without a time of its own.
    public init(
        _ report: SensorReport, kind: SensorKind?, digest: UInt64, at moment: Moment
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
        let judged = Self.judge(report, kind: kind)
        self.init(
            raw: report.raw, value: judged.value, unit: kind?.unit ?? report.unit ?? "", quality: judged.quality,
            eventTime: report.clock.isPlausible ? report.clock.claimed : moment.time, receiptTime: moment.time,
            claimedTime: report.clock.claimed, digest: digest, errorCode: report.errorCode,
            isTimely: !report.clock.isPlausible
                || (-Self.timelyLeadMilliseconds...Self.timelyAgeMilliseconds).contains(age))
    }

    private static func judge(_ report: SensorReport, kind: SensorKind?) -> Converted {
        guard let kind else {
            return Converted(
                value: report.isRaw ? report.raw : report.value ?? report.raw,
                quality: Quality.worse(report.quality ?? .unknown, .unknown))
        }
        let converted =
            report.isRaw
            ? kind.conversion.convert(report.raw)
            : Converted(value: report.value ?? report.raw, quality: report.quality ?? .unknown)
        var quality = Quality.worse(converted.quality, report.quality ?? converted.quality)
        if let value = converted.value, !kind.range.contains(value) { quality = Quality.worse(quality, .critical) }
        return Converted(value: converted.value, quality: quality)
    }
}
