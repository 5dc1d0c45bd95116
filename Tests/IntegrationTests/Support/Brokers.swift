import Foundation

extension Site {
    /// Starts a mosquitto that does not depend on any Doppel, with the settings of the embedded one.
    func startBroker() async throws -> Program {
        let place = folder.appending(path: "broker")
        try FileManager.default.createDirectory(at: place, withIntermediateDirectories: true)
        let settings = Self.repository.appending(path: "config/mosquitto/embedded.conf")
        var lines = [try String(contentsOf: settings, encoding: .utf8)]
        lines += ["listener \(brokerPort) 127.0.0.1", "persistence_location \(place.path)/"]
        // Root would otherwise become a user who cannot write into the folder.
        if getuid() == 0 { lines.append("user root") }
        let file = place.appending(path: "mosquitto.conf")
        try lines.joined(separator: "\n").write(to: file, atomically: true, encoding: .utf8)
        let broker = try await start(InstalledProgram.find("mosquitto"), ["-c", file.path])
        try await eventually("mosquitto takes connections") {
            if broker.exit != nil { throw Hopeless(description: broker.tail) }
            return Port.isServed(brokerPort)
        }
        return broker
    }

    /// What makes Doppel use that broker.
    var external: [String: String] { ["DOPPEL_BROKER_URL": "mqtt://127.0.0.1:\(brokerPort)"] }

    /// Starts mosquitto_sub, which writes each message as one JSON object; returns once it is subscribed.
    func observe(_ topic: String) async throws -> Observer {
        let program = try await start(
            InstalledProgram.find("mosquitto_sub"),
            [
                "-h", "127.0.0.1", "-p", "\(brokerPort)", "-V", "5", "-q", "2", "-F", "%j",
                "-t", topic, "-t", Observer.mark,
            ])
        let observer = Observer(program: program)
        // Doppel's own status is retained: when it comes, the one SUBSCRIBE with both filters was taken.
        try await eventually("mosquitto_sub is subscribed") { observer.all.contains { $0.topic == Observer.mark } }
        return observer
    }

    /// The message that the broker keeps for a topic; `nil` when it keeps none.
    func retained(_ topic: String) async throws -> String? {
        let program = try await start(
            InstalledProgram.find("mosquitto_sub"),
            [
                "-h", "127.0.0.1", "-p", "\(brokerPort)", "-t", topic, "-t", Observer.mark, "-q", "1",
                "--retained-only", "-W", "1", "-F", "%t %p",
            ])
        try await program.ended()
        return program.lines.first { $0.hasPrefix(topic) }.map { String($0.dropFirst(topic.count + 1)) }
    }
}

/// A mosquitto_sub that writes down what it hears.
struct Observer: Sendable {
    /// A topic on which there is always something.
    static let mark = "kaiser/god/server/status"

    /// One message, with what a payload alone does not show.
    struct Message: Sendable {
        let topic: String
        let qos: Int
        let isRetained: Bool
        let payload: String
        let expirySeconds: Int?
    }

    let program: Program

    /// Every message so far.
    var all: [Message] {
        program.lines.compactMap { try? JSON($0) }.map { line in
            Message(
                topic: line["topic"].text ?? "", qos: Int(line["qos"].number ?? -1),
                isRetained: line["retain"].number == 1, payload: line["payload"].text ?? "",
                expirySeconds: line["properties"]["message-expiry-interval"].number.map { Int($0) })
        }
    }

    /// Every message on other topics than the mark.
    var messages: [Message] { all.filter { $0.topic != Self.mark } }
}
