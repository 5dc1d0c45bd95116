/// Something that happened, in the past tense: the only thing that changes a twin.
public struct Fact: Sendable, Equatable, Codable {
    /// Whose fact it is; `nil` for the site as a whole.
    public let device: DeviceID?
    /// When it reached the runtime.
    public let moment: Moment
    /// What happened.
    public let event: Event

    /// Puts a fact together.
    public init(device: DeviceID?, moment: Moment, event: Event) {
        self.device = device
        self.moment = moment
        self.event = event
    }
}

/// What happened, and to which twin.
public enum Event: Sendable, Equatable, Codable {
    case site(SiteEvent)
    case device(DeviceEvent)
    case sensor(SensorKey, SensorEvent)
    case actuator(GPIO, ActuatorEvent)
}

/// What happens to the site as a whole.
public enum SiteEvent: Sendable, Equatable, Codable {
    /// A run of the runtime began: every twin re-bases what counted uptime, and forgets what only the past proved.
    case runStarted(number: Int)
    /// A run ended in order.
    case runEnded
    /// An emergency stop was latched.
    case stopLatched(Incident)
    /// An emergency stop was released; devices still clear one by one.
    case stopReleased(IncidentID, by: String)
    /// The models in use are these from now on.
    case catalogueLoaded(CatalogueStamp)
    /// A relay spoke for the first time, or says something else about its state or connections.
    case relayReported(RelayHeartbeat)
    /// Devices that obey broadcasts with a token are told with this one; `nil` for none.
    case broadcastTokenChanged(EmergencyToken?, by: String)
}

/// What happens to a device.
public enum DeviceEvent: Sendable, Equatable, Codable {
    /// It spoke for the first time.
    case discovered(KaiserID, approved: Bool)
    /// Its topics name another relay now.
    case moved(KaiserID)
    case approved(by: String)
    case rejected(by: String)
    /// It was rejected, has asked again after its time, and waits for approval once more.
    case readmitted
    /// An operator removed it; it is answered that it is not wanted, until it is approved again.
    case deleted(by: String)
    case cameOnline
    case wentOffline(OfflineReason)
    case heartbeat(Heartbeat)
    case metrics(HeartbeatMetrics)
    case announced(SessionAnnouncement)
    case will(WillReport)
    case willErased
    case alerted(ActuatorAlert)
    /// An emergency stop covers it and the order was sent.
    case stopOrdered(Incident)
    /// The order was sent once more.
    case stopRepeated
    /// It said that it obeyed.
    case stopAcknowledged
    /// The operator released the stop.
    case clearRequested(IncidentID, by: String)
    /// The clearing was sent.
    case clearSent
    /// It refused the clearing.
    case clearRefused(String)
    /// It said that its outputs may be commanded again.
    case cleared
    /// It answered a command for an output that it never showed.
    case strayResponse(ActuatorResponse)
    /// It spoke about an emergency stop that does not hold it.
    case strayEmergency(EmergencyReport)
    case health(HealthEvent)
    /// It says what it is made of.
    case hardwareReported(HardwareReport)
    /// It says what is on a 1-Wire bus.
    case busScanned(BusScan)
    /// It speaks of something it was told to do.
    case intent(IntentEvent)
    case configuration(ConfigurationEvent)
    case operation(OperationEvent)
    case token(TokenEvent)
    case library(LibraryEvent)
    /// An operator must see something.
    case alarmed(SafetyAlarm)
    /// The twin failed repeatedly and takes no part until it is reset, and why.
    case quarantined(String)
    case quarantineLifted(by: String)
}

/// What a device says about its own condition.
public enum HealthEvent: Sendable, Equatable, Codable {
    case diagnosed(Diagnostics)
    case erred(DeviceError)
    case pressureChanged(QueuePressure)
    case statusReported(StatusReport)
    case safeModeReported(SafeModeReport)
    case credentialsReported(CredentialsReport)
    case subzoneReported(SubzoneStatus)
}

/// What a device says about the life of an intent.
public enum IntentEvent: Sendable, Equatable, Codable {
    case outcome(IntentOutcome)
    case lifecycle(IntentLifecycle)
}

/// Why a device counts as offline.
public enum OfflineReason: Sendable, Equatable, Codable {
    /// The broker published its last will.
    case will(String)
    /// It was silent for longer than the heartbeat timeout.
    case silence
}

/// What happens to a sensor.
public enum SensorEvent: Sendable, Equatable, Codable {
    case sampled(Sample)
    /// Its device sent calibration words of the chip that were not known; these are all of them.
    case registersReported(BoschWords)
    case calibration(CalibrationEvent)
    /// Its stored raw values were processed again, with the models in use since then.
    case reprocessed(Reprocessing)
}

/// How a tag came off.
public enum LockoutEnd: Sendable, Equatable, Codable {
    /// Its time was up.
    case expired
    /// Somebody took it away.
    case removed(by: String)
}

/// What happens to an actuator.
public enum ActuatorEvent: Sendable, Equatable, Codable {
    case reported(ActuatorStatus)
    case alerted(ActuatorAlert)
    /// Its device went offline; what the output does is unknown until the device speaks.
    case confirmationForgotten
    case commandAccepted(CommandOrder, Drive, leaseSeconds: Int?, [Gate.Evaluation])
    case commandRefused(CommandOrder, Gate.Limit, [Gate.Evaluation])
    /// It was handed to the broker.
    case commandSent(CommandID, attempt: Int)
    /// Nobody answered in time; it is sent once more.
    case commandRetried(CommandID, attempt: Int)
    /// The broker confirmed it.
    case commandAcknowledged(CommandID)
    /// The device answered a command, under way or not.
    case answered(ActuatorResponse)
    case commandFinished(CommandID, CommandOutcome)
    case leaseEnded(LeaseEnd)
    /// The output is to be off, and OFF is sent until the device confirms it.
    case safeStateOrdered(SafeStateCause)
    case safeStateRepeated
    case safeStateConfirmed
    /// An operator must see something.
    case alarmed(SafetyAlarm)
    /// Somebody hung a tag on the output: nothing energises it.
    case lockedOut(Lockout)
    case lockoutEnded(LockoutEnd)
    /// A sensor shows that the output works.
    case effectSeen(String)
}
