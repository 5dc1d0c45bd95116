import Foundation
import Testing

extension WholeProgram {
    @Suite struct `The emergency stop by a local signal` {
        private let id = "ESP_7C19F2"

        @Test func `everything is stopped and stays so, while the interface has no place left`() async throws {
            try await withSite { site in
                let server = try await site.serveReady()
                let device = site.device(id)
                try await device.join()
                try await device.register(expecting: "online")
                try await device.show(isOn: true)
                try await eventually("the pump is known to be on") {
                    try await server.http.actuator(id, 26)["confirmed"]["on"].flag == true
                }
                device.forget()

                let crowd = try Strangers(count: 1_100, at: server.http.url)
                await server.program.signal(SIGUSR2)
                _ = try await device.hear("actuator/emergency")
                _ = try await device.hear("actuator/26/command")
                #expect(device.messages.contains { $0.topic == "kaiser/broadcast/emergency" })
                #expect(device.heard("actuator/26/command").allSatisfy { $0["command"].text == "OFF" })
                try await eventually("the log says so") {
                    server.program.complaints.contains("SIGUSR2: emergency stop of everything.")
                        && server.program.complaints.contains("The stop by signal holds")
                }
                crowd.leave()

                let report = try await server.http.get("/api/v1/emergency-stop").json
                #expect(report["active"].flag == true)
                #expect(report["durable"].flag == true)
                #expect(report["incidents"][0]["scope"].text == "all")
                #expect(report["incidents"][0]["reason"].text == "signal SIGUSR2")
                #expect(report["incidents"][0]["issued_by"].text == "signal:usr2")
                let order = try await server.http.command(id, 26, "ON")
                #expect(order.status == 409)
                #expect(order.json["limit"].text == "latch")
                #expect(server.program.exit == nil)
                #expect(try await server.interrupt() == .code(0))
            }
        }

        @Test func `a signal that comes while the program starts is kept until the twins are there`() async throws {
            try await withSite { site in
                let program = try await site.doppel(["serve"], ["DOPPEL_LOG_LEVEL": "debug"])
                // The broker's start is the first thing that takes a while; the twins come after it.
                try await eventually("the program starts") {
                    program.complaints.contains("embedded broker started")
                }
                await program.signal(SIGUSR2)
                let server = try await Server(program)
                try await eventually("the stop holds") {
                    try await server.http.get("/api/v1/emergency-stop").json["active"].flag == true
                }
                let report = try await server.http.get("/api/v1/emergency-stop").json
                #expect(report["incidents"][0]["issued_by"].text == "signal:usr2")
                #expect(try await server.interrupt() == .code(0))
            }
        }
    }
}

/// Connections that say nothing, and take every place the interface has.
private final class Strangers: Sendable {
    private let descriptors: [Int32]

    init(count: Int, at url: String) throws {
        let port = try #require(url.split(separator: ":").last.flatMap { Int($0) })
        descriptors = (0..<count).map { _ in
            let client = socket(AF_INET, Int32(SOCK_STREAM.rawValue | SOCK_CLOEXEC.rawValue), 0)
            // What the interface does not take waits in the system's queue, and then nothing is taken any more.
            _ = fcntl(client, F_SETFL, O_NONBLOCK)
            connectToLoopback(client, port)
            return client
        }
    }

    func leave() {
        for descriptor in descriptors { close(descriptor) }
    }
}
