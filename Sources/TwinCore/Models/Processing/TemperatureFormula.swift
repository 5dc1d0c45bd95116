/// How a medium's temperature changes a reading, and how that is taken out.
public enum TemperatureFormula: String, Sendable, Codable, CaseIterable {
    /// A pH electrode's slope grows with temperature: pH + (T − T₀) · 0.003 · (7 − pH).
    ///
    /// Source: the Nernst slope is proportional to the absolute temperature, 1/298 = 0.0034 a kelvin at 25 °C; 0.003 is
    /// the rounded factor of the device protocol's reference processing.
    case ph
    /// Solutions conduct about 2 % better a kelvin: EC₂₅ = EC / (1 + 0.02 · (T − T₀)).
    ///
    /// Source: ISO 7888:1985, linear compensation; 2 % a kelvin is the usual factor for natural and nutrient solutions.
    case ec

    /// Water is liquid in this range, in °C; a temperature outside says nothing about a solution and is not used.
    static let liquidCelsius = 0.0...100.0
    private static let phPerKelvin = 0.003
    private static let ecPerKelvin = 0.02

    /// The value at the reference temperature.
    func done(_ value: Double, celsius: Double, referenceCelsius: Double) -> Double {
        guard Self.liquidCelsius.contains(celsius) else { return value }
        let kelvins = celsius - referenceCelsius
        return switch self {
        case .ph: value + kelvins * Self.phPerKelvin * (7 - value)
        case .ec: value / (1 + Self.ecPerKelvin * kelvins)
        }
    }

    /// The value at the medium's temperature: what ``done(_:celsius:referenceCelsius:)`` makes `value` of.
    func undone(_ value: Double, celsius: Double, referenceCelsius: Double) -> Double {
        guard Self.liquidCelsius.contains(celsius) else { return value }
        let kelvins = celsius - referenceCelsius
        return switch self {
        case .ph: (value - 7 * kelvins * Self.phPerKelvin) / (1 - kelvins * Self.phPerKelvin)
        case .ec: value * (1 + Self.ecPerKelvin * kelvins)
        }
    }
}
