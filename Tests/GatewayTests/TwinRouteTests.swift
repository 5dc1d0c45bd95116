import HTTPTypes
import Testing
import TwinCore
import TwinRuntime

@testable import Gateway

@Suite("Twins over HTTP")
struct TwinRouteTests {
    @Test func aTwinIsShownWithItsSensorsAndActuators() async throws {
        try await converse(FakeTwins([Greenhouse.full()])) { gateway async throws in
            let answer = try await gateway.get("/api/v1/twins/ESP_AABB01")
            #expect(answer.status == 200)
            #expect(answer.headers[.contentType] == "application/json")
            #expect(answer.text == Golden.twin)
        }
    }

    @Test func aTwinThatOnlyJustSpokeHasNoHealthAndNoZone() async throws {
        try await converse(FakeTwins([Greenhouse.newcomer()])) { gateway async throws in
            let twin = try await gateway.get("/api/v1/twins/ESP_AABB02").json
            #expect(twin["status"] == "pending_approval")
            #expect(twin["health"] == .null)
            #expect(twin["zone"] == .null)
            #expect(twin["sensors"] == [])
        }
    }

    @Test func anUnknownDeviceIs404() async throws {
        try await converse(FakeTwins()) { gateway async throws in
            for path in ["", "/sensors/4", "/sensors/4/history", "/actuators/4"] {
                let answer = try await gateway.get("/api/v1/twins/ESP_AABB01\(path)")
                #expect(answer.status == 404)
                #expect(answer.problem == "not-found")
            }
        }
    }

    @Test(arguments: [
        ("/api/v1/twins/esp_1", "device"), ("/api/v1/twins/ESP_AABB01/sensors/49", "gpio"),
        ("/api/v1/twins/ESP_AABB01/actuators/+4", "gpio"), ("/api/v1/twins/ESP_AABB01/actuators/x", "gpio"),
        ("/api/v1/twins/ESP_AABB01/sensors/4/history?limit=0", "limit"),
        ("/api/v1/twins/ESP_AABB01/sensors/4/history?from=yesterday", "from"),
        ("/api/v1/twins/ESP_AABB01/sensors/4/history?cursor=zz", "cursor"),
        ("/api/v1/twins?limit=501", "limit"), ("/api/v1/twins?limit=ten", "limit"), ("/api/v1/twins?zone=", "zone"),
        ("/api/v1/twins?status=asleep", "status"), ("/api/v1/twins?cursor=%21%21", "cursor"),
        ("/api/v1/twins?colour=red", "colour"), ("/api/v1/twins?zone=a&zone=b", "zone"),
        ("/api/v1/twins/ESP_AABB01?verbose=1", "verbose"), ("/api/v1/dead-letters?limit=1001", "limit"),
        ("/api/v1/events?device=nobody", "device"), ("/api/v1/supervision?deep=1", "deep"),
    ])
    func whatCannotBeReadIsNamed(path: String, member: String) async throws {
        try await converse(FakeTwins([Greenhouse.full()])) { gateway async throws in
            let answer = try await gateway.get(path)
            #expect(answer.status == 400)
            #expect(answer.problem == "invalid-request")
            #expect(answer.members == [member])
        }
    }

    @Test func severalMistakesAreNamedTogether() async throws {
        try await converse(FakeTwins()) { gateway async throws in
            let answer = try await gateway.get("/api/v1/twins?limit=0&status=asleep&hue=1")
            #expect(Set(answer.members) == ["limit", "status", "hue"])
        }
    }

    @Test func theFiltersReachTheRuntime() async throws {
        let twins = FakeTwins()
        try await converse(twins) { gateway async throws in
            let answer = try await gateway.get("/api/v1/twins?status=online&zone=north%20bed&type=ph&limit=7")
            #expect(answer.text == #"{"items":[],"next_cursor":null}"#)
        }
        let query = try #require(twins.seen.queries.first)
        #expect(query.status == .online)
        #expect(query.zone == "north bed")
        #expect(query.type == "ph")
        #expect(query.limit == 7)
        #expect(query.after == nil)
    }

    @Test func pagesFollowEachOtherByTheirCursor() async throws {
        let ids = (1...5).map { "ESP_00000\($0)" }
        try await converse(FakeTwins(ids.map(Greenhouse.newcomer))) { gateway async throws in
            var seen: [String] = []
            var cursor = ""
            for _ in 0..<3 {
                let page = try await gateway.get("/api/v1/twins?limit=2\(cursor)").json
                guard case .array(let items)? = page["items"] else { break }
                seen += items.compactMap { $0["id"]?.asText }
                guard let next = page["next_cursor"]?.asText else { break }
                cursor = "&cursor=\(next)"
            }
            #expect(seen == ids)
        }
    }

    @Test func approvalAndRejectionAreToldWithTheCaller() async throws {
        let twins = FakeTwins([Greenhouse.newcomer()])
        try await converse(twins) { gateway async throws in
            #expect(try await gateway.post("/api/v1/twins/ESP_AABB02/approve").json["id"] == "ESP_AABB02")
            #expect(try await gateway.post("/api/v1/twins/ESP_AABB02/reject", "{}").status == 200)
            #expect(try await gateway.post("/api/v1/twins/ESP_AABB09/approve").status == 404)
            #expect(try await gateway.post("/api/v1/twins/ESP_AABB02/approve", #"{"force":true}"#).members == ["force"])
            twins.change { $0.failure = .journalUnavailable("disk full") }
            let refused = try await gateway.post("/api/v1/twins/ESP_AABB02/approve")
            #expect(refused.status == 503)
            #expect(refused.problem == "journal-unavailable")
            #expect(refused.headers[.retryAfter] == "5")
        }
        #expect(twins.seen.asked.first == "approve ESP_AABB02 by http:unknown")
    }

    @Test func aPinsSensorsCanBeNarrowedByKindOrAlias() async throws {
        try await converse(FakeTwins([Greenhouse.full()])) { gateway async throws in
            let path = "/api/v1/twins/ESP_AABB01/sensors/0"
            #expect(try await gateway.get(path).json.at("items.1.id") == "0:sht31_humidity:68")
            let one = try await gateway.get("\(path)?type=temperature_sht31").json
            #expect(one.at("items.0.id") == "0:sht31_temp:68")
            #expect(one.at("items.1") == nil)
            #expect(try await gateway.get("\(path)?type=ph").status == 404)
            #expect(try await gateway.get("/api/v1/twins/ESP_AABB01/sensors/1").status == 404)
        }
    }

    @Test func anActuatorIsShownAlone() async throws {
        try await converse(FakeTwins([Greenhouse.full()])) { gateway async throws in
            let answer = try await gateway.get("/api/v1/twins/ESP_AABB01/actuators/25")
            #expect(try answer.json == JSONValue(parsing: Golden.twin).at("actuators.0"))
            #expect(try await gateway.get("/api/v1/twins/ESP_AABB01/actuators/26").status == 404)
        }
    }

    @Test(arguments: [
        (EmergencyPhase.normal, "none"), (.active, "stopped"), (.clearing, "clearing"), (.resuming, "clearing"),
    ])
    func whatADeviceSaysOfItsOwnStopIsShown(phase: EmergencyPhase, word: String) {
        var view = Greenhouse.full()
        var pump = Greenhouse.runningPump()
        pump.apply(.reported(Greenhouse.status(.off, level: 0, emergency: phase)), at: Greenhouse.now)
        view = Greenhouse.view(view.snapshot.device, sensors: [], actuators: [pump], revision: 43)
        #expect(view.json.at("actuators.0.emergency")?.asText == word)
    }

    @Test func ourOwnStopIsShownBeforeTheDeviceKnows() {
        var device = Greenhouse.full().snapshot.device
        device.apply(.stopOrdered(Greenhouse.incident()), at: Greenhouse.now)
        let view = Greenhouse.view(device, sensors: [], actuators: [Greenhouse.runningPump()], revision: 43)
        #expect(view.json["emergency"] == "stopped")
        #expect(view.json.at("stop.reason") == "smoke")
        #expect(view.json.at("actuators.0.emergency") == "stopped")
    }

    @Test func aStaleValueKeepsItsTimeAndLosesItsQuality() {
        var sensor = SensorState(key: SensorKey(gpio: GPIO(0)!, type: "sht31_temp", address: .none))
        sensor.apply(.sampled(Greenhouse.sample(1, value: 20, unit: "°C", ago: 301_000)), at: Greenhouse.now)
        let view = Greenhouse.view(Greenhouse.full().snapshot.device, sensors: [sensor], actuators: [], revision: 2)
        #expect(view.json.at("sensors.0.quality") == "stale")
        #expect(view.json.at("sensors.0.event_time") == "2025-01-31T11:54:59.000Z")
        #expect(view.json.at("sensors.0.value")?.asNumber == 20)
    }
}
