/// How a device's configuration fares.
public enum ConfigurationEvent: Sendable, Equatable, Codable {
    /// An operator wishes something else, or the same once more.
    ///
    /// `touched` are the properties that are tried anew, `revision` is the twin's with this fact, `validUntil` bounds
    /// what was touched.
    case wished(Desired, touched: [PropertyPath], by: String, revision: UInt64, validUntil: UnixTime?)
    /// A step is under way.
    case stepBegun(ConfigurationStep)
    /// The same was sent once more.
    case stepRepeated(CommandID, attempt: Int)
    /// The device took the step in.
    case stepAccepted(CommandID)
    /// The device said that not all of the step succeeded; what it says of the parts is awaited a little longer.
    ///
    /// With what the parts are refused for that it says nothing of; `nil` when they are told anew.
    case stepFailing(CommandID, refusal: String?)
    /// Properties became what the device was told.
    case applied([PropertyPath])
    /// The device refused a property.
    case refused(PropertyPath, String)
    /// The step is over.
    case stepEnded(CommandID, StepEnd)
    /// Properties were not carried out while they were valid.
    case expired([PropertyPath])
    /// The device shows another zone than it reported before.
    case zoneReported(id: String, masterID: String)
    /// The device runs another number of sensors or actuators than it was configured with: what it holds is unknown.
    case countMismatched(sensors: Int?, actuators: Int?)
    /// A device spoke about its configuration and nobody asked.
    case strayAnswer(ConfigurationAnswer)
    case strayZoneAnswer(ZoneAnswer)
    case straySubzoneAnswer(SubzoneAnswer)
}
