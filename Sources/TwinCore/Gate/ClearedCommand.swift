/// What an output is to do.
public enum Drive: Sendable, Equatable, Codable {
    /// De-energised.
    case off
    /// Fully on; dimmable kinds take the level, 0 to 1.
    case on(level: Double)
    /// Dimmed or positioned, above 0 up to 1.
    case pwm(level: Double)

    /// Whether this puts energy into the output.
    public var energises: Bool {
        switch self {
        case .off: false
        case .on, .pwm: true
        }
    }

    /// Whether a device ends it by itself when its duration is over; it honours a duration for ON alone.
    public var isCountedByDevice: Bool {
        switch self {
        case .off, .on: true
        case .pwm: false
        }
    }

    /// The same with another level.
    func with(level: Double) -> Self {
        switch self {
        case .off: .off
        case .on: .on(level: level)
        case .pwm: .pwm(level: level)
        }
    }

    /// The output level, 0 to 1.
    public var level: Double {
        switch self {
        case .off: 0
        case .on(let level), .pwm(let level): level
        }
    }
}

/// A command that the gate let pass: the only thing a command topic's payload can be built from.
///
/// Its initialiser is visible to this file alone, so an unchecked energising command does not compile.
public struct ClearedCommand: Sendable, Equatable {
    /// Where it goes.
    public let address: DeviceAddress
    /// Which pin.
    public let gpio: GPIO
    /// The id the device echoes.
    public let id: CommandID
    /// What the output is to do.
    public let drive: Drive
    /// How long the device may keep it up before it ends by itself, in seconds; 0 for a de-energising command.
    public let durationSeconds: Int
    /// Who asked.
    public let issuedBy: String
    /// When the runtime sent it.
    public let issuedAt: UnixTime
    /// When it must no longer be sent or obeyed; `nil` for a de-energising command, which never expires.
    public let expiresAt: Uptime?
    /// The same as a span from `issuedAt`, in milliseconds.
    public let timeToLiveMilliseconds: Int64?

    /// Whether it puts energy into the output.
    public var energises: Bool { drive.energises }

    fileprivate init(
        address: DeviceAddress, gpio: GPIO, id: CommandID, drive: Drive, durationSeconds: Int, issuedBy: String,
        issuedAt: UnixTime, expiresAt: Uptime?, timeToLiveMilliseconds: Int64?
    ) {
        self.address = address
        self.gpio = gpio
        self.id = id
        self.drive = drive
        self.durationSeconds = durationSeconds
        self.issuedBy = issuedBy
        self.issuedAt = issuedAt
        self.expiresAt = expiresAt
        self.timeToLiveMilliseconds = timeToLiveMilliseconds
    }
}

extension ClearedCommand {
    /// The command as it may leave now, with what waiting has left of its time; `nil` when nothing is left of it.
    ///
    /// What de-energises has no time to lose and stays as it is.
    public func leaving(at moment: Moment) -> Self? {
        guard let expiresAt, let timeToLiveMilliseconds else { return self }
        let left = expiresAt.milliseconds(since: moment.uptime)
        let waitedSeconds = Int(max(0, timeToLiveMilliseconds - left) / 1000)
        guard left > 0, durationSeconds > waitedSeconds else { return nil }
        return Self(
            address: address, gpio: gpio, id: id, drive: drive, durationSeconds: durationSeconds - waitedSeconds,
            issuedBy: issuedBy, issuedAt: issuedAt, expiresAt: expiresAt,
            timeToLiveMilliseconds: min(left, timeToLiveMilliseconds))
    }
}

extension Gate {
    /// An OFF, which asks nothing and refuses nothing.
    public static func deenergise(
        _ gpio: GPIO, at address: DeviceAddress, id: CommandID, issuedBy: String, issuedAt: UnixTime
    ) -> ClearedCommand {
        ClearedCommand(
            address: address, gpio: gpio, id: id, drive: .off, durationSeconds: 0, issuedBy: issuedBy,
            issuedAt: issuedAt, expiresAt: nil, timeToLiveMilliseconds: nil)
    }

    /// Decides whether an actuator may be energised, and keeps every limit's verdict.
    ///
    /// - Parameters:
    ///   - order: What is asked; its drive energises.
    ///   - subject: The actuator's state and kind.
    ///   - circumstances: What the rest of the twin tree contributes.
    ///   - moment: Now.
    /// - Returns: The command and its lease, or the first limit that forbids it.
    public static func energise(
        _ order: Order, _ subject: Subject, _ circumstances: Circumstances, at moment: Moment
    ) -> Verdict {
        precondition(order.drive.energises, "the gate is asked only for energising drives, not \(order.drive)")
        let evaluations = evaluate(order, subject, circumstances, at: moment)
        if let broken = evaluations.first(where: { !$0.isKept }) { return .refused(broken, evaluations) }
        let seconds = leaseSeconds(for: order, subject.kind.limits)
        let command = ClearedCommand(
            address: subject.address, gpio: subject.gpio, id: order.id, drive: order.drive, durationSeconds: seconds,
            issuedBy: order.issuedBy, issuedAt: moment.time,
            expiresAt: moment.uptime.advanced(byMilliseconds: order.timeToLiveMilliseconds),
            timeToLiveMilliseconds: order.timeToLiveMilliseconds)
        return .cleared(command, evaluations)
    }
}
