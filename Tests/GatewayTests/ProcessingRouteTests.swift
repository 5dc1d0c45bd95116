import HTTPTypes
import Testing
import TwinCore
import TwinRuntime

@testable import Gateway

@Suite("Processing, models and relays over HTTP")
struct ProcessingRouteTests {
    static let path = "/api/v1/sensors/process"

    @Test func aValueOfADeviceIsAnsweredInItsShape() async throws {
        let twins = FakeTwins()
        twins.change {
            $0.processed = [ProcessedMember(name: "value", value: 6.87, unit: "pH", quality: .good)]
        }
        try await converse(twins) { gateway async throws in
            let body =
                #"{"esp_id":"ESP_AABB01","gpio":34,"sensor_type":"ph","raw_value":70000,"timestamp":1,"#
                + #""metadata":{"a":1},"calibration":{},"params":null}"#
            let json = try await gateway.post(Self.path, body).json
            #expect(json["success"] == true)
            #expect(json["processed_value"]?.asNumber == 6.87)
            #expect(json["unit"] == "pH")
            #expect(json["quality"] == "good")
            #expect((json["processing_time_ms"]?.asNumber ?? -1) >= 0)
            #expect(json.at("metadata.raw_value")?.asNumber == 70_000)
            #expect(json["error"] == .null)
        }
        let call = try #require(twins.seen.calls.first)
        #expect(call.device == Greenhouse.device)
        #expect(call.gpio == GPIO(34))
        #expect(call.type == "ph")
        #expect(call.raw == 70_000)
    }

    @Test func aChipsValuesHaveTheirNames() async throws {
        let twins = FakeTwins()
        twins.change {
            $0.processed = [
                ProcessedMember(name: "temperature", value: 21.5, unit: "°C", quality: .good),
                ProcessedMember(name: "humidity", value: 97, unit: "%RH", quality: .poor),
            ]
        }
        try await converse(twins) { gateway async throws in
            let json = try await gateway.post(Self.path, #"{"raw_data":123456,"sensor_type":"dht22"}"#).json
            #expect(json["temperature"]?.asNumber == 21.5)
            #expect(json["humidity"]?.asNumber == 97)
            #expect(json["status"] == "ok")
            #expect(json["quality"] == "poor")
            #expect(json.at("values.humidity.unit") == "%RH")
        }
    }

    @Test func aValueThatCannotBeProcessedIsToldInTheSameShape() async throws {
        let twins = FakeTwins()
        twins.change { $0.failure = .unprocessable("there is no kind 'ohm'") }
        try await converse(twins) { gateway async throws in
            let answer = try await gateway.post(Self.path, #"{"raw_value":1,"sensor_type":"ohm"}"#)
            #expect(answer.status == 200)
            let json = try answer.json
            #expect(json["success"] == false)
            #expect(json["processed_value"] == .null)
            #expect(json["quality"] == "error")
            #expect(json["error"] == "there is no kind 'ohm'")
            twins.change { $0.failure = .notRunning }
            #expect(try await gateway.post(Self.path, #"{"raw_value":1,"sensor_type":"ph"}"#).status == 503)
        }
    }

    @Test(arguments: [
        (#"{"sensor_type":"ph"}"#, ["raw_value"]), (#"{"raw_value":1}"#, ["sensor_type"]),
        (#"{"raw_value":1,"sensor_type":"p"}"#, ["sensor_type"]),
        (#"{"raw_value":1,"raw_data":2,"sensor_type":"ph"}"#, ["raw_data"]),
        (#"{"raw_value":1,"sensor_type":"ph","esp_id":"esp"}"#, ["esp_id"]),
        (#"{"raw_value":1,"sensor_type":"ph","gpio":77}"#, ["gpio"]),
        (#"{"raw_value":1,"sensor_type":"ph","calibration":{"slope":1}}"#, ["calibration"]),
    ])
    func whatCannotBeReadIsNamed(body: String, members: [String]) async throws {
        let twins = FakeTwins()
        try await converse(twins) { gateway async throws in
            let answer = try await gateway.post(Self.path, body)
            #expect(answer.status == 400)
            #expect(answer.members == members)
        }
        #expect(twins.seen.calls.isEmpty)
    }

    @Test func theModelsAreShownWithWhatStandsInTheWayOfNewerOnes() async throws {
        let twins = FakeTwins()
        twins.change { $0.catalogueProblems = ["twins/kinds/ph.yaml:7: there is no step 'ad'"] }
        try await converse(twins) { gateway async throws in
            let models = try await gateway.get("/api/v1/models").json
            #expect(models["since"] == "2025-01-31T12:00:00.000Z")
            #expect(models.at("problems.0") == "twins/kinds/ph.yaml:7: there is no step 'ad'")
            #expect(models.at("sensor_kinds.0.kind") == "sht31_temp")
            #expect(try await gateway.get("/api/v1/models/temperature_sht31").json["unit"] == "°C")
            let pump = try await gateway.get("/api/v1/models/pump").json
            #expect(pump["of"] == "actuator" && pump.at("limits.max_on_seconds") == 600)
            #expect(pump.at("limits.cool_down") == .null && pump.at("limits.hazard") == "none")
            #expect(models["sites"] == [])
            let unknown = try await gateway.get("/api/v1/models/pumb")
            #expect(unknown.status == 404)
            #expect(try unknown.json["detail"]?.asText?.contains("did you mean 'pump'") == true)
        }
    }

    @Test func relaysAreShownAsTheyLastSpoke() async throws {
        let twins = FakeTwins()
        twins.change {
            $0.relays = [
                RelayView(
                    heartbeat: RelayHeartbeat(
                        kaiser: .god, clock: Greenhouse.clock(Greenhouse.noon), uptimeSeconds: 9, state: "ok",
                        isLocalConnected: true, temperatureCelsius: 41.5), heardAt: nil)
            ]
        }
        try await converse(twins) { gateway async throws in
            let relay = try await gateway.get("/api/v1/relays").json.at("items.0")
            #expect(relay?["id"] == "god")
            #expect(relay?["local_connected"] == true)
            #expect(relay?["remote_connected"] == .null)
            #expect(relay?["temperature_celsius"]?.asNumber == 41.5)
            #expect(relay?["heard_at"] == .null)
        }
    }
}
