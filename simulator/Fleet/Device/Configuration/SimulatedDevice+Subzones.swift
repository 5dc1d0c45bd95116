import KaiserProtocol
import TwinCore

/// Why a change of a subzone is refused, in the contract's numbers and words.
enum SubzoneRefusal: Sendable, Equatable {
    case badID, pinConflict, wrongParent, unknown, badPin, notStored, badAction

    /// The number of the contract's list.
    var number: Int {
        switch self {
        case .badID, .badAction: 2500
        case .pinConflict: 2501
        case .wrongParent: 2502
        case .unknown: 2503
        case .badPin: 2504
        case .notStored: 2506
        }
    }

    /// The contract's code.
    var code: String { self == .unknown ? "SUBZONE_NOT_FOUND" : "VALIDATION_ERROR" }

    /// The device's words.
    var words: String {
        switch self {
        case .badID: "subzone_id must have 1 to 32 letters, digits and underscores"
        case .pinConflict: "A pin belongs to another subzone"
        case .wrongParent: "parent_zone_id is not the device's zone"
        case .unknown: "No such subzone"
        case .badPin: "assigned_gpios holds no list of pins"
        case .notStored: "No room for another subzone"
        case .badAction: "action must be enable or disable"
        }
    }
}

extension SimulatedDevice {
    /// Takes `subzone/assign`.
    mutating func takeSubzone(
        _ message: borrowing ReceivedPayload, at now: Moment, into actions: inout [DeviceAction]
    ) {
        let intent = intent(.subzoneAssignment, message)
        let id = message.text("subzone_id") ?? ""
        let answer = SubzoneReply(id: id, correlation: message.name("correlation_id"), intent: intent)
        guard Self.isSubzoneID(id) else { return refuse(answer, .badID, at: now, into: &actions) }
        guard !configuration.zone.isEmpty, message.text("parent_zone_id") == configuration.zone else {
            return refuse(answer, .wrongParent, at: now, into: &actions)
        }
        let pins = message.contains("assigned_gpios") ? message.integers("assigned_gpios") : []
        guard let gpios = pins?.compactMap({ GPIO($0) }), gpios.count == pins?.count else {
            return refuse(answer, .badPin, at: now, into: &actions)
        }
        let others = configuration.subzones.filter { $0.id != id }
        guard !others.contains(where: { !$0.gpios.allSatisfy { !gpios.contains($0) } }) else {
            return refuse(answer, .pinConflict, at: now, into: &actions)
        }
        guard others.count < Firmware.maximumSubzones else {
            return refuse(answer, .notStored, at: now, into: &actions)
        }
        var subzone = ConfiguredSubzone(id: id)
        subzone.name = message.text("subzone_name") ?? ""
        subzone.gpios = Set(gpios).sorted()
        subzone.isSafe = message.boolean("safe_mode_active") ?? true
        configuration.subzones = (others + [subzone]).sorted { $0.id < $1.id }
        isolateOutputs(at: now, into: &actions)
        confirm(answer, "subzone_assigned", at: now, into: &actions)
    }

    /// Takes `subzone/remove`.
    mutating func takeSubzoneRemoval(
        _ message: borrowing ReceivedPayload, at now: Moment, into actions: inout [DeviceAction]
    ) {
        let intent = intent(.subzoneRemoval, message)
        let id = message.text("subzone_id") ?? ""
        let answer = SubzoneReply(id: id, correlation: message.name("correlation_id"), intent: intent)
        guard Self.isSubzoneID(id) else { return refuse(answer, .badID, at: now, into: &actions) }
        guard let index = configuration.subzones.firstIndex(where: { $0.id == id }) else {
            return refuse(answer, .unknown, at: now, into: &actions)
        }
        configuration.subzones.remove(at: index)
        confirm(answer, "subzone_removed", at: now, into: &actions)
    }

    /// Takes `subzone/safe`, whose success is not answered.
    mutating func takeSubzoneSafety(
        _ message: borrowing ReceivedPayload, at now: Moment, into actions: inout [DeviceAction]
    ) {
        let intent = intent(.subzoneSafety, message)
        let id = message.text("subzone_id") ?? ""
        let answer = SubzoneReply(id: id, correlation: message.name("correlation_id"), intent: intent)
        guard let index = configuration.subzones.firstIndex(where: { $0.id == id }) else {
            return refuse(answer, .unknown, at: now, into: &actions)
        }
        switch message.text("action") {
        case "enable": configuration.subzones[index].isSafe = true
        case "disable": configuration.subzones[index].isSafe = false
        default: return refuse(answer, .badAction, at: now, into: &actions)
        }
        isolateOutputs(at: now, into: &actions)
        tell(.applied, of: intent, at: now, into: &actions)
        guard personality.usesDocumentedTopics, passes(.held) else { return }
        var payload = PayloadWriter()
        payload.add("esp_id", clientID)
        payload.add("subzone_id", id)
        payload.add("safe_mode", configuration.subzones[index].isSafe)
        payload.add("timestamp", seconds(at: now))
        respond("subzone/status", payload, at: now, into: &actions)
    }

    /// What a change of a subzone is answered with.
    private struct SubzoneReply {
        let id: String
        let correlation: String?
        let intent: Intent
    }

    private mutating func isolateOutputs(at now: Moment, into actions: inout [DeviceAction]) {
        for index in outputs.indices where configuration.isIsolated(outputs[index].gpio, in: outputs[index].subzone) {
            isolate(index, at: now, into: &actions)
        }
    }

    private mutating func confirm(
        _ reply: SubzoneReply, _ status: String, at now: Moment, into actions: inout [DeviceAction]
    ) {
        tell(.accepted, of: reply.intent, "COMMAND_ACCEPTED", at: now, into: &actions)
        answer(reply, status, nil, at: now, into: &actions)
        tell(.persisted, of: reply.intent, at: now, into: &actions)
    }

    private mutating func refuse(
        _ reply: SubzoneReply, _ refusal: SubzoneRefusal, at now: Moment, into actions: inout [DeviceAction]
    ) {
        refusedMessages += 1
        tell(.rejected, of: reply.intent, "VALIDATION_FAIL", refusal.words, at: now, into: &actions)
        answer(reply, "error", refusal, at: now, into: &actions)
    }

    private mutating func answer(
        _ reply: SubzoneReply, _ status: String, _ refusal: SubzoneRefusal?, at now: Moment,
        into actions: inout [DeviceAction]
    ) {
        guard let sequence = admit(.free) else { return }
        var payload = PayloadWriter()
        payload.add("esp_id", clientID)
        payload.add("status", status)
        payload.add("subzone_id", reply.id)
        payload.add("timestamp", seconds(at: now))
        if let refusal {
            payload.add("error_code", refusal.number)
            payload.add("reason_code", refusal.code)
            payload.add("message", refusal.words)
        }
        payload.add("seq", sequence)
        if let correlation = reply.correlation { payload.add("correlation_id", correlation) }
        respond("subzone/ack", payload, at: now, into: &actions)
    }

    private static func isSubzoneID(_ text: String) -> Bool {
        (1...32).contains(text.utf8.count)
            && text.utf8.allSatisfy { byte in
                switch byte {
                case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "A")...UInt8(ascii: "Z"),
                    UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "_"):
                    true
                default: false
                }
            }
    }
}
