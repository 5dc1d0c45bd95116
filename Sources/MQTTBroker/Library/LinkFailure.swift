import CMosquitto
import TwinRuntime

#if canImport(Glibc)
import Glibc
#elseif canImport(Darwin)
import Darwin
#endif

/// Why a connection could not be made or did not last, for a person to read.
struct LinkFailure: Error, Equatable {
    let description: String
    /// What the failure means for the next attempt.
    var cause = ReconnectPolicy.Cause.trouble

    /// A publication's time was over before the broker had it in full.
    static let overdue = LinkFailure(
        "the broker did not answer before a publication expired; it is sent no more", .ownDecision)

    init(_ description: String, _ cause: ReconnectPolicy.Cause) {
        self.description = description
        self.cause = cause
    }

    init(_ description: String) { self.description = description }

    /// Translates a result of the library, together with the `errno` that it left behind and what it complained of.
    init(code: Int32, errno systemError: Int32, complaint: String?) {
        let text: String
        switch code {
        case Int32(MOSQ_ERR_ERRNO.rawValue) where systemError == EPROTO:
            // What the library makes of any failure of an established TLS session.
            text = "the TLS session broke"
        case Int32(MOSQ_ERR_ERRNO.rawValue):
            text = unsafe String(cString: strerror(systemError))
        case Int32(MOSQ_ERR_EAI.rawValue):
            // The library puts the resolver's own code, which is negative or small, into errno.
            text = unsafe "name resolution failed: \(String(cString: gai_strerror(systemError)))"
        case Int32(MQTT_RC_SESSION_TAKEN_OVER.rawValue):
            cause = .takenOver
            text = "another client took over this client id; give each Doppel a client prefix of its own"
        case 128...255:
            // An MQTT 5 reason code: the broker said goodbye.
            text = unsafe "the broker disconnected: \(String(cString: mosquitto_reason_string(code)))"
        default:
            text = unsafe String(cString: mosquitto_strerror(code))
        }
        description = complaint.map { "\(text) (\($0))" } ?? text
    }

    /// Translates a CONNACK that refuses.
    init(connack code: Int32, version: LinkOptions.ProtocolVersion) {
        let text: String
        switch version {
        case .v311: text = unsafe String(cString: mosquitto_connack_string(code))
        case .v5: text = unsafe String(cString: mosquitto_reason_string(code))
        }
        description = "the broker refused the connection: \(text)"
    }
}
