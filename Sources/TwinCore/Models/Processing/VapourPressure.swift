/// Water vapour in air.
enum VapourPressure {
    /// How much more vapour the air can take up, in kPa: eₛ · (1 − RH / 100), eₛ = 0.6108 · exp(17.27 · T / (T +
    /// 237.3)).
    ///
    /// Source: Allen et al., "Crop evapotranspiration", FAO Irrigation and Drainage Paper 56 (1998), equation 11
    /// (after Tetens 1930 and Murray 1967).
    static func deficit(celsius: Double, relativeHumidity: Double) -> Double {
        0.6108 * Exponential.exp(17.27 * celsius / (celsius + 237.3)) * (1 - relativeHumidity / 100)
    }
}
