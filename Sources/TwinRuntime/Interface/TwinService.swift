public import TwinCore

/// What the outside world may ask of a running Doppel.
///
/// Callable from any thread; each call meets the loop once and gets immutable values back. The gateway knows the
/// runtime only through this.
public protocol TwinService: Sendable {
    /// One page of twins, ordered by id.
    func twins(_ query: TwinQuery) async -> TwinPage
    /// One twin; `nil` when no device of that id ever spoke.
    func twin(_ id: DeviceID) async -> TwinView?
    /// One page of twins as they stood at an instant, rebuilt; a page may hold fewer than asked for and have a next one.
    func twins(_ query: TwinQuery, at time: UnixTime) async throws(ServiceError) -> TwinPage
    /// One twin as it stood at an instant, rebuilt; `nil` when its device had not spoken yet.
    func twin(_ id: DeviceID, at time: UnixTime) async throws(ServiceError) -> TwinView?
    /// Lets a device take part. Answers when that is durable.
    func approve(_ id: DeviceID, by operator: String) async throws(ServiceError) -> TwinView
    /// Excludes a device and drives its outputs to their safe state. Answers when that is durable.
    func reject(_ id: DeviceID, by operator: String) async throws(ServiceError) -> TwinView
    /// Removes a device: its outputs are driven to their safe state, and it is answered that it is not wanted.
    func delete(_ id: DeviceID, by operator: String) async throws(ServiceError) -> TwinView
    /// Changes what a device is to be. Answers when the wish is durable; the device is told when it can be.
    func configure(_ change: ConfigurationChange) async throws(ServiceError) -> ConfigurationOutcome
    /// Asks a device to do something beside switching outputs. Answers when the request is durable.
    func operate(_ request: OperationRequest) async throws(ServiceError) -> OperationRecord
    /// The operation as it stands now, or, if it has not ended, when it has ended or `milliseconds` have passed.
    func finishedOperation(
        _ id: CommandID, of device: DeviceID, withinMilliseconds milliseconds: Int64
    ) async -> OperationRecord?
    /// Sets the secret that broadcasts carry, and tells it every device that takes part.
    func setBroadcastToken(_ token: EmergencyToken?, by operator: String) async throws(ServiceError)
    /// Takes one step of a sensor's calibration. Answers when it is durable.
    func calibrate(_ request: CalibrationRequest) async throws(ServiceError) -> TwinView
    /// Processes a raw value and stores nothing.
    func process(_ call: ProcessingCall) async throws(ServiceError) -> [ProcessedMember]
    /// Processes stored raw values of a sensor again, with the models and the calibration in use.
    func reprocess(_ request: ReprocessingRequest) async throws(ServiceError) -> Reprocessing
    /// The relays that were heard, by name.
    func relays() async -> [RelayView]
    /// The models in use.
    func models() async -> CatalogueView
    /// Asks the gate for a command. Answers when the acceptance or the refusal is durable.
    ///
    /// - Returns: The record; its state is `refused` where a limit forbade it.
    func command(_ request: CommandRequest) async throws(ServiceError) -> CommandRecord
    /// The command as it stands now, or, if it has not ended, when it has ended or `milliseconds` have passed.
    func finishedCommand(_ id: CommandID, withinMilliseconds milliseconds: Int64) async -> CommandRecord?
    /// Stops devices. OFF leaves at once; answers when the latch is durable too, or is known not to be.
    func stop(_ request: StopRequest) async throws(ServiceError) -> StopReport
    /// Hangs a tag on an output and switches it off: nothing energises it until the tag is gone.
    func lockOut(_ request: LockoutRequest) async throws(ServiceError) -> TwinView
    /// Takes the tag of an output away; only who hung it may.
    func removeLockout(of output: OutputAddress, by operator: String) async throws(ServiceError) -> TwinView
    /// Lets a twin take part again that was quarantined.
    func liftQuarantine(of id: DeviceID, by operator: String) async throws(ServiceError) -> TwinView
    /// The latch and the scoreboard.
    func stopReport() async -> StopReport
    /// Releases emergency stops, one or all; restores nothing.
    func clearStops(_ id: IncidentID?, by operator: String) async throws(ServiceError) -> StopReport
    /// The supervisor tree.
    func supervision() async -> SupervisionReport
    /// Restarts one part of it, named by its path or its name. Answers when the restart has begun.
    func restartPart(_ node: String, by operator: String) async throws(ServiceError) -> SupervisionReport
    /// Counters and gauges.
    func measurements() async -> [Measurement]
    /// Whether the runtime takes traffic: `nil`, or what is missing.
    func unreadiness() async -> String?
    /// Tells a watcher facts as they become durable, until it is let go; it is held weakly.
    func watch(_ watcher: any FactWatcher)
    /// What the twins' history can be asked.
    var history: any HistoryStore { get }
}

/// Why a request was not served.
public enum ServiceError: Error, Sendable, Equatable {
    /// There is no such device.
    case unknownDevice(DeviceID)
    /// The device has no such actuator.
    case unknownActuator(DeviceID, GPIO)
    /// No such emergency stop holds.
    case unknownIncident(IncidentID)
    /// The caller's key stands for another order.
    case keyReused(String)
    /// The caller's key stands for a command that was given before.
    case alreadyAnswered(CommandID)
    /// The device has no such sensor.
    case unknownSensor(DeviceID, SensorKey)
    /// The wish changed since the revision that the caller saw; the twin's revision is this now.
    case revisionChanged(UInt64)
    /// Such a change needs the revision that the caller saw, and why.
    case revisionRequired(String)
    /// The wish cannot be taken in.
    case invalidConfiguration(ConfigurationProblems)
    /// The request cannot be met as things stand: what stands in the way, and what would help.
    case unsuitable(String)
    /// The device cannot be asked for that now, and why.
    case operationRefused(OperationRefusal)
    /// The supervisor tree has no such part, or several; its paths are these.
    case unknownPart(String, known: [String])
    /// The raw value could not be processed, and why.
    case unprocessable(String)
    /// The journal does not take facts, so nothing that needs to be durable is done. Retry later.
    case journalUnavailable(String)
    /// The past cannot be shown, and why.
    case past(PastFailure)
    /// The runtime is starting or ending. Retry later.
    case notRunning
}

/// Which twins are asked for.
public struct TwinQuery: Sendable {
    /// The most twins one page holds.
    public static let maximumLimit = 500

    /// Only those that stand so.
    public var status: DeviceStatus?
    /// Only those in this zone.
    public var zone: String?
    /// Only those with a sensor or an actuator of this kind.
    public var type: String?
    /// How many at most.
    public var limit: Int
    /// Only those after this id.
    public var after: DeviceID?

    /// Puts a query together.
    public init(status: DeviceStatus? = nil, zone: String? = nil, type: String? = nil, limit: Int, after: DeviceID?) {
        self.status = status
        self.zone = zone
        self.type = type
        self.limit = min(max(1, limit), Self.maximumLimit)
        self.after = after
    }
}

/// One page of twins.
public struct TwinPage: Sendable {
    /// The twins, ordered by id.
    public var items: [TwinView]
    /// Where the next page begins; `nil` at the end.
    public var next: DeviceID?

    /// Puts a page together.
    public init(items: [TwinView], next: DeviceID?) {
        self.items = items
        self.next = next
    }
}

/// A command as a caller asks for it.
public struct CommandRequest: Sendable {
    /// Which device.
    public var device: DeviceID
    /// Which pin.
    public var gpio: GPIO
    /// The word used.
    public var verb: CommandOrder.Verb
    /// The level asked for; `nil` for the verb's own.
    public var value: Double?
    /// How long, in seconds; `nil` for the kind's default lease.
    public var durationSeconds: Int?
    /// Who asks, such as `user:mara`.
    public var issuedBy: String
    /// The command whose lease is to be prolonged, with the same drive; `nil` for a new command.
    public var renews: CommandID?
    /// The revision of the output that the caller saw; dangerous outputs ask for it.
    public var seenRevision: UInt64?
    /// The refused command of another person that this one seconds.
    public var seconds: CommandID?
    /// The caller's key: the same key gets the same answer, and no second command.
    public var idempotencyKey: String?

    /// Puts a request together.
    public init(
        device: DeviceID, gpio: GPIO, verb: CommandOrder.Verb, value: Double?, durationSeconds: Int?, issuedBy: String,
        renews: CommandID? = nil, seenRevision: UInt64? = nil, seconds: CommandID? = nil,
        idempotencyKey: String? = nil
    ) {
        self.renews = renews
        self.seenRevision = seenRevision
        self.seconds = seconds
        self.idempotencyKey = idempotencyKey
        self.device = device
        self.gpio = gpio
        self.verb = verb
        self.value = value
        self.durationSeconds = durationSeconds
        self.issuedBy = issuedBy
    }
}

/// A tag that somebody hangs on an output while working on it.
public struct LockoutRequest: Sendable {
    /// Which output.
    public var output: OutputAddress
    /// Who hangs it, and may take it away.
    public var name: String
    /// Why, 1 to ``TwinCore/Lockout/maximumTextBytes`` bytes.
    public var reason: String
    /// For how long, in seconds, 1 to ``TwinCore/Lockout/maximumSeconds``.
    public var seconds: Int

    /// Puts a request together.
    public init(output: OutputAddress, name: String, reason: String, seconds: Int) {
        self.output = output
        self.name = name
        self.reason = reason
        self.seconds = min(max(1, seconds), Lockout.maximumSeconds)
    }
}

/// An emergency stop as a caller asks for it.
public struct StopRequest: Sendable {
    /// What it covers.
    public var scope: StopScope
    /// Why, 1 to 500 characters.
    public var reason: String
    /// Who asks.
    public var issuedBy: String
    /// Whether it is an exercise, which stops all the same and is reported with its times.
    public var isDrill: Bool

    /// Puts a request together.
    public init(scope: StopScope, reason: String, issuedBy: String, isDrill: Bool = false) {
        self.isDrill = isDrill
        self.scope = scope
        self.reason = reason
        self.issuedBy = issuedBy
    }
}

/// One counter or gauge.
public struct Measurement: Sendable {
    /// How the number behaves.
    public enum Kind: String, Sendable {
        case counter, gauge
    }

    /// The name, such as `doppel_messages_total`.
    public var name: String
    /// What it counts, in one sentence.
    public var help: String
    /// How the number behaves.
    public var kind: Kind
    /// What tells this number from others of the same name.
    public var labels: [(name: String, value: String)]
    /// The number.
    public var value: Double

    /// Puts a measurement together.
    public init(
        _ name: String, help: String, kind: Kind, labels: [(name: String, value: String)] = [], value: Double
    ) {
        self.name = name
        self.help = help
        self.kind = kind
        self.labels = labels
        self.value = value
    }
}
