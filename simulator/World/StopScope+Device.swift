import TwinCore

extension StopScope {
    /// Whether the stop covers a whole device, whatever it says of itself.
    func covers(_ device: DeviceID) -> Bool {
        reach(into: StopSubject(address: DeviceAddress(kaiser: .god, device: device))) == .device
    }
}
