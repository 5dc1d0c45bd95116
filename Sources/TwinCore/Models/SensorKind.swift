/// What Doppel knows about a kind of sensor.
public struct SensorKind: Sendable, Equatable {
    /// How a sensor is attached.
    public enum Interface: String, Sendable, Codable, CaseIterable {
        case analogue, digital, i2c, onewire, serial
        /// There is no such chip: its values are computed from other sensors'.
        case virtual
    }

    /// The canonical wire word, such as `ds18b20`.
    public var name: String
    /// Other words that devices use for it.
    public var aliases: [String]
    /// The unit of processed values; empty for none.
    public var unit: String
    /// The physical range of processed values; outside, the quality is critical.
    public var range: ClosedRange<Double>
    /// How raw values become processed ones.
    public var processing: Processing
    /// After how long without a sample the value counts as stale, in seconds; `nil` for never.
    public var staleAfterSeconds: Int?
    /// For how long a value measured on demand describes the present, in seconds; `nil` where that is not asked.
    public var freshForSeconds: Int?
    /// When such sensors usually measure.
    public var mode: SensorWish.Mode
    /// How often they do, in seconds; `nil` where they have no rhythm.
    public var intervalSeconds: Int?
    /// How they are attached.
    public var interface: Interface
    /// The chip that measures this beside other things; `nil` for a sensor of one value.
    public var chip: ChipMember?
    /// How they are calibrated; `nil` for not at all.
    public var calibration: CalibrationRule?
    /// Where the temperature comes from that its steps use; `nil` where none is used.
    public var companion: CompanionRule?
    /// What a virtual kind's values are computed from; `nil` for a kind that devices send.
    public var inputs: VirtualInputs?
    /// The first 32 bits of the SHA-256 of the kind's file; 0 for a kind that was not read from one.
    public var version: UInt32

    /// Puts a kind together.
    public init(
        name: String, aliases: [String] = [], unit: String, range: ClosedRange<Double>, processing: Processing,
        staleAfterSeconds: Int?, freshForSeconds: Int? = nil, mode: SensorWish.Mode = .continuous,
        intervalSeconds: Int? = nil, interface: Interface = .digital, chip: ChipMember? = nil,
        calibration: CalibrationRule? = nil, companion: CompanionRule? = nil, inputs: VirtualInputs? = nil,
        version: UInt32 = 0
    ) {
        self.name = name
        self.aliases = aliases
        self.unit = unit
        self.range = range
        self.processing = processing
        self.staleAfterSeconds = staleAfterSeconds
        self.freshForSeconds = freshForSeconds
        self.mode = mode
        self.intervalSeconds = intervalSeconds
        self.interface = interface
        self.chip = chip
        self.calibration = calibration
        self.companion = companion
        self.inputs = inputs
        self.version = version
    }

    /// Processes a raw value and judges the result against the physical range.
    public func process(_ raw: Double, in context: ProcessingContext = ProcessingContext()) -> Processed {
        var processed = processing.convert(raw, in: context)
        if let value = processed.value, !range.contains(value) {
            processed.quality = Quality.worse(processed.quality ?? .critical, .critical)
        }
        return processed
    }

    /// The part of a calibration that this kind uses; `nil` for one whose method it does not know (any more).
    public func use(of calibration: Calibration?) -> CalibrationUse? {
        guard let calibration, let rule = self.calibration, rule.methods.contains(calibration.method) else {
            return nil
        }
        return calibration.use
    }
}

/// Which of several values a chip's kind is.
public struct ChipMember: Sendable, Equatable {
    /// Which half of a packed 32-bit word holds the member's own raw value.
    public enum Half: String, Sendable, Codable, CaseIterable {
        case high, low
    }

    /// The chip's word, such as `sht31`.
    public let chip: String
    /// What it measures, such as `temperature`.
    public let member: String
    /// Where its raw value stands in a packed word; `nil` when the chip's values do not fit one.
    public let half: Half?

    /// Puts a member together.
    public init(chip: String, member: String, half: Half? = nil) {
        self.chip = chip
        self.member = member
        self.half = half
    }
}
