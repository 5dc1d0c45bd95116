/// How many unknown devices are let in to wait for approval: so many a minute, and each one once in five minutes.
///
/// It guards the runtime's memory and the operator's list against a flood of made-up names. What it keeps is bounded by
/// its own limits: only devices that were let in are remembered, and no longer than they are held back.
public struct AdmissionLimit: Sendable, Equatable {
    /// How many new devices are let in within the window.
    public static let maximumInWindow = 10
    /// The window, in milliseconds.
    public static let windowMilliseconds: Int64 = 60_000
    /// How long one device is held back after it was let in, in milliseconds.
    public static let deviceMilliseconds: Int64 = 300_000

    /// Whether a device is let in.
    public enum Verdict: Sendable, Equatable {
        case admitted
        case refused(Reason, retryAfterMilliseconds: Int64)
    }

    /// Why a device is not let in.
    public enum Reason: String, Sendable {
        /// Too many others were new within the window.
        case tooManyDevices = "too_many_devices"
        /// This one was new a short while ago.
        case seenRecently = "seen_recently"
    }

    /// Who was let in and when, oldest first.
    private var admissions: [(device: DeviceID, at: Uptime)] = []

    /// Makes a limit that has let nobody in.
    public init() {}

    /// Lets a new device in, or says why not and when to ask again.
    ///
    /// - Complexity: O(*n*) in the devices of the last five minutes, 50 at most.
    public mutating func admit(_ device: DeviceID, at uptime: Uptime) -> Verdict {
        admissions.removeAll { uptime.milliseconds(since: $0.at) >= Self.deviceMilliseconds }
        if let last = admissions.last(where: { $0.device == device }) {
            let passed = uptime.milliseconds(since: last.at)
            return .refused(.seenRecently, retryAfterMilliseconds: Self.deviceMilliseconds - passed)
        }
        let recent = admissions.filter { uptime.milliseconds(since: $0.at) < Self.windowMilliseconds }
        if let first = recent.first, recent.count >= Self.maximumInWindow {
            let passed = uptime.milliseconds(since: first.at)
            return .refused(.tooManyDevices, retryAfterMilliseconds: Self.windowMilliseconds - passed)
        }
        admissions.append((device, uptime))
        return .admitted
    }

    /// Two limits are equal when they let the same devices in.
    public static func == (left: Self, right: Self) -> Bool {
        left.admissions.elementsEqual(right.admissions, by: ==)
    }
}
