/// The numbers that are compiled into the firmware.
public enum Firmware {
    /// How often a registered device sends heartbeats, in seconds.
    public static let heartbeatSeconds = 60
    /// How often a sensor measures unless configured otherwise, in seconds.
    public static let sensorIntervalSeconds = 30
    /// How often the status of all outputs is sent, in seconds.
    public static let statusSeconds = 30
    /// The longest time on end that an output may be on unless configured otherwise, in seconds.
    public static let maxRuntimeSeconds = 3600
    /// How often a device sends heartbeats until it is acknowledged, in milliseconds.
    public static let unacknowledgedHeartbeatMilliseconds: Int64 = 5000
    /// How long a device waits for the server's acknowledgement before it goes offline, in milliseconds.
    public static let acknowledgementPatienceMilliseconds: Int64 = 120_000
    /// How long outputs stay as they are without a connection, in milliseconds.
    public static let disconnectGraceMilliseconds: Int64 = 30_000
    /// For how long after connecting an unregistered device takes "server offline" for stale, in milliseconds.
    public static let staleServerStatusMilliseconds: Int64 = 15_000
    /// For how long after a stop its clearing is refused, in milliseconds.
    public static let clearRefusalMilliseconds: Int64 = 5000
    /// How long a clearing settles before it is confirmed, in milliseconds.
    public static let recoverySettleMilliseconds: Int64 = 2000
    /// How often a pump or relay may switch on within ``activationWindowMilliseconds``.
    public static let maximumActivations = 60
    /// The span in which activations are counted: one hour, in milliseconds.
    public static let activationWindowMilliseconds: Int64 = 3_600_000
    /// How often a device sends diagnostics, in milliseconds.
    public static let diagnosticsMilliseconds: Int64 = 60_000
    /// How often a device reports one error at most, in milliseconds.
    public static let errorReportMilliseconds: Int64 = 60_000
    /// How many slots the firmware has to remember reported errors in; codes share them.
    public static let errorSlots = 32
    /// How long the publish queue of a congested device is full, in milliseconds.
    public static let congestionMilliseconds: Int64 = 10_000
    /// How many messages the publish queue holds.
    public static let publishQueueSlots = 8
    /// From how many waiting messages on what is not critical is shed.
    public static let queuePressureThreshold = 6
    /// How many sensors the firmware reads back from its flash where it has that fault.
    public static let restoredSensors = 10
    /// The most subzones a device keeps.
    public static let maximumSubzones = 8
    /// The most rules for the time without a server that a device keeps.
    public static let maximumOfflineRules = 8
    /// The longest zone id a device keeps, in bytes.
    public static let zoneBytes = 32
    /// The most failures that one configuration answer lists.
    public static let listedFailures = 10
    /// The largest configuration a device takes, in bytes.
    public static let maximumConfigurationBytes = 4352
    /// The largest message a device sends, in bytes.
    public static let maximumOutboundBytes = 1536
    /// How long a measurement on demand may take unless the command says otherwise, in milliseconds.
    public static let measureTimeoutMilliseconds: Int64 = 5000
    /// How long a device waits for a chunk of a library, in milliseconds.
    public static let chunkPatienceMilliseconds: Int64 = 30_000
    /// How long a device waits until a library that it asked for begins, in milliseconds.
    public static let downloadPatienceMilliseconds: Int64 = 60_000
    /// How often it asks again for a library or a chunk.
    public static let downloadRetries = 3
    /// The largest library a device has room for, in bytes as sent.
    public static let maximumLibraryBytes: Int64 = 512 * 1024
    /// Unchanged counters go out with every so many heartbeats.
    public static let heartbeatsPerMetrics = 5
    /// The largest payload a device takes, in bytes.
    public static let maximumInboundBytes = 8192
    /// The longest id or issuer a device keeps, in bytes; it cuts longer ones.
    public static let textBufferBytes = 63

    /// What is left of a text in the firmware's buffer, cut at a character.
    static func buffered(_ text: String) -> String {
        guard text.utf8.count > textBufferBytes else { return text }
        var cut = ""
        for scalar in text.unicodeScalars {
            guard cut.utf8.count + scalar.utf8.count <= textBufferBytes else { break }
            cut.unicodeScalars.append(scalar)
        }
        return cut
    }
}
