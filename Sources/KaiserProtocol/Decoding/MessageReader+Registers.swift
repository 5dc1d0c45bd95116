import TwinCore

extension MessageReader {
    /// Reads what a device sends of a Bosch chip's registers beside the raw word; `nil` when it sends nothing.
    ///
    /// `calibration` holds the factory's words by the data sheet's names; each group is complete or refused.
    /// `raw_temperature` is the temperature word that a pressure or a humidity was measured with.
    func registers(_ bytes: Span<UInt8>) throws(Refusal) -> ChipRegisters? {
        let rawTemperature = try object.number("raw_temperature", in: bytes)
        let words = try object.object("calibration", in: bytes)
        guard rawTemperature != nil || words != nil else { return nil }
        guard let words else { return ChipRegisters(rawTemperature: rawTemperature) }
        return ChipRegisters(
            words: BoschWords(
                temperature: try Self.temperatureWords(words, bytes), pressure: try Self.pressureWords(words, bytes),
                humidity: try Self.humidityWords(words, bytes)),
            rawTemperature: rawTemperature)
    }

    private static func temperatureWords(
        _ object: JSONObject, _ bytes: Span<UInt8>
    ) throws(Refusal) -> BoschWords.Temperature? {
        guard object.contains("dig_T1", in: bytes) else { return nil }
        return BoschWords.Temperature(
            t1: try word(object, "dig_T1", bytes), t2: try word(object, "dig_T2", bytes),
            t3: try word(object, "dig_T3", bytes))
    }

    private static func pressureWords(
        _ object: JSONObject, _ bytes: Span<UInt8>
    ) throws(Refusal) -> BoschWords.Pressure? {
        guard object.contains("dig_P1", in: bytes) else { return nil }
        return BoschWords.Pressure(
            p1: try word(object, "dig_P1", bytes), p2: try word(object, "dig_P2", bytes),
            p3: try word(object, "dig_P3", bytes), p4: try word(object, "dig_P4", bytes),
            p5: try word(object, "dig_P5", bytes), p6: try word(object, "dig_P6", bytes),
            p7: try word(object, "dig_P7", bytes), p8: try word(object, "dig_P8", bytes),
            p9: try word(object, "dig_P9", bytes))
    }

    private static func humidityWords(
        _ object: JSONObject, _ bytes: Span<UInt8>
    ) throws(Refusal) -> BoschWords.Humidity? {
        guard object.contains("dig_H1", in: bytes) else { return nil }
        return BoschWords.Humidity(
            h1: try word(object, "dig_H1", bytes), h2: try word(object, "dig_H2", bytes),
            h3: try word(object, "dig_H3", bytes), h4: try word(object, "dig_H4", bytes),
            h5: try word(object, "dig_H5", bytes), h6: try word(object, "dig_H6", bytes))
    }

    /// A word of the width that the data sheet gives it.
    private static func word<Word: FixedWidthInteger>(
        _ object: JSONObject, _ key: JSONKey, _ bytes: Span<UInt8>
    ) throws(Refusal) -> Word {
        Word(try required(try object.integer(key, Int(Word.min)...Int(Word.max), in: bytes), key))
    }
}
