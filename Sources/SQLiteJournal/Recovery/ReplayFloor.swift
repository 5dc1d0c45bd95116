import TwinCore

/// From where on the facts must be read to rebuild the twins.
///
/// It knows each device's oldest fact that is in none of its snapshots. Everything below the oldest of these is needed
/// by nobody, so recovery need not look at it.
struct ReplayFloor {
    private var oldest: [DeviceID: UInt64] = [:]

    /// Takes note of a fact.
    ///
    /// Taking note of one that is not committed after all only makes recovery read more.
    mutating func note(_ device: DeviceID, _ sequence: UInt64) {
        if oldest[device] == nil { oldest[device] = sequence }
    }

    /// The oldest fact of a device that none of its snapshots holds; `nil` when there is none.
    func oldest(of device: DeviceID) -> UInt64? { oldest[device] }

    /// Takes note that these devices' snapshots hold all their facts.
    mutating func forget(_ devices: Set<DeviceID>) {
        for device in devices { oldest[device] = nil }
    }

    /// The first sequence number that matters once these devices are forgotten.
    func sequence(without devices: Set<DeviceID>, next: UInt64) -> UInt64 {
        var least = next
        for (device, sequence) in oldest where sequence < least && !devices.contains(device) { least = sequence }
        return least
    }
}
