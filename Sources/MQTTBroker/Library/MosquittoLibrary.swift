import CMosquitto
import Synchronization

/// What concerns the library as a whole, once for the process.
enum MosquittoLibrary {
    /// The result of a call that went well.
    static let success = Int32(MOSQ_ERR_SUCCESS.rawValue)

    /// Whether the library started.
    static let isReady: Bool = mosquitto_lib_init() == success

    /// Whether the library's TLS part was initialised.
    private static let hasConnectedSecurely = Mutex(false)

    /// Runs the connecting of one handle.
    ///
    /// The library sets up its TLS part during the first secured connection, and without a lock; so secured
    /// connections are made one at a time until the first has come through.
    static func connecting(secured isSecured: Bool, _ connect: () -> LinkFailure?) -> LinkFailure? {
        guard isSecured, !hasConnectedSecurely.withLock({ $0 }) else { return connect() }
        return hasConnectedSecurely.withLock { hasConnected in
            let failure = connect()
            hasConnected = hasConnected || failure == nil
            return failure
        }
    }
}
