import KaiserProtocol
import Testing
import TwinCore

@Suite struct EncoderTests {
    private static let address = DeviceAddress(kaiser: KaiserID("kaiser_02")!, device: DeviceID("ESP_7C19F2")!)
    private static let time = UnixTime(milliseconds: 1_777_600_000_250)
    private static let prefix = "kaiser/kaiser_02/esp/ESP_7C19F2/"

    private func text(_ message: OutboundMessage) -> String { String(decoding: message.payload, as: UTF8.self) }

    private func energising(_ drive: Drive, issuedBy: String = "user:mara", span: Int64 = 2500) -> ClearedCommand? {
        let order = Gate.Order(
            id: CommandID("c-1"), drive: drive, durationSeconds: 90, issuedBy: issuedBy, timeToLiveMilliseconds: span)
        let kind = ActuatorKind(
            name: "pump", semantics: .pwm,
            limits: ActuatorLimits(defaultLeaseSeconds: 60, maxOnSeconds: 600, minOffSeconds: 0))
        let verdict = Gate.energise(
            order,
            Gate.Subject(address: Self.address, gpio: GPIO(26)!, kind: kind),
            Gate.Circumstances(
                deviceStatus: .online, isLatched: false, isJournalTakingFacts: true, isBrokerConnected: true),
            at: Moment(time: Self.time, uptime: Uptime(milliseconds: 5)))
        guard case .cleared(let command, _) = verdict else { return nil }
        return command
    }

    @Test func `a heartbeat is answered with everything the device needs`() {
        let answer = HeartbeatAck(address: Self.address, status: .online, handoverEpoch: 3, serverTime: Self.time)
        let message = KaiserEncoder.encode(.acknowledgeHeartbeat(answer))
        #expect(message.topic == Self.prefix + "system/heartbeat/ack")
        #expect(message.qos == 1 && !message.isRetained && message.expirySeconds == nil)
        #expect(
            text(message) == """
                {"status":"online","config_available":false,"server_time":1777600000,"handover_epoch":3,\
                "ack_type":"heartbeat","contract_version":2,"session_id":"ESP_7C19F2:steady"}
                """)
        let pending = HeartbeatAck(
            address: Self.address, status: .pendingApproval, handoverEpoch: 0, serverTime: Self.time)
        #expect(
            text(KaiserEncoder.encode(.acknowledgeHeartbeat(pending))) == """
                {"status":"pending_approval","config_available":false,"server_time":1777600000,"handover_epoch":1,\
                "ack_type":"heartbeat","contract_version":2}
                """)
    }

    @Test func `a heartbeat's answer says whether a configuration waits`() {
        let answer = HeartbeatAck(
            address: Self.address, status: .online, handoverEpoch: 3, serverTime: Self.time,
            isConfigurationAvailable: true)
        #expect(text(KaiserEncoder.encode(.acknowledgeHeartbeat(answer))).contains(#""config_available":true,"#))
    }

    @Test func `a removed device is told of an error and of its removal`() {
        let answer = HeartbeatAck(address: Self.address, status: .deleted, handoverEpoch: 0, serverTime: Self.time)
        #expect(
            text(KaiserEncoder.encode(.acknowledgeHeartbeat(answer))) == """
                {"status":"error","config_available":false,"server_time":1777600000,"handover_epoch":1,\
                "ack_type":"heartbeat","contract_version":2,\
                "error":"the device was removed; an operator has to approve it again",\
                "reason_code":"DEVICE_DELETED","revocation_source":"operator","upstream_deleted":true}
                """)
    }

    @Test func `an order to a device that holds a token carries it`() {
        let token = EmergencyToken("t0ken")
        let one = EmergencyOrder(
            address: Self.address, incident: IncidentID("inc-7"), reason: "leak", issuedBy: "mara",
            issuedAt: Self.time, token: token)
        #expect(
            text(KaiserEncoder.encode(.stopDevice(one)))
                == #"{"command":"emergency_stop","reason":"leak","correlation_id":"inc-7","auth_token":"t0ken"}"#)
        #expect(
            text(KaiserEncoder.encode(.clearDevice(one)))
                == #"{"command":"clear_emergency","reason":"leak","correlation_id":"inc-7","auth_token":"t0ken"}"#)
        let all = EmergencyOrder(
            address: nil, incident: IncidentID("inc-7"), reason: "leak", issuedBy: "mara", issuedAt: Self.time,
            token: token)
        #expect(
            text(KaiserEncoder.encode(.stopEverything(all)))
                .hasSuffix(#""incident_correlation_id":"inc-7","auth_token":"t0ken"}"#))
    }

    @Test func `an energising command carries its lease and its expiry`() throws {
        let command = try #require(energising(.pwm(level: 0.4)))
        let message = KaiserEncoder.encode(.command(command))
        #expect(message.topic == Self.prefix + "actuator/26/command")
        #expect(message.qos == 2 && !message.isRetained)
        #expect(message.expirySeconds == 2)
        #expect(
            text(message) == """
                {"command":"PWM","value":0.4,"duration":90,"timestamp":1777600000,"correlation_id":"c-1",\
                "intent_id":"c-1","issued_by":"user:mara","ttl_ms":2500}
                """)
        let on = try #require(energising(.on(level: 1), span: 10))
        #expect(KaiserEncoder.encode(.command(on)).expirySeconds == 1)
        #expect(text(KaiserEncoder.encode(.command(on))).hasPrefix("{\"command\":\"ON\",\"value\":1.0,\"duration\":90"))
    }

    @Test func `an OFF never expires`() {
        let off = Gate.deenergise(
            GPIO(26)!, at: Self.address, id: CommandID("c-2"), issuedBy: "twin", issuedAt: Self.time)
        let message = KaiserEncoder.encode(.command(off))
        #expect(message.qos == 2 && !message.isRetained && message.expirySeconds == nil)
        #expect(
            text(message) == """
                {"command":"OFF","value":0.0,"duration":0,"timestamp":1777600000,"correlation_id":"c-2",\
                "intent_id":"c-2","issued_by":"twin"}
                """)
    }

    @Test func `a command fits the device's buffer whoever issues it`() throws {
        for issuer in [String(repeating: "x", count: 9000), String(repeating: "\u{1}", count: 900)] {
            let command = try #require(energising(.on(level: 1), issuedBy: issuer))
            #expect(KaiserEncoder.encode(.command(command)).payload.count <= 512)
        }
    }

    @Test func `a stop goes to one device or to all, and never expires`() {
        let incident = IncidentID("inc-7")
        let one = EmergencyOrder(
            address: Self.address, incident: incident, reason: "leak \"here\"", issuedBy: "mara", issuedAt: Self.time)
        let device = KaiserEncoder.encode(.stopDevice(one))
        #expect(device.topic == Self.prefix + "actuator/emergency")
        #expect(device.qos == 1 && !device.isRetained && device.expirySeconds == nil)
        #expect(
            text(device) == #"{"command":"emergency_stop","reason":"leak \"here\"","correlation_id":"inc-7"}"#)
        let all = EmergencyOrder(
            address: nil, incident: incident, reason: "leak", issuedBy: "mara", issuedAt: Self.time)
        let broadcast = KaiserEncoder.encode(.stopEverything(all))
        #expect(broadcast.topic == "kaiser/broadcast/emergency")
        #expect(broadcast.qos == 1 && !broadcast.isRetained && broadcast.expirySeconds == nil)
        #expect(
            text(broadcast) == """
                {"command":"emergency_stop","reason":"leak","issued_by":"mara",\
                "timestamp":"2026-05-01T01:46:40.250Z","incident_correlation_id":"inc-7"}
                """)
    }

    @Test func `a clearing expires, so that it never undoes a newer stop`() {
        let order = EmergencyOrder(
            address: Self.address, incident: IncidentID("inc-7"), reason: "fixed", issuedBy: "mara",
            issuedAt: Self.time)
        let message = KaiserEncoder.encode(.clearDevice(order))
        #expect(message.topic == Self.prefix + "actuator/emergency")
        #expect(message.qos == 1 && !message.isRetained && message.expirySeconds == KaiserEncoder.clearExpirySeconds)
        #expect(text(message) == #"{"command":"clear_emergency","reason":"fixed","correlation_id":"inc-7"}"#)
    }

    @Test func `a will is erased by an empty retained message`() {
        let message = KaiserEncoder.encode(.eraseWill(Self.address))
        #expect(message.topic == Self.prefix + "system/will")
        #expect(message.payload.isEmpty && message.isRetained && message.qos == 1)
    }

    @Test func `the server's status is kept by the broker`() {
        let online = KaiserEncoder.serverStatus(online: true, reason: nil, at: Self.time)
        #expect(online.topic == "kaiser/god/server/status" && online.isRetained && online.qos == 1)
        #expect(text(online) == #"{"status":"online","timestamp":1777600000}"#)
        let relayed = KaiserEncoder.serverStatus(
            kaiser: KaiserID("kaiser_02")!, online: true, reason: nil, at: Self.time)
        #expect(relayed.topic == "kaiser/kaiser_02/server/status" && relayed.payload == online.payload)
        let offline = KaiserEncoder.serverStatus(online: false, reason: "graceful_shutdown", at: Self.time)
        #expect(text(offline) == #"{"status":"offline","timestamp":1777600000,"reason":"graceful_shutdown"}"#)
    }

    @Test func `what is sent is known as our own when it comes back`() throws {
        let command = try #require(energising(.on(level: 1)))
        let sent = KaiserEncoder.encode(.command(command))
        let heard = CommandHeard(id: CommandID("c-1"), energises: true, issuedBy: "user:mara")
        let order = ServerOrder(
            topic: sent.topic, isRetained: false, content: .actuatorCommand(Self.address, GPIO(26)!, heard))
        #expect(try decode(bytes: Array(sent.topic.utf8), sent.payload) == .order(order))
    }

    @Test func `a claim of the site is kept by the broker, and reads as it was meant`() throws {
        for claim in [
            SiteClaim(epoch: 7, instance: "a-1"), SiteClaim(epoch: .max, instance: String(repeating: "i", count: 64)),
        ] {
            let message = KaiserEncoder.encode(.claimSite(claim, at: Self.time))
            #expect(message.topic == "kaiser/god/server/claim" && message.isRetained && message.qos == 1)
            #expect(message.expirySeconds == nil)
            let order = ServerOrder(topic: message.topic, isRetained: true, content: .claim(claim))
            #expect(
                try decode(bytes: Array(message.topic.utf8), message.payload, isRetained: true) == .order(order))
        }
        #expect(
            text(KaiserEncoder.encode(.claimSite(SiteClaim(epoch: 7, instance: "a-1"), at: Self.time)))
                == #"{"epoch":7,"instance":"a-1","ts":1777600000}"#)
    }
}
