/// Everything that is known of one device; changed by ``DeviceState/apply(_:at:)`` alone.
public struct DeviceState: Sendable, Equatable, Codable {
    /// Where it is reached.
    public private(set) var address: DeviceAddress
    /// Where it stands.
    public private(set) var status: DeviceStatus
    /// Since when.
    public private(set) var statusSince: UnixTime
    /// When it last spoke, on both clocks; the uptime is re-based by a new run.
    public private(set) var lastHeard: Moment
    /// Its latest heartbeat.
    public private(set) var heartbeat: Heartbeat?
    /// Its latest counters.
    public private(set) var metrics: HeartbeatMetrics?
    /// The epoch its acknowledgements must carry.
    public private(set) var handoverEpoch: UInt32 = 1
    /// Which boot it is in.
    public private(set) var bootSequence: String?
    /// Whether the broker may still keep a last will of it.
    public private(set) var mayHaveRetainedWill = true
    /// The emergency stop that holds it.
    public internal(set) var stop: StopPhase = .none
    /// The emergency stops that took hold of it since it was last let go, oldest first.
    public internal(set) var stoppedBy: [IncidentID] = []
    /// Its latest alert that concerns the whole device.
    public private(set) var lastAlert: ActuatorAlert?
    /// Its latest answer about an output that it never showed.
    public private(set) var lastStrayResponse: ActuatorResponse?
    /// What it said when it refused an emergency order; `nil` once it obeyed one.
    public internal(set) var emergencyRefusal: String?
    /// What it is made of, as it last said.
    public private(set) var hardware: HardwareReport?
    /// What it last found on its 1-Wire buses.
    public private(set) var busScan: Received<BusScan>?
    /// How it is, as it says itself.
    public private(set) var health = HealthState()
    /// What became of what it was told.
    public private(set) var intents = IntentLedger()
    /// What it is to be, and what it is.
    public private(set) var configuration = ConfigurationState()
    /// What operators asked it to do.
    public private(set) var operations = OperationLedger()
    /// Which secrets it wants to see.
    public private(set) var tokens = TokenState()
    /// The library it takes in.
    public private(set) var library = LibraryTransferState()
    /// How far its clock is off.
    public private(set) var clockOffset = ClockOffset()
    /// The latest alarm about it.
    public private(set) var lastAlarm: Received<SafetyAlarm>?
    /// Why its twin takes no part, and since when; `nil` while it does.
    public private(set) var quarantine: Received<String>?
    /// Since when a device is excluded that took part until then, in this run.
    public private(set) var excludedAt: Moment?
    /// When it last came back: online, connected anew or booted; `nil` before that in this run.
    public private(set) var returnedAt: Moment?

    /// Makes a device that speaks for the first time.
    public init(address: DeviceAddress, isApproved: Bool, at moment: Moment) {
        self.address = address
        status = isApproved ? .approved : .pendingApproval
        statusSince = moment.time
        lastHeard = moment
    }

    /// Its name.
    public var id: DeviceID { address.device }
    /// The zone it says it is in; `nil` when none.
    public var zone: String? { (configuration.reported.zone?.id ?? heartbeat?.zone).flatMap { $0.isEmpty ? nil : $0 } }
    /// The master zone it says it is in; `nil` when none.
    public var masterZone: String? {
        (configuration.reported.zone?.masterID ?? heartbeat?.masterZone).flatMap { $0.isEmpty ? nil : $0 }
    }
    /// The kind of an output: the configured one where the device reports the word that this one has on the wire.
    public func kindWord(for reported: String, on gpio: GPIO) -> String {
        guard let wish = configuration.reported.actuators[gpio], wish.wireType == reported else { return reported }
        return wish.type
    }

    /// Whether an emergency stop keeps its outputs off.
    public var isStopped: Bool { stop != .none }

    /// Notes that the device spoke, whatever it said.
    public mutating func noteSpeech(at moment: Moment) { lastHeard = moment }

    /// Re-bases what counted the past run's uptime; whether the device is there is not known any more.
    public mutating func beginRun(at moment: Moment) {
        lastHeard = Moment(time: lastHeard.time, uptime: moment.uptime)
        if status == .online { change(to: .approved, at: moment) }
        mayHaveRetainedWill = true
        returnedAt = nil
        excludedAt = nil
        beginStopAgain(at: moment)
        operations.beginRun(at: moment)
        configuration.beginRun(at: moment)
        library.beginRun(at: moment)
    }

    /// Takes one fact into the state.
    public mutating func apply(_ event: DeviceEvent, at moment: Moment) {
        switch event {
        case .discovered(let kaiser, let isApproved):
            self = Self(address: DeviceAddress(kaiser: kaiser, device: id), isApproved: isApproved, at: moment)
        case .moved(let kaiser): address = DeviceAddress(kaiser: kaiser, device: id)
        case .approved:
            excludedAt = nil
            change(to: .approved, at: moment)
        case .rejected:
            if admissionStatus == .online { excludedAt = moment }
            change(to: .rejected, at: moment)
        case .readmitted:
            excludedAt = nil
            change(to: .pendingApproval, at: moment)
        case .deleted: applyDeletion(at: moment)
        case .cameOnline:
            change(to: .online, at: moment)
            returnedAt = moment
        case .wentOffline: change(to: .offline, at: moment)
        case .heartbeat(let heartbeat):
            if isNewBoot(heartbeat) { returnedAt = moment }
            self.heartbeat = heartbeat
            if let epoch = heartbeat.activeHandoverEpoch, epoch >= 1 { handoverEpoch = epoch }
            bootSequence = heartbeat.bootSequence ?? bootSequence
            clockOffset.take(heartbeat.clock, at: moment)
        case .metrics(let metrics): self.metrics = metrics
        case .announced(let announcement):
            handoverEpoch = announcement.epoch
            returnedAt = moment
        case .will: mayHaveRetainedWill = true
        case .willErased: mayHaveRetainedWill = false
        case .alerted(let alert): lastAlert = alert
        case .strayResponse(let response): lastStrayResponse = response
        case .strayEmergency: break  // Kept as a fact; it says nothing about the present.
        case .stopOrdered, .stopRepeated, .stopAcknowledged, .clearRequested, .clearSent, .clearRefused, .cleared:
            applyStop(event, at: moment)
        case .health(let event): health.apply(event, at: moment)
        case .hardwareReported(let hardware): self.hardware = hardware
        case .busScanned(let scan): busScan = Received(scan, at: moment.time)
        case .intent(let event): intents.apply(event, at: moment)
        case .configuration(let event): configuration.apply(event, at: moment)
        case .operation(let event): operations.apply(event, at: moment)
        case .token(let event): tokens.apply(event)
        case .library(let event): library.apply(event, at: moment)
        case .alarmed(let alarm): lastAlarm = Received(alarm, at: moment.time)
        case .quarantined(let reason): quarantine = Received(reason, at: moment.time)
        case .quarantineLifted: quarantine = nil
        }
    }

    /// What is left of a removed device is that it was removed.
    private mutating func applyDeletion(at moment: Moment) {
        let removed = Self(address: address, isApproved: false, at: moment)
        let (stop, tokens, lastHeard, epoch) = (stop, tokens, lastHeard, handoverEpoch)
        let excludedAt = admissionStatus == .online ? moment : excludedAt
        self = removed
        self.lastHeard = lastHeard
        self.excludedAt = excludedAt
        // Without its own epoch it would not believe that it was removed.
        handoverEpoch = epoch
        // A stop still holds what is out there, and its secrets are needed to say so.
        self.stop = stop
        self.tokens = tokens
        change(to: .deleted, at: moment)
    }

    /// Whether a heartbeat comes from another boot than the one before.
    func isNewBoot(_ heartbeat: Heartbeat) -> Bool {
        heartbeat.bootSequence != nil && bootSequence != nil && heartbeat.bootSequence != bootSequence
    }

    private mutating func change(to status: DeviceStatus, at moment: Moment) {
        guard self.status != status else { return }
        self.status = status
        statusSince = moment.time
    }
}
