/// The bay that one device stands in: its air, its soil beds and its tank.
///
/// A model for tests and demonstrations, not for growers: every quantity moves towards what drives it, and noise
/// keeps it from standing still. It is a value; the same steps from the same seed give the same climate.
public struct Greenhouse: Sendable, Equatable {
    /// What the outputs do to the bay, each from 0 to 1.
    public struct Loads: Sendable, Equatable {
        /// How strongly the air is heated.
        public var heating = 0.0
        /// How strongly the air is exchanged.
        public var ventilation = 0.0
        /// How strongly the soil is watered.
        public var irrigation = 0.0
        /// How strongly acid is dosed.
        public var acidDosing = 0.0
        /// How strongly nutrients are dosed.
        public var nutrientDosing = 0.0

        /// Nothing runs.
        public init() {}
    }

    /// The air's temperature, in °C.
    public private(set) var airTemperature: Double
    /// The air's relative humidity, in %.
    public private(set) var humidity: Double
    /// The root zone's temperature, in °C.
    public private(set) var rootTemperature: Double
    /// The soil's moisture, in %.
    public private(set) var soilMoisture: Double
    /// The tank's acidity, in pH.
    public private(set) var tankPH: Double
    /// The tank's conductivity, in µS/cm.
    public private(set) var tankConductivity: Double

    private var noise: SeededNoise

    /// The seconds of a day.
    static let secondsPerDay = 86_400.0

    /// The pressure of the air, in hPa; weather is not simulated.
    static let airPressure = 1013.25

    /// A bay in the morning, a little different for each seed.
    public init(seed: UInt64) {
        var noise = SeededNoise(seed: seed)
        airTemperature = 20 + noise.around(2)
        humidity = 60 + noise.around(6)
        rootTemperature = 19 + noise.around(1)
        soilMoisture = 45 + noise.around(10)
        tankPH = 6.2 + noise.around(0.2)
        tankConductivity = 1600 + noise.around(150)
        self.noise = noise
    }

    /// Lets time pass.
    ///
    /// - Parameters:
    ///   - seconds: How long; nothing happens for 0 or less.
    ///   - secondOfDay: The time of the day at the end of the step, 0 up to 86 400, UTC.
    ///   - loads: What ran meanwhile.
    public mutating func advance(seconds: Double, secondOfDay: Double, loads: Loads) {
        guard seconds > 0 else { return }
        let sun = Self.daylight(at: secondOfDay)
        let outside = 11 + 9 * sun
        // Ventilation both pulls the air to the outside temperature and makes it follow faster.
        let driven = outside + 5 + 8 * sun * (1 - 0.6 * loads.ventilation) + 12 * loads.heating - 4 * loads.ventilation
        Self.approach(&airTemperature, driven, over: 1200 / (1 + 2 * loads.ventilation), seconds, &noise, 0.05)
        Self.approach(&rootTemperature, airTemperature - 1, over: 10_800, seconds, &noise, 0.02)
        let vapour = 78 - 1.1 * (airTemperature - 15) + 12 * loads.irrigation - 22 * loads.ventilation
        Self.approach(&humidity, vapour, over: 1500, seconds, &noise, 0.3)
        // Drying takes days, a watering minutes.
        Self.approach(&soilMoisture, 12, over: 260_000 / (1 + sun), seconds * (1 - loads.irrigation), &noise, 0.02)
        Self.approach(&soilMoisture, 92, over: 1800, seconds * loads.irrigation, &noise, 0)
        // Plants take nutrients up and leave the tank more alkaline.
        Self.approach(&tankPH, 7.6, over: 170_000 / (1 + sun), seconds, &noise, 0.004)
        Self.approach(&tankPH, 4.0, over: 900, seconds * loads.acidDosing, &noise, 0)
        Self.approach(&tankConductivity, 600, over: 400_000 / (1 + sun), seconds, &noise, 1.5)
        Self.approach(&tankConductivity, 3200, over: 1200, seconds * loads.nutrientDosing, &noise, 0)
        humidity = min(max(humidity, 5), 99)
        soilMoisture = min(max(soilMoisture, 0), 100)
    }

    /// How high the sun stands: 0 from 18:00 to 6:00 UTC, 1 at noon.
    ///
    /// A parabola: it needs nothing of the C library, whose last digits differ between platforms.
    static func daylight(at secondOfDay: Double) -> Double {
        let phase = (secondOfDay - secondsPerDay / 4) / (secondsPerDay / 2)
        return phase > 0 && phase < 1 ? 4 * phase * (1 - phase) : 0
    }

    /// Moves a quantity towards a target; however long the step, it never overshoots but by the noise.
    private static func approach(
        _ quantity: inout Double, _ target: Double, over timeConstant: Double, _ seconds: Double,
        _ noise: inout SeededNoise, _ amplitude: Double
    ) {
        quantity += (target - quantity) * seconds / (timeConstant + seconds) + noise.around(amplitude)
    }
}
