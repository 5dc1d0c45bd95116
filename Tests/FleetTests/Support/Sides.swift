import Fleet
import Testing
import TwinCore

/// What happens at the device, and what it is expected to say.
struct DeviceSide {
    let dialogue: Dialogue

    var state: SimulatedDevice { dialogue.device }

    func output(_ gpio: Int) -> SimulatedOutput {
        guard let output = state.outputs.first(where: { Int($0.gpio.number) == gpio }) else {
            preconditionFailure("the test's device has no output on gpio \(gpio)")
        }
        return output
    }

    func connects() { dialogue.absorb(dialogue.device.connected(at: dialogue.now)) }

    func losesConnection() { dialogue.absorb(dialogue.device.connectionLost(at: dialogue.now)) }

    func reboots() { dialogue.absorb(dialogue.device.rebooted(at: dialogue.now)) }

    func waits(_ seconds: Double) { dialogue.pass(seconds: seconds) }

    /// The next message is on this subtopic and holds these pieces.
    func says(_ subtopic: String, _ pieces: String..., location: SourceLocation = #_sourceLocation) {
        guard let message = dialogue.next() else {
            Issue.record("the device said nothing instead of \(subtopic)", sourceLocation: location)
            return
        }
        let text = String(decoding: message.payload, as: UTF8.self)
        #expect(dialogue.subtopic(message.topic) == subtopic, "\(text)", sourceLocation: location)
        for piece in pieces { #expect(text.contains(piece), "\(subtopic) \(text)", sourceLocation: location) }
    }

    func saysNothing(location: SourceLocation = #_sourceLocation) {
        let topics = dialogue.unread.map(\.topic)
        #expect(topics.isEmpty, sourceLocation: location)
        dialogue.forget()
    }

    /// What it said since is of no interest.
    func mumbles() { dialogue.forget() }

    /// How many unread messages are on subtopics that begin so.
    func count(of beginning: String) -> Int {
        dialogue.unread.count { dialogue.subtopic($0.topic).hasPrefix(beginning) }
    }
}

/// What the server says.
struct ServerSide {
    let dialogue: Dialogue

    /// On a topic of the device.
    func says(_ subtopic: String, _ payload: String) {
        publishes("kaiser/god/esp/\(dialogue.device.specification.id)/\(subtopic)", payload)
    }

    /// On any topic.
    func publishes(_ topic: String, _ payload: String) {
        dialogue.absorb(dialogue.device.received(topic: topic, payload: Array(payload.utf8), at: dialogue.now))
    }

    func acknowledges(_ status: String = "online", epoch: UInt32? = nil) {
        let epoch = epoch ?? dialogue.device.handoverEpoch
        let seconds = dialogue.now.time.milliseconds / 1000
        says(
            "system/heartbeat/ack",
            #"{"status":"\#(status)","config_available":false,"server_time":\#(seconds),"handover_epoch":\#(epoch)}"#)
    }

    /// Lets time pass, a whole number of minutes, with an acknowledgement in each.
    func attends(seconds: Int) {
        for _ in 0..<seconds / 60 {
            dialogue.pass(seconds: 60)
            acknowledges()
        }
    }

    func commands(_ gpio: Int, _ word: String, value: Double = 1, duration: Int = 0, id: String = "c-1") {
        says(
            "actuator/\(gpio)/command",
            #"{"command":"\#(word)","value":\#(value),"duration":\#(duration),"correlation_id":"\#(id)","#
                + #""intent_id":"\#(id)","issued_by":"user:mara","timestamp":1777600000}"#)
    }

    func stops(_ incident: String = "inc-7") {
        says("actuator/emergency", #"{"command":"emergency_stop","reason":"leak","correlation_id":"\#(incident)"}"#)
    }

    func clears(_ incident: String = "inc-7") {
        says("actuator/emergency", #"{"command":"clear_emergency","correlation_id":"\#(incident)"}"#)
    }

    /// Pushes sections of a configuration.
    func configures(_ sections: String, id: String = "cfg-1") {
        says("config", #"{\#(sections),"correlation_id":"\#(id)","intent_id":"\#(id)","timestamp":1777600000}"#)
    }

    func assigns(zone: String, id: String = "z-1") {
        says(
            "zone/assign",
            #"{"zone_id":"\#(zone)","master_zone_id":"site_2","zone_name":"Z","kaiser_id":"god","correlation_id":"\#(id)"}"#
        )
    }

    func assigns(subzone: String, in parent: String = "tent_a", pins: String = "26", isSafe: Bool = false) {
        says(
            "subzone/assign",
            #"{"subzone_id":"\#(subzone)","subzone_name":"S","parent_zone_id":"\#(parent)","#
                + #""assigned_gpios":[\#(pins)],"safe_mode_active":\#(isSafe),"correlation_id":"sz-1"}"#)
    }

    func orders(_ word: String, _ members: String = "") {
        says("system/command", #"{"command":"\#(word)"\#(members),"timestamp":1777600000}"#)
    }

    func measures(_ gpio: Int, timeout: Int = 5000, request: String = "m-1") {
        says(
            "sensor/\(gpio)/command",
            #"{"command":"measure","request_id":"\#(request)","correlation_id":"\#(request)","timeout_ms":\#(timeout)}"#
        )
    }

    func broadcasts(_ payload: String) { publishes("kaiser/broadcast/emergency", payload) }
}
