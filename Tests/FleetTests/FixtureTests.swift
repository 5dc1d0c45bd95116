import Fleet
import Foundation
import Testing
import TwinCore

/// The lines of the message fixtures that go to devices, played to a simulated device.
@Suite struct FixtureTests {
    struct Line: Sendable, CustomTestStringConvertible {
        let topic: String
        let payload: String
        let isValid: Bool
        let note: String

        var testDescription: String { note }
    }

    static let lines: [Line] = {
        let file = URL(filePath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
            .appending(path: "TwinRuntimeTests/Fixtures/device-messages.jsonl")
        guard let text = try? String(contentsOf: file, encoding: .utf8) else { return [] }
        return text.split(separator: "\n").compactMap { line in
            guard let object = try? JSONSerialization.jsonObject(with: Data(line.utf8)) as? [String: Any],
                object["dir"] as? String == "server->device", let topic = object["topic"] as? String,
                let valid = object["valid"] as? Bool, let note = object["note"] as? String,
                let payload = object["payload"], let bytes = try? JSONSerialization.data(withJSONObject: payload)
            else { return nil }
            return Line(topic: topic, payload: String(decoding: bytes, as: UTF8.self), isValid: valid, note: note)
        }
    }()

    static func lines(on topics: String...) -> [Line] {
        lines.filter { line in topics.contains { line.topic.hasSuffix($0) } }
    }

    /// A device that fits a line: its name, its tokens, and the epoch that the fixture's acknowledgements carry.
    private func play(
        _ line: Line, isRegistered: Bool, hiding hidden: [String] = Dialogue.chatter,
        _ script: (DeviceSide, ServerSide) -> Void
    ) {
        var specification = DeviceSpecification.bench
        let levels = line.topic.split(separator: "/")
        if levels.count > 3, levels[2] == "esp" { specification.id = .named(String(levels[3])) }
        if line.topic.hasSuffix("actuator/emergency") { specification.emergencyToken = "t0ken" }
        dialogue(specification, hiding: hidden) { device, server in
            device.connects()
            if isRegistered {
                server.acknowledges()
                server.commands(14, "ON")
            }
            device.mumbles()
            script(device, server)
        }
    }

    @Test func findsItsLines() {
        #expect(Self.lines.count == 30)
        #expect(Self.lines(on: "/command").count == 7)
        #expect(Self.lines(on: "/config").count == 3)
    }

    @Test(arguments: lines(on: "actuator/26/command", "actuator/25/command"))
    func carriesOutAValidCommandAndRefusesAnother(line: Line) {
        play(line, isRegistered: true) { device, server in
            server.publishes(line.topic, line.payload)
            let gpio = line.topic.contains("/26/") ? 26 : 25
            device.says("actuator/\(gpio)/response", #""success":\#(line.isValid)"#)
            #expect(device.output(gpio).isOn == line.isValid)
            if line.isValid { device.says("actuator/\(gpio)/status", #""state":true"#) }
            device.saysNothing()
        }
    }

    @Test(arguments: lines(on: "system/heartbeat/ack"))
    func takesAValidAcknowledgementAndIgnoresAnother(line: Line) {
        play(line, isRegistered: false) { device, server in
            while !line.payload.contains(#""handover_epoch":\#(device.state.handoverEpoch)"#),
                device.state.handoverEpoch < 3
            {
                device.losesConnection()
                device.connects()
            }
            server.publishes(line.topic, line.payload)
            #expect(device.state.refusedMessages == (line.isValid ? 0 : 1))
            #expect(device.state.isRegistered == (line.isValid && line.payload.contains("online")))
        }
    }

    @Test(arguments: lines(on: "actuator/emergency", "broadcast/emergency"))
    func obeysAValidEmergencyAndRefusesAnother(line: Line) {
        play(line, isRegistered: true) { device, server in
            if line.payload.contains("clear_emergency"), line.isValid {
                server.says("actuator/emergency", #"{"command":"emergency_stop","auth_token":"t0ken"}"#)
                device.waits(5)
                server.publishes(line.topic, line.payload)
                device.waits(2)
                #expect(!device.state.isEmergencyStopped)
                #expect(!device.output(14).isOn)
            } else {
                server.publishes(line.topic, line.payload)
                #expect(device.state.isEmergencyStopped == line.isValid)
                #expect(device.output(14).isOn == !line.isValid)
                #expect(device.state.refusedMessages == (line.isValid ? 0 : 1))
            }
        }
    }

    @Test(arguments: lines(on: "server/status"))
    func heedsTheServersStatus(line: Line) {
        play(line, isRegistered: true) { device, server in
            server.publishes(line.topic, line.payload)
            #expect(device.state.isOffline == line.payload.contains("offline"))
            #expect(device.output(14).isOn != device.state.isOffline)
        }
    }

    @Test(arguments: lines(on: "sensor/34/command"))
    func measuresOnDemand(line: Line) {
        play(line, isRegistered: true, hiding: ["system"]) { device, server in
            server.publishes(line.topic, line.payload)
            device.says("sensor/34/data", #""sensor_type":"ph""#)
            device.says("sensor/34/response", #""request_id":"m-204""#, #""success":\#(line.isValid)"#)
            device.saysNothing()
        }
    }

    @Test(arguments: lines(on: "system/command"))
    func answersASystemCommand(line: Line) {
        play(line, isRegistered: true) { device, server in
            server.publishes(line.topic, line.payload)
            device.says("system/command/response", #""success":\#(line.isValid)"#)
            device.saysNothing()
            #expect(device.output(14).isOn)
        }
    }

    @Test(arguments: lines(on: "/config"))
    func takesAValidConfigurationAndRefusesAnother(line: Line) {
        play(line, isRegistered: true) { device, server in
            let before = device.state.configuration
            server.publishes(line.topic, line.payload)
            guard line.isValid else {
                device.says("config_response", #""status":"error""#)
                device.saysNothing()
                #expect(device.state.configuration == before)
                return
            }
            device.says("config_response", #""status":"success","type":"sensor","count":1"#)
            device.says("config_response", #""status":"success","type":"actuator","count":1"#)
            device.saysNothing()
            #expect(device.state.configuration.offlineRuleCount == 1)
        }
    }

    @Test(arguments: lines(on: "config/sensor/34"))
    func obeysTheDocumentedConfigurationOfOnePin(line: Line) {
        play(line, isRegistered: true) { device, server in
            server.publishes(line.topic, line.payload)
            device.says(
                "config/sensor/34/ack", #""status":"success","gpio":34,"enabled":true,"interval_ms":10000"#)
            device.saysNothing()
        }
    }

    @Test(arguments: lines(on: "zone/assign", "subzone/assign", "subzone/remove", "subzone/safe"))
    func obeysItsZones(line: Line) {
        play(line, isRegistered: true) { device, server in
            server.publishes(line.topic, line.payload)
            if line.topic.hasSuffix("subzone/safe") {
                #expect(device.state.configuration.subzones.contains { $0.id == "bench_1" && $0.isSafe })
            } else if line.topic.hasSuffix("zone/assign") && !line.topic.hasSuffix("subzone/assign") {
                device.says("zone/ack", #""status":"zone_assigned","zone_id":"tent_a""#)
            } else {
                device.says("subzone/ack", #""status":"subzone_"#, #""subzone_id":"bench_1""#)
            }
            device.saysNothing()
        }
    }

    @Test(arguments: lines(on: "processed", "pi_enhanced/response", "auth_update"))
    func takesWhatOnlyDocumentsDescribe(line: Line) {
        play(line, isRegistered: true) { device, server in
            server.publishes(line.topic, line.payload)
            if line.topic.hasSuffix("auth_update") {
                device.says("mqtt/auth_status", #""success":true,"mode":"authenticated""#)
                #expect(device.state.username == "esp_7c19f2")
                #expect(!device.state.isConnected)
            } else {
                #expect(device.state.processedAnswers == 1)
            }
            device.saysNothing()
        }
    }
}
