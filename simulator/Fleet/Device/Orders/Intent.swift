import KaiserProtocol
import TwinCore

/// What a message of the server calls itself, as the device echoes it in outcomes.
struct Intent: Sendable, Equatable {
    /// The canonical flows.
    enum Flow: String, Sendable {
        case command, config, zone
        case subzoneAssignment = "subzone_assign"
        case subzoneRemoval = "subzone_remove"
        case subzoneSafety = "subzone_safe"
    }

    /// What it is about.
    let flow: Flow
    /// Its id; the device makes one up where the server gave none.
    let id: String
    /// What ties it to a request of the server; the id where the server gave none.
    let correlation: String
    /// The server's count of configurations; 0 where it does not fit the device's 32 bits.
    let generation: Int64
    /// When it was made, in milliseconds of the device's uptime; 0 where the server did not say.
    let createdAtMilliseconds: Int64
    /// How long it is good for, in milliseconds; 0 for ever.
    let lifetimeMilliseconds: Int64

    init(_ flow: Flow, _ message: borrowing ReceivedPayload, inventing invented: String) {
        // The metadata stands at the top, or under "data".
        let top = Metadata(message)
        var nested: Metadata?
        if let inner = message.nested("data") { nested = Metadata(inner) }
        self.flow = flow
        let correlation = top.correlation ?? nested?.correlation
        id = top.id ?? nested?.id ?? correlation ?? invented
        self.correlation = correlation ?? id
        generation = top.generation ?? nested?.generation ?? 0
        createdAtMilliseconds = top.createdAtMilliseconds ?? nested?.createdAtMilliseconds ?? 0
        lifetimeMilliseconds = top.lifetimeMilliseconds ?? nested?.lifetimeMilliseconds ?? 0
    }

    /// The members of one object that say what a message is.
    private struct Metadata {
        let id: String?
        let correlation: String?
        let generation: Int64?
        let createdAtMilliseconds: Int64?
        let lifetimeMilliseconds: Int64?

        init(_ message: borrowing ReceivedPayload) {
            id = message.name("intent_id")
            correlation = message.name("correlation_id")
            generation = message.count("generation")
            createdAtMilliseconds = message.count("created_at_ms")
            lifetimeMilliseconds = message.count("ttl_ms")
        }
    }

    /// Whether its time was over before the device came to it.
    func isExpired(atUptime milliseconds: Int64) -> Bool {
        createdAtMilliseconds > 0 && lifetimeMilliseconds > 0
            && milliseconds > createdAtMilliseconds + lifetimeMilliseconds
    }
}

extension ReceivedPayload {
    /// A text that is not empty, as far as the firmware's buffer holds it.
    func name(_ key: JSONKey) -> String? {
        guard let text = text(key), !text.isEmpty else { return nil }
        return Firmware.buffered(text)
    }

    /// A number of 32 bits; the firmware reads any other as 0.
    fileprivate func count(_ key: JSONKey) -> Int64? {
        integer(key).map { (0...Int64(UInt32.max)).contains($0) ? $0 : 0 }
    }
}

/// What a device counts about outcomes since it booted.
struct IntentCounters: Sendable, Equatable {
    /// How many ids it made up.
    var invented: UInt32 = 0
    /// How many outcomes were final.
    var final: UInt32 = 0
    /// How often everything under way was called off by an emergency stop.
    var safetyEpoch: UInt32 = 1
}
