/// Why the gateway could not begin.
public enum GatewayError: Error, Sendable, Equatable, CustomStringConvertible {
    /// Another program listens there.
    case addressInUse(host: String, port: Int)
    /// The system does not let the gateway listen there, with its reason.
    case cannotListen(host: String, port: Int, reason: String)

    /// What went wrong and what would help.
    public var description: String {
        switch self {
        case .addressInUse(let host, let port):
            "another program already listens on \(host):\(port); end it, or choose another port"
        case .cannotListen(let host, let port, let reason):
            "cannot listen on \(host):\(port): \(reason)"
        }
    }
}
