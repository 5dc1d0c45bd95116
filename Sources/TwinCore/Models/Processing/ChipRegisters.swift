/// What a device sends of a Bosch chip's registers beside a raw word: the factory's calibration words and the
/// temperature word that belongs to the measurement.
public struct ChipRegisters: Sendable, Hashable, Codable {
    /// The factory's calibration words; they never change, so a device needs to send them once.
    public var words: BoschWords?
    /// The temperature word of the same measurement; pressure and humidity depend on it.
    public var rawTemperature: Double?

    /// Puts registers together.
    public init(words: BoschWords? = nil, rawTemperature: Double? = nil) {
        self.words = words
        self.rawTemperature = rawTemperature
    }
}

/// The calibration words that the factory burnt into a BMP280 or BME280, by the names of the data sheet.
///
/// Source: Bosch Sensortec, BMP280 data sheet (BST-BMP280-DS001), table 17; BME280 data sheet (BST-BME280-DS002), table
/// 16.
public struct BoschWords: Sendable, Hashable, Codable {
    /// `dig_T1` to `dig_T3`.
    public struct Temperature: Sendable, Hashable, Codable {
        public let t1: UInt16
        public let t2: Int16
        public let t3: Int16

        /// Puts the words together.
        public init(t1: UInt16, t2: Int16, t3: Int16) {
            self.t1 = t1
            self.t2 = t2
            self.t3 = t3
        }
    }

    /// `dig_P1` to `dig_P9`.
    public struct Pressure: Sendable, Hashable, Codable {
        public let p1: UInt16
        public let p2: Int16
        public let p3: Int16
        public let p4: Int16
        public let p5: Int16
        public let p6: Int16
        public let p7: Int16
        public let p8: Int16
        public let p9: Int16

        /// Puts the words together.
        public init(
            p1: UInt16, p2: Int16, p3: Int16, p4: Int16, p5: Int16, p6: Int16, p7: Int16, p8: Int16, p9: Int16
        ) {
            self.p1 = p1
            self.p2 = p2
            self.p3 = p3
            self.p4 = p4
            self.p5 = p5
            self.p6 = p6
            self.p7 = p7
            self.p8 = p8
            self.p9 = p9
        }
    }

    /// `dig_H1` to `dig_H6`; a BMP280 has none.
    public struct Humidity: Sendable, Hashable, Codable {
        public let h1: UInt8
        public let h2: Int16
        public let h3: UInt8
        public let h4: Int16
        public let h5: Int16
        public let h6: Int8

        /// Puts the words together.
        public init(h1: UInt8, h2: Int16, h3: UInt8, h4: Int16, h5: Int16, h6: Int8) {
            self.h1 = h1
            self.h2 = h2
            self.h3 = h3
            self.h4 = h4
            self.h5 = h5
            self.h6 = h6
        }
    }

    /// Those of the thermometer.
    public var temperature: Temperature?
    /// Those of the barometer.
    public var pressure: Pressure?
    /// Those of the hygrometer.
    public var humidity: Humidity?

    /// Puts the words together.
    public init(temperature: Temperature? = nil, pressure: Pressure? = nil, humidity: Humidity? = nil) {
        self.temperature = temperature
        self.pressure = pressure
        self.humidity = humidity
    }

    /// These words, and of another message those that are missing here.
    public func completed(by other: BoschWords?) -> BoschWords {
        BoschWords(
            temperature: temperature ?? other?.temperature, pressure: pressure ?? other?.pressure,
            humidity: humidity ?? other?.humidity)
    }
}
