extension Catalogue {
    /// The kind a wire word stands for, as the device's site narrows it for this sensor; `nil` when unknown.
    ///
    /// - Complexity: One look-up more than ``sensorKind(_:)`` where any site has an override, none where no site has.
    public func sensorKind(_ word: String, for key: SensorKey, of device: DeviceID) -> SensorKind? {
        guard let kind = sensorKind(word) else { return nil }
        guard !overrides.isEmpty, let override = overrides[device]?.sensors[key] else { return kind }
        return kind.narrowed(by: override)
    }

    /// The kind a wire word stands for, as the device's site narrows it for this pin; unknown words get short leases.
    ///
    /// - Complexity: As ``sensorKind(_:for:of:)``.
    public func actuatorKind(_ word: String, for gpio: GPIO, of device: DeviceID) -> ActuatorKind {
        let kind = actuatorKind(word)
        guard !overrides.isEmpty, let override = overrides[device]?.actuators[gpio] else { return kind }
        return kind.narrowed(by: override)
    }

    /// The board a wire word stands for, by name or alias and in any case; `nil` when unknown.
    public func board(_ word: String) -> Board? { boardIndex[word.lowercased()].map { boards[$0] } }

    /// The board of a device: the one its site names, else the one the word stands for; `nil` when neither is known.
    public func board(of device: DeviceID, saying word: String?) -> Board? {
        (overrides[device]?.board ?? word).flatMap { board($0) }
    }
}
