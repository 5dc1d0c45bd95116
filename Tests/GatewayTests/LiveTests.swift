import Foundation
import HTTPTypes
import HummingbirdTesting
import Logging
import NIOCore
import NIOPosix
import Synchronization
import Testing
import TwinCore
import TwinRuntime

@testable import Gateway

@Suite("The gateway on a real socket", .timeLimit(.minutes(4)))
struct LiveTests {
    @Test func anAnswerComesOverTheNetworkWithTheCallersAddress() async throws {
        let twins = FakeTwins([Greenhouse.newcomer()])
        try await converse(twins, over: .live) { gateway async throws in
            let answer = try await gateway.get("/api/v1/twins/ESP_AABB02")
            #expect(answer.status == 200)
            #expect(answer.headers[.requestID] != nil)
            #expect(try await gateway.post("/api/v1/twins/ESP_AABB02/approve").status == 200)
            let long = try await gateway.post("/api/v1/emergency-stop", String(repeating: " ", count: 200_000))
            #expect(long.status == 413)
            #expect(try await gateway.get("/livez").status == 200)
        }
        let asked = try #require(twins.seen.asked.first)
        #expect(["http:127.0.0.1", "http:::1"].contains { asked.hasSuffix($0) })
    }

    @Test func aWatcherHearsWhatHappensAndNothingAfterTheGatewayEnds() async throws {
        let twins = FakeTwins()
        try await serve(twins) { port, gateway in
            let line = try await Line(port: port)
            try await line.send("GET /api/v1/events HTTP/1.1\r\nHost: localhost\r\n\r\n")
            try await line.expect("content-type: text/event-stream", ignoringCase: true)
            try await line.expect(": watching\n\n")
            twins.happen(Fact(device: Greenhouse.device, moment: Greenhouse.now, event: .device(.cameOnline)))
            try await line.expect(
                "id: 1\nevent: device.came_online\ndata: {\"device\":\"ESP_AABB01\","
                    + "\"at\":\"2025-01-31T12:00:00.000Z\",\"event\":{\"kind\":\"device.came_online\"}}\n\n")
            let cancelled = ContinuousClock.now
            gateway.cancel()
            try await line.expectEnd()
            // It ended in order, and was not cut off when the time for that was over.
            #expect(cancelled.duration(to: .now) < .seconds(GatewayLimits.shutdownSeconds))
        }
    }

    @Test func aWatcherOfOneDeviceHearsOnlyThatAndTheSite() async throws {
        let twins = FakeTwins()
        try await serve(twins) { port, _ in
            let line = try await Line(port: port)
            try await line.send("GET /api/v1/events?device=ESP_AABB02 HTTP/1.1\r\nHost: localhost\r\n\r\n")
            try await line.expect(": watching\n\n")
            let other = DeviceID("ESP_AABB02")!
            twins.happen(Fact(device: Greenhouse.device, moment: Greenhouse.now, event: .device(.cameOnline)))
            twins.happen(Fact(device: nil, moment: Greenhouse.now, event: .site(.runEnded)))
            twins.happen(Fact(device: other, moment: Greenhouse.now, event: .device(.cleared)))
            try await line.expect("id: 1\nevent: site.run_ended")
            try await line.expect("id: 2\nevent: device.cleared")
            twins.end()
            try await line.expectEnd()
        }
    }

    @Test func aWatcherHearsAHeartbeatWhenNothingHappens() async throws {
        var options = GatewayOptions(port: 0)
        options.heartbeat = .milliseconds(20)
        try await serve(FakeTwins(), options: options) { port, _ in
            let line = try await Line(port: port)
            try await line.send("GET /api/v1/events HTTP/1.1\r\nHost: localhost\r\n\r\n")
            try await line.expect(": alive\n\n")
            try await line.expect(": alive\n\n")
        }
    }

    @Test func theWatcherAfterTheLastSeatIsTurnedAwayUntilOneLeaves() async throws {
        try await serve(FakeTwins()) { port, _ in
            let request = "GET /api/v1/events HTTP/1.1\r\nHost: localhost\r\n\r\n"
            var lines: [Line] = []
            for _ in 0..<GatewayLimits.watchers {
                let line = try await Line(port: port)
                try await line.send(request)
                try await line.expect(": watching")
                lines.append(line)
            }
            let late = try await Line(port: port)
            try await late.send(request)
            try await late.expect("503 Service Unavailable")
            try await late.expect("too-many-watchers")
            try await late.send(
                "POST /api/v1/emergency-stop HTTP/1.1\r\nHost: localhost\r\nContent-Type: application/json\r\n"
                    + "Content-Length: 31\r\n\r\n{\"scope\":\"all\",\"reason\":\"fire\"}")
            try await late.expect("200 OK")
            try await lines.removeFirst().close()
            let deadline = ContinuousClock.now + .seconds(60)
            let isSeated = Mutex(false)
            while !isSeated.withLock({ $0 }), .now < deadline {
                let next = try await Line(port: port)
                try await next.send(request)
                let answer = try await next.expect("\r\n\r\n")
                isSeated.withLock { $0 = answer.contains("200 OK") }
                try await next.close()
            }
            #expect(isSeated.withLock { $0 })
        }
    }

    @Test func aRequestUnderWayIsFinishedWhenTheGatewayEnds() async throws {
        let twins = FakeTwins()
        twins.change { script in
            script.record = Greenhouse.record(.accepted)
            script.laterRecord = Greenhouse.record(.confirmed)
            script.holdsFinishedCommands = true
        }
        try await serve(twins) { port, gateway in
            let line = try await Line(port: port)
            try await line.send(
                "POST \(CommandRouteTests.path) HTTP/1.1\r\nHost: localhost\r\nPrefer: wait=5\r\n"
                    + "Content-Type: application/json\r\nContent-Length: 16\r\n\r\n{\"command\":\"ON\"}")
            await twins.waitUntilHeld()
            gateway.cancel()
            twins.release()
            try await line.expect("200 OK")
            try await line.expect("\"state\":\"confirmed\"")
            try await line.expectEnd()
        }
    }

    @Test func aPortThatIsTakenIsAClearError() async throws {
        try await serve(FakeTwins()) { port, _ in
            let second = Gateway(service: FakeTwins(), options: GatewayOptions(port: port), logger: .silent)
            let error = await #expect(throws: GatewayError.self) { try await second.run { _ in } }
            #expect(error == .addressInUse(host: "127.0.0.1", port: port))
            #expect(error?.description.contains("127.0.0.1:\(port)") == true)
        }
    }

    @Test func aHostThatIsNotOursIsAClearError() async throws {
        let gateway = Gateway(
            service: FakeTwins(), options: GatewayOptions(host: "192.0.2.1", port: 0), logger: .silent)
        let error = try #require(await #expect(throws: GatewayError.self) { try await gateway.run { _ in } })
        #expect(error.description.hasPrefix("cannot listen on 192.0.2.1:0: "))
    }

    @Test(arguments: [("127.0.0.1", false), ("0.0.0.0", true)])
    func listeningForTheNetworkIsWarnedOf(host: String, isWarned: Bool) async throws {
        let log = LineLog()
        let logger = Logger(label: "test") { _ in log }
        try await serve(FakeTwins(), options: GatewayOptions(host: host, port: 0), logger: logger) { _, _ in }
        #expect(log.lines.contains { $0.contains("open to the network") } == isWarned)
    }
}
