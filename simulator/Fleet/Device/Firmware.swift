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
