import HTTPTypes
import Testing
import TwinCore
import TwinRuntime

@testable import Gateway

@Suite("Emergency stop over HTTP")
struct StopRouteTests {
    static let path = "/api/v1/emergency-stop"

    @Test func everythingOrOneDeviceCanBeStopped() async throws {
        let twins = FakeTwins()
        try await converse(twins) { gateway async throws in
            #expect(try await gateway.post(Self.path, #"{"scope":"all","reason":"smoke"}"#).status == 200)
            let one = #"{"scope":{"device":"ESP_AABB01"},"reason":"leak"}"#
            #expect(try await gateway.post(Self.path, one).status == 200)
        }
        let stops = twins.seen.stops
        #expect(stops.map(\.scope) == [.all, .device(Greenhouse.device)])
        #expect(stops.map(\.reason) == ["smoke", "leak"])
        #expect(stops.map(\.issuedBy) == ["http:unknown", "http:unknown"])
    }

    @Test func theScoreboardSaysHowFarEachOutputIsStopped() async throws {
        let twins = FakeTwins()
        twins.change { script in
            script.stopReport = StopReport(
                incidents: [Greenhouse.incident(.device(Greenhouse.device))], clearing: [DeviceID("ESP_AABB02")!],
                isDurable: false,
                lines: [
                    .init(device: Greenhouse.device, gpio: Greenhouse.pump, standing: .stopped, evidence: "status off"),
                    .init(device: DeviceID("ESP_AABB02")!, gpio: nil, standing: .offline, evidence: "not reachable"),
                ])
        }
        try await converse(twins) { gateway async throws in
            let answer = try await gateway.get(Self.path)
            #expect(
                answer.text == #"{"active":true,"durable":false,"broker_connected":true,"incidents":[{"id":"i-1","#
                    + #""scope":{"device":"ESP_AABB01"},"reason":"smoke","issued_by":"http:127.0.0.1","#
                    + #""issued_at":"2025-01-31T11:59:59.000Z"}],"clearing":["ESP_AABB02"],"#
                    + #""counts":{"stopped":1,"unconfirmed":0,"offline":1},"lines":["#
                    + #"{"device":"ESP_AABB01","gpio":25,"standing":"stopped","evidence":"status off"},"#
                    + #"{"device":"ESP_AABB02","gpio":null,"standing":"offline","evidence":"not reachable"}]}"#)
        }
    }

    @Test(arguments: [
        (#"{"scope":"all"}"#, "reason"), (#"{"reason":"x"}"#, "scope"), (#"{"scope":"every","reason":"x"}"#, "scope"),
        (#"{"scope":{"device":"x"},"reason":"x"}"#, "scope"), (#"{"scope":{},"reason":"x"}"#, "scope"),
        (#"{"scope":{"device":"ESP_AABB01","gpio":4},"reason":"x"}"#, "scope"),
        (#"{"scope":"all","reason":""}"#, "reason"),
        (#"{"scope":"all","reason":5}"#, "reason"), (#"{"scope":"all","reason":"x","force":true}"#, "force"),
    ])
    func aStopThatCannotBeUnderstoodNamesTheMember(body: String, member: String) async throws {
        let twins = FakeTwins()
        try await converse(twins) { gateway async throws in
            let answer = try await gateway.post(Self.path, body)
            #expect(answer.status == 400)
            #expect(answer.members == [member])
        }
        #expect(twins.seen.stops.isEmpty)
    }

    @Test func aReasonHasAtMost500Characters() async throws {
        let twins = FakeTwins()
        try await converse(twins) { gateway async throws in
            for (count, status) in [(500, 200), (501, 400)] {
                let reason = String(repeating: "ö", count: count)
                let answer = try await gateway.post(Self.path, #"{"scope":"all","reason":"\#(reason)"}"#)
                #expect(answer.status == status)
            }
        }
    }

    @Test func aStopOfAnUnknownDeviceIs404() async throws {
        let twins = FakeTwins()
        twins.change { $0.failure = .unknownDevice(Greenhouse.device) }
        try await converse(twins) { gateway async throws in
            let body = #"{"scope":{"device":"ESP_AABB01"},"reason":"leak"}"#
            #expect(try await gateway.post(Self.path, body).status == 404)
        }
    }

    @Test func clearingNeedsNoBody() async throws {
        let twins = FakeTwins()
        try await converse(twins) { gateway async throws in
            #expect(try await gateway.post("\(Self.path)/clear").json["active"] == false)
            #expect(try await gateway.post("\(Self.path)/clear", #"{"scope":"all"}"#).members == ["scope"])
        }
        #expect(twins.seen.asked == ["clear by http:unknown"])
    }
}
