import HummingbirdTesting
import NIOCore
import NIOWebSocket
import Testing
import TwinCore
import TwinRuntime

@testable import Gateway

@Suite("The WebSocket", .timeLimit(.minutes(4)))
struct SocketTests {
    static func fact(_ event: Event) -> Fact {
        Fact(device: Greenhouse.device, moment: Greenhouse.now, event: event)
    }

    @Test func anEmergencyStopReachesTheSamePlaceAndIsAnswered() async throws {
        let twins = FakeTwins()
        twins.change { $0.stopReport = ScoreboardTests.report(.unconfirmed) }
        try await serve(twins) { port, _ in
            let client = try await SocketClient(port: port)
            client.send(#"{"type":"emergency_stop","id":"7","scope":{"device":"ESP_AABB01"},"reason":"leak"}"#)
            let answer = try await client.next()
            #expect(answer["type"] == "stop_report")
            #expect(answer["id"] == "7")
            #expect(answer["active"] == true)
            #expect(answer.at("counts.unconfirmed") == 1)
        }
        #expect(twins.seen.stops.map(\.scope) == [.device(Greenhouse.device)])
        #expect(twins.seen.stops.map(\.reason) == ["leak"])
        #expect(twins.seen.stops.map(\.issuedBy) == ["ws:127.0.0.1"])
    }

    @Test(
        arguments: [
            ("{", "malformed-json", nil), ("[]", "invalid-request", nil),
            (#"{"type":"emergency"}"#, "invalid-request", nil),
            (#"{"type":"ping","id":[1]}"#, "invalid-request", nil),
            (#"{"type":"ping","force":1,"id":4}"#, "invalid-request", 4),
            (#"{"type":"emergency_stop","id":4,"scope":"every","reason":"x"}"#, "invalid-request", 4),
            (#"{"type":"emergency_stop","id":4,"scope":"all"}"#, "invalid-request", 4),
            (#"{"type":"subscribe","id":4,"topics":["weather"]}"#, "invalid-request", 4),
        ] as [(String, String, JSONValue?)])
    func whatCannotBeUnderstoodIsSaidAndClosesNothing(message: String, problem: String, id: JSONValue?) async throws {
        let twins = FakeTwins()
        try await serve(twins) { port, _ in
            let client = try await SocketClient(port: port)
            client.send(message)
            let answer = try await client.next()
            #expect(answer["type"] == "error")
            #expect(answer["problem"]?.asText == (message == "[]" ? "malformed-json" : problem))
            #expect(answer["id"] == id)
            #expect(answer["detail"]?.asText?.isEmpty == false)
            client.send("not text", opcode: .binary)
            #expect(try await client.next()["problem"] == "malformed-json")
            client.send(#"{"type":"ping","id":"still here"}"#)
            #expect(try await client.next() == ["id": "still here", "type": "pong"])
        }
        #expect(twins.seen.stops.isEmpty)
    }

    @Test func aStopThatTheRuntimeDoesNotTakeIsAnError() async throws {
        let twins = FakeTwins()
        twins.change { $0.failure = .unknownDevice(Greenhouse.device) }
        try await serve(twins) { port, _ in
            let client = try await SocketClient(port: port)
            client.send(#"{"type":"emergency_stop","scope":{"device":"ESP_AABB01"},"reason":"leak"}"#)
            #expect(try await client.next()["problem"] == "not-found")
        }
    }

    @Test func aMessageMayComeInSeveralFrames() async throws {
        try await serve(FakeTwins()) { port, _ in
            let client = try await SocketClient(port: port)
            client.send(#"{"type":"ping","id":12}"#, frames: 5)
            #expect(try await client.next() == ["id": 12, "type": "pong"])
        }
    }

    @Test func whoSubscribesToEventsIsToldFactsAsOthersAre() async throws {
        let twins = FakeTwins()
        try await serve(twins) { port, _ in
            let client = try await SocketClient(port: port)
            client.send(#"{"type":"subscribe","topics":["events"]}"#)
            #expect(try await client.next() == ["topics": ["events"], "type": "subscribed"])
            let fact = Self.fact(.device(.cameOnline))
            twins.happen(fact)
            let message = try await client.next()
            #expect(message["type"] == "fact")
            #expect(message["number"] == 1)
            #expect(message["fact"]?.text == (try JSONValue(parsing: fact.json.text)).text)
            client.send(#"{"type":"subscribe","topics":[]}"#)
            #expect(try await client.next() == ["topics": [], "type": "subscribed"])
            twins.happen(fact)
            client.send(#"{"type":"ping"}"#)
            #expect(try await client.next() == ["type": "pong"])
        }
    }

    @Test func whoDoesNotReadLosesTheOldestFactsAndIsToldExactlyHowMany() async throws {
        let twins = FakeTwins()
        try await serve(twins) { port, _ in
            let client = try await SocketClient(port: port)
            client.send(#"{"type":"subscribe","topics":["events"]}"#)
            _ = try await client.next()
            let facts = 2_000
            let burst = (0..<facts).map { _ in Self.fact(.device(.cameOnline)) }
            // One burst of more facts than may wait: what is lost is known before anything is written.
            let lost = try #require(twins.seen.watchers.first).take(burst)
            #expect(lost == facts - GatewayLimits.waitingEvents)
            #expect(
                try await client.next() == ["lost": JSONValue(lost), "total": JSONValue(lost), "type": "lost"])
            #expect(try await client.next()["number"] == JSONValue(lost + 1))
            for _ in 1..<(GatewayLimits.waitingEvents - 1) { _ = try await client.next() }
            #expect(try await client.next()["number"] == JSONValue(facts))
        }
    }

    @Test func whoSubscribesToTheScoreboardIsToldItAndItsChanges() async throws {
        let twins = FakeTwins()
        twins.change { $0.stopReport = ScoreboardTests.report(.unconfirmed) }
        try await serve(twins) { port, _ in
            let client = try await SocketClient(port: port)
            client.send(#"{"type":"subscribe","topics":["scoreboard"]}"#)
            _ = try await client.next()
            let whole = try await client.next()
            #expect(whole["type"] == "scoreboard")
            #expect(whole.at("lines.0.standing") == "unconfirmed")
            twins.change { $0.stopReport = ScoreboardTests.report(.stopped) }
            twins.happen(Self.fact(.device(.stopAcknowledged)))
            let change = try await client.next()
            #expect(change["type"] == "scoreboard_changed")
            #expect(change.at("lines.0.standing") == "stopped")
            #expect(change.at("counts.stopped") == 1)
        }
    }

    @Test(arguments: [
        ("{\"type\":\"" + String(repeating: "x", count: GatewayLimits.messageBytes) + "\"}", 1),
        (String(repeating: "x", count: GatewayLimits.messageBytes * 2), 4),
    ])
    func whatIsTooLongEndsTheConnectionWithTheReason(message: String, frames: Int) async throws {
        try await serve(FakeTwins()) { port, _ in
            let client = try await SocketClient(port: port)
            client.send(message, frames: frames)
            #expect(await client.expectEnd() == .messageTooLarge)
        }
    }

    @Test func aFrameThatIsNotMaskedEndsTheConnection() async throws {
        try await serve(FakeTwins()) { port, _ in
            let client = try await SocketClient(port: port)
            client.send(WebSocketFrame(fin: true, opcode: .text, data: ByteBuffer(string: #"{"type":"ping"}"#)))
            #expect(await client.expectEnd() == .protocolError)
        }
    }

    @Test func aPageOfAnotherOriginOrNameGetsNoSocket() async throws {
        try await serve(FakeTwins()) { port, _ in
            await #expect(throws: (any Error).self) {
                _ = try await SocketClient(port: port, origin: "http://evil.example")
            }
            _ = try await SocketClient(port: port, origin: "http://localhost")
            for (header, answer) in [
                ("Host: evil.example", "421 Misdirected Request"), ("Host: a\r\nOrigin: http://b", "421"),
                ("Host: localhost\r\nOrigin: http://evil.example", "403 Forbidden"),
            ] {
                let line = try await Line(port: port)
                try await line.send(
                    "GET /api/v1/ws HTTP/1.1\r\n\(header)\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n"
                        + "Sec-WebSocket-Version: 13\r\nSec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n\r\n")
                try await line.expect(answer)
                try await line.expect("application/problem+json")
            }
        }
    }

    @Test func aStopThatAsksForAnotherProtocolBesideIsAStopAllTheSame() async throws {
        let twins = FakeTwins()
        try await serve(twins) { port, _ in
            let line = try await Line(port: port)
            try await line.send(
                "POST /api/v1/emergency-stop HTTP/1.1\r\nHost: localhost\r\nContent-Type: application/json\r\n"
                    + "Connection: Upgrade, HTTP2-Settings\r\nUpgrade: h2c\r\nHTTP2-Settings: AAMAAABkAAQAAP__\r\n"
                    + "Content-Length: 31\r\n\r\n{\"scope\":\"all\",\"reason\":\"fire\"}")
            try await line.expect("200 OK")
        }
        #expect(twins.seen.stops.map(\.scope) == [.all])
    }

    @Test func whoAsksWithoutAnUpgradeIsToldHow() async throws {
        try await converse(FakeTwins(), over: .live) { gateway async throws in
            let answer = try await gateway.get(GatewayChannel.path)
            #expect(answer.status == 426)
            #expect(answer.problem == "upgrade-required")
        }
    }

    @Test func whoComesAfterTheLastSeatIsTurnedAwayAndCanStillStop() async throws {
        try await serve(FakeTwins()) { port, _ in
            var clients: [SocketClient] = []
            for _ in 0..<GatewayLimits.sockets { clients.append(try await SocketClient(port: port)) }
            let line = try await Line(port: port)
            try await line.send(
                "GET /api/v1/ws HTTP/1.1\r\nHost: localhost\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n"
                    + "Sec-WebSocket-Version: 13\r\nSec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n\r\n")
            try await line.expect("503 Service Unavailable")
            try await line.expect("too-many-sockets")
            try await line.expectEnd()
            let other = try await Line(port: port)
            try await other.send(
                "POST /api/v1/emergency-stop HTTP/1.1\r\nHost: localhost\r\nContent-Type: application/json\r\n"
                    + "Content-Length: 31\r\n\r\n{\"scope\":\"all\",\"reason\":\"fire\"}")
            try await other.expect("200 OK")
            clients.removeFirst().close()
            let deadline = ContinuousClock.now + .seconds(60)
            var isSeated = false
            while !isSeated, .now < deadline { isSeated = (try? await SocketClient(port: port)) != nil }
            #expect(isSeated)
        }
    }

    @Test func theGatewaysEndIsSaid() async throws {
        try await serve(FakeTwins()) { port, gateway in
            let client = try await SocketClient(port: port)
            let silent = try await Line(port: port)
            let cancelled = ContinuousClock.now
            gateway.cancel()
            #expect(await client.expectEnd() == .goingAway)
            try await silent.expectEnd()
            #expect(cancelled.duration(to: .now) < .seconds(GatewayLimits.shutdownSeconds))
        }
    }

    @Test func aSilentClientIsAskedWhetherItIsThere() async throws {
        var options = GatewayOptions(port: 0)
        options.heartbeat = .milliseconds(20)
        try await serve(FakeTwins(), options: options) { port, _ in
            // It never answers a ping, and so is let go.
            let client = try await SocketClient(port: port)
            #expect(await client.expectEnd() == nil)
        }
    }
}
