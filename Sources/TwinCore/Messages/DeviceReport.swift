/// One understood message of one device.
public struct DeviceReport: Sendable, Equatable {
    /// Which relay the topic names.
    public var kaiser: KaiserID
    /// Which device the topic names.
    public var device: DeviceID
    /// What it says.
    public var message: DeviceMessage

    /// Puts a report together.
    public init(kaiser: KaiserID, device: DeviceID, message: DeviceMessage) {
        self.kaiser = kaiser
        self.device = device
        self.message = message
    }
}

/// Everything a device can say that the twins understand.
public enum DeviceMessage: Sendable, Equatable {
    case sensor(SensorReport)
    /// Several values at once, each with a digest of its own.
    case sensorBatch([SensorReport])
    case measured(MeasureAnswer)
    case processing(ProcessingRequest)
    case heartbeat(Heartbeat)
    case metrics(HeartbeatMetrics)
    case announcement(SessionAnnouncement)
    case will(WillReport)
    case actuatorStatus(ActuatorStatus)
    case actuatorResponse(ActuatorResponse)
    case actuatorAlert(ActuatorAlert)
    case emergency(EmergencyReport)
    case diagnostics(Diagnostics)
    case error(DeviceError)
    case queuePressure(QueuePressure)
    case status(StatusReport)
    case safeMode(SafeModeReport)
    case credentials(CredentialsReport)
    case hardware(HardwareReport)
    case busScan(BusScan)
    case intent(IntentOutcome)
    case intentLifecycle(IntentLifecycle)
    case configuration(ConfigurationAnswer)
    case zone(ZoneAnswer)
    case subzone(SubzoneAnswer)
    case subzoneStatus(SubzoneStatus)
    case system(SystemAnswer)
    case library(LibraryMessage)
}
