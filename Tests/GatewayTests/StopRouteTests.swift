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

    @Test(arguments: [
        (#"{"kaiser":"roof"}"#, StopScope.kaiser(KaiserID("roof")!)), (#"{"zone":"north"}"#, .zone("north")),
        (#"{"subzone":"bench_1"}"#, .subzone("bench_1", zone: nil)),
        (#"{"subzone":"bench_1","zone":"north"}"#, .subzone("bench_1", zone: "north")),
        (#"{"device":"ESP_AABB01","gpio":25}"#, .actuator(Greenhouse.device, Greenhouse.pump)),
        (
            #"{"filter":{"kinds":["pump"],"zones":["north"],"devices":["ESP_AABB01"]}}"#,
            .filter(StopFilter(kinds: ["pump"], zones: ["north"], devices: [Greenhouse.device]))
        ),
    ])
    func aScopeIsReadAndShownInOneForm(text: String, scope: StopScope) async throws {
        let twins = FakeTwins()
        try await converse(twins) { gateway async throws in
            let answer = try await gateway.post(Self.path, #"{"scope":\#(text),"reason":"leak","drill":true}"#)
            #expect(answer.status == 200)
        }
        #expect(twins.seen.stops.map(\.scope) == [scope])
        #expect(twins.seen.stops.map(\.isDrill) == [true])
        #expect(scope.json.text == text)
    }

    @Test func linesAreLeftOutForWhoeverAsksAndNoStopIsRefusedForThat() async throws {
        let twins = FakeTwins()
        twins.change { $0.stopReport = ScoreboardTests.report(.unconfirmed) }
        try await converse(twins) { gateway async throws in
            let short = try await gateway.get(Self.path + "?lines=false")
            #expect(short.text.contains(#""counts":{"stopped":0,"unconfirmed":1,"#))
            #expect(short.text.hasSuffix(#""lines":[]}"#))
            #expect(try await gateway.get(Self.path + "?lines=true").text.contains(#""standing":"unconfirmed""#))
            #expect(try await gateway.get(Self.path + "?lines=some").status == 400)
            let order = #"{"scope":"all","reason":"smoke"}"#
            #expect(try await gateway.post(Self.path + "?lines=false", order).text.hasSuffix(#""lines":[]}"#))
            for question in ["?lines=some", "?force=true"] {
                let answer = try await gateway.post(Self.path + question, order)
                #expect(answer.status == 200)
                #expect(answer.text.contains(#""standing":"unconfirmed""#))
            }
        }
        #expect(twins.seen.stops.count == 3)
    }

    @Test func theScoreboardSaysHowFarEachOutputIsStopped() async throws {
        let twins = FakeTwins()
        twins.change { script in
            script.stopReport = StopReport(
                incidents: [Greenhouse.incident(.device(Greenhouse.device))], clearing: [DeviceID("ESP_AABB02")!],
                isDurable: false,
                lines: [
                    .init(
                        device: Greenhouse.device, gpio: Greenhouse.pump, standing: .stopped, evidence: "status off",
                        incident: IncidentID("i-1"), confirmedAfterMilliseconds: 120),
                    .init(device: DeviceID("ESP_AABB02")!, gpio: nil, standing: .offline, evidence: "not reachable"),
                ])
        }
        try await converse(twins) { gateway async throws in
            let answer = try await gateway.get(Self.path)
            #expect(
                answer.text == #"{"active":true,"durable":false,"broker_connected":true,"incidents":[{"id":"i-1","#
                    + #""scope":{"device":"ESP_AABB01"},"reason":"smoke","issued_by":"http:127.0.0.1","#
                    + #""issued_at":"2025-01-31T11:59:59.000Z","generation":0,"drill":false}],"clearing":["ESP_AABB02"],"#
                    + #""counts":{"stopped":1,"unconfirmed":0,"offline":1},"timings":[{"incident":"i-1","#
                    + #""drill":false,"confirmed":1,"total":1,"p50_ms":120,"p99_ms":120,"last_ms":120,"#
                    + #""unconfirmed":[]}],"lines":[{"incident":"i-1","device":"ESP_AABB01","gpio":25,"#
                    + #""standing":"stopped","evidence":"status off","confirmed_after_ms":120},"#
                    + #"{"incident":null,"device":"ESP_AABB02","gpio":null,"standing":"offline","#
                    + #""evidence":"not reachable","confirmed_after_ms":null}]}"#)
        }
    }

    @Test(arguments: [
        (#"{"scope":"all"}"#, "reason"), (#"{"reason":"x"}"#, "scope"), (#"{"scope":"every","reason":"x"}"#, "scope"),
        (#"{"scope":{"device":"x"},"reason":"x"}"#, "scope.device"), (#"{"scope":{},"reason":"x"}"#, "scope"),
        (#"{"scope":{"device":"ESP_AABB01","gpio":49},"reason":"x"}"#, "scope.gpio"),
        (#"{"scope":{"gpio":4},"reason":"x"}"#, "scope"), (#"{"scope":{"zone":""},"reason":"x"}"#, "scope.zone"),
        (#"{"scope":{"kaiser":"a b"},"reason":"x"}"#, "scope.kaiser"),
        (#"{"scope":{"zone":"a","device":"ESP_AABB01"},"reason":"x"}"#, "scope"),
        (#"{"scope":{"subzone":"a","zone":7},"reason":"x"}"#, "scope.zone"),
        (#"{"scope":{"filter":{}},"reason":"x"}"#, "scope.filter"),
        (#"{"scope":{"filter":{"kinds":[],"zones":[]}},"reason":"x"}"#, "scope.filter"),
        (#"{"scope":{"filter":{"kinds":"pump"}},"reason":"x"}"#, "scope.filter.kinds"),
        (#"{"scope":{"filter":{"zones":["a",1]}},"reason":"x"}"#, "scope.filter.zones"),
        (#"{"scope":{"filter":{"devices":["x"]}},"reason":"x"}"#, "scope.filter.devices"),
        (#"{"scope":{"filter":{"pins":[4]}},"reason":"x"}"#, "scope.filter.pins"),
        (#"{"scope":"all","reason":"x","drill":1}"#, "drill"),
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

    @Test func oneStopCanBeClearedAndTheOthersHold() async throws {
        let twins = FakeTwins()
        try await converse(twins) { gateway async throws in
            #expect(try await gateway.post("\(Self.path)/clear", #"{"incident":"i-1"}"#).status == 200)
            #expect(try await gateway.post("\(Self.path)/clear", #"{"incident":""}"#).members == ["incident"])
            twins.change { $0.failure = .unknownIncident(IncidentID("i-9")) }
            let gone = try await gateway.post("\(Self.path)/clear", #"{"incident":"i-9"}"#)
            #expect(gone.status == 404)
            #expect(try gone.json["detail"] == "no emergency stop 'i-9' holds")
        }
        #expect(twins.seen.asked == ["clear i-1 by http:unknown", "clear i-9 by http:unknown"])
    }
}
