extension Catalogue {
    /// Processes a raw value that somebody asks about (`pi_enhanced/request`, `POST /api/v1/sensors/process`).
    ///
    /// A chip with several values takes them packed into one 32-bit word: the humidity's own 16-bit word in the high
    /// half, the temperature's in the low one, as each kind's `chip` says. A word with its highest bit set may come as
    /// a negative number (two's complement) or as a positive one.
    /// - Parameters:
    ///   - word: The kind's name or alias, or the chip's.
    ///   - raw: The raw value, not limited to any converter's range.
    ///   - context: The sensor's calibration, companion and registers, where the sensor is known.
    /// - Returns: One value named `value`, or for a chip one for each thing it measures, by name.
    /// - Throws: Why there is no value, for a person.
    public func process(
        _ word: String, raw: Double, in context: ProcessingContext = ProcessingContext()
    ) throws(Refusal) -> [ProcessedMember] {
        guard raw.isFinite else { throw Refusal(.notFinite, "the raw value must be a finite number") }
        if let kind = sensorKind(word) { return [try Self.member("value", kind, raw, context)] }
        let kinds = chipKinds(word)
        guard !kinds.isEmpty else {
            throw Refusal(.unknownValue, "'\(Self.quoted(word))' is the name of no kind of sensor and of no chip")
        }
        var members: [ProcessedMember] = []
        for kind in kinds {
            guard let chip = kind.chip, let half = chip.half else {
                let names = kinds.map(\.name).joined(separator: ", ")
                throw Refusal(
                    .outOfRange, "the values of a '\(word)' do not fit one word; ask for each by itself: \(names)")
            }
            members.append(try Self.member(chip.member, kind, Double(try half.word(of: raw)), context))
        }
        return members
    }

    private static func member(
        _ name: String, _ kind: SensorKind, _ raw: Double, _ context: ProcessingContext
    ) throws(Refusal) -> ProcessedMember {
        let processed = kind.process(raw, in: context)
        guard let value = processed.value else {
            throw Refusal(.outOfRange, "'\(kind.name)': \((processed.failure ?? .notFinite).text)")
        }
        let quality = processed.quality ?? .unknown
        guard quality != .error else {
            let code = processed.errorCode.map { " (\($0))" } ?? ""
            throw Refusal(.outOfRange, "'\(kind.name)': the raw value stands for a fault of the sensor\(code)")
        }
        return ProcessedMember(name: name, value: value, unit: kind.unit, quality: quality)
    }

    private static func quoted(_ word: String) -> String { String(word.prefix(40)) }
}

extension ChipMember.Half {
    /// This half of a 32-bit word.
    fileprivate func word(of raw: Double) throws(Refusal) -> UInt16 {
        guard raw == raw.rounded(), raw >= Double(Int32.min), raw <= Double(UInt32.max) else {
            throw Refusal(
                .outOfRange,
                "a packed word is a whole number of 32 bits, humidity in the high half, temperature in the low")
        }
        let word = UInt32(truncatingIfNeeded: Int64(raw))
        return switch self {
        case .high: UInt16(truncatingIfNeeded: word >> 16)
        case .low: UInt16(truncatingIfNeeded: word)
        }
    }
}
