import HTTPTypes
import Testing
import TwinCore
import TwinRuntime

@testable import Gateway

@Suite("Calibration, processing and models over HTTP")
struct CalibrationRouteTests {
    static let path = "/api/v1/twins/ESP_AABB01/sensors/0%3Asht31_temp%3A68/calibration"
    static let sensor = SensorKey(id: "0:sht31_temp:68")!

    @Test func eachStepReachesTheRuntime() async throws {
        let twins = FakeTwins([Greenhouse.full()])
        try await converse(twins) { gateway async throws in
            let session = "\(Self.path)/session"
            let begun = try await gateway.post(session, #"{"method":"moisture","inverted":true}"#)
            #expect(begun.status == 200)
            #expect(try begun.json["sensor"] == "0:sht31_temp:68")
            _ = try await gateway.post("\(session)/points", #"{"reference":4.01}"#)
            _ = try await gateway.post("\(session)/points", #"{"reference":7,"raw":1500.5}"#)
            _ = try await gateway.ask(.delete, "\(session)/points/1")
            _ = try await gateway.post("\(session)/apply")
            _ = try await gateway.ask(.delete, session)
            _ = try await gateway.ask(.delete, "/api/v1/twins/ESP_AABB01/sensors/0:sht31_temp:68/calibration")
        }
        #expect(
            twins.seen.calibrations.map(\.action) == [
                .begin(.moisture, isInverted: true), .addPoint(reference: 4.01, raw: nil),
                .addPoint(reference: 7, raw: 1500.5), .dropPoint(index: 1), .apply, .abandon, .remove,
            ])
        #expect(twins.seen.calibrations.allSatisfy { $0.sensor == Self.sensor && $0.by == "http:unknown" })
    }

    @Test func whatCannotBeReadIsNamed() async throws {
        let twins = FakeTwins([Greenhouse.full()])
        try await converse(twins) { gateway async throws in
            let session = "\(Self.path)/session"
            #expect(try await gateway.post(session, #"{"method":"guess"}"#).members == ["method"])
            #expect(try await gateway.post("\(session)/points", #"{"raw":3}"#).members == ["reference"])
            #expect(try await gateway.ask(.delete, "\(session)/points/-1").members == ["index"])
            #expect(try await gateway.post("\(session)/apply", #"{"force":true}"#).members == ["force"])
            #expect(try await gateway.get("/api/v1/twins/ESP_AABB01/sensors/ph/calibration").members == ["sensor"])
            #expect(try await gateway.get("/api/v1/twins/ESP_AABB01/sensors/4:ph/calibration").status == 404)
        }
        #expect(twins.seen.calibrations.isEmpty)
    }

    @Test func aWholeCalibrationInOneRequestIsTakenStepByStep() async throws {
        let twins = FakeTwins([Greenhouse.full()])
        try await converse(twins) { gateway async throws in
            let body =
                #"{"esp_id":"ESP_AABB01","gpio":0,"sensor_type":"temperature_sht31","calibration_points":"#
                + #"[{"raw":20,"reference":20.5}],"save_to_config":true}"#
            let answer = try await gateway.post("/api/v1/sensors/calibrate", body)
            #expect(answer.status == 200)
            #expect(try answer.json["saved"] == true)
        }
        #expect(
            twins.seen.calibrations.map(\.action) == [
                .begin(.offset, isInverted: false), .addPoint(reference: 20.5, raw: 20), .apply,
            ])
    }

    @Test func aWholeCalibrationIsTriedOutWithoutChangingAnything() async throws {
        let twins = FakeTwins([Greenhouse.full()])
        try await converse(twins) { gateway async throws in
            let points = #"{"esp_id":"ESP_AABB01","gpio":0,"sensor_type":"sht31_temp","calibration_points":"#
            let answer = try await gateway.post(
                "/api/v1/sensors/calibrate", points + #"[{"raw":26214.5,"reference":26}]}"#)
            #expect(answer.status == 200)
            #expect(try answer.json["saved"] == false)
            #expect(try answer.json.at("calibration.usable") == true)
            let two = try await gateway.post(
                "/api/v1/sensors/calibrate", points + #"[{"raw":1,"reference":2},{"raw":2,"reference":3}]}"#)
            #expect(two.status == 409)
            #expect(try two.json["detail"]?.asText?.contains("'linear' is not for 'sht31_temp'") == true)
        }
        #expect(twins.seen.calibrations.isEmpty)
    }

    @Test func aCalibrationThatFailsHalfWayIsGivenUp() async throws {
        let twins = FakeTwins([Greenhouse.full()])
        twins.change { $0.calibrationFailure = (.apply, .unsuitable("the slope is that of no electrode")) }
        try await converse(twins) { gateway async throws in
            let body =
                #"{"esp_id":"ESP_AABB01","gpio":0,"sensor_type":"sht31_temp","method":"linear","#
                + #""calibration_points":[{"raw":1,"reference":2}],"save_to_config":true}"#
            let answer = try await gateway.post("/api/v1/sensors/calibrate", body)
            #expect(answer.status == 409)
            #expect(answer.problem == "unsuitable")
        }
        #expect(twins.seen.calibrations.map(\.action).suffix(2) == [.apply, .abandon])
    }

    @Test func storedValuesAreProcessedAgain() async throws {
        let twins = FakeTwins([Greenhouse.full()])
        try await converse(twins) { gateway async throws in
            let path = "/api/v1/twins/ESP_AABB01/sensors/0:sht31_temp:68/reprocess"
            let answer = try await gateway.post(path, #"{"from":"2025-01-31T11:00:00Z"}"#)
            #expect(
                answer.text == #"{"from":"2025-01-31T11:00:00.000Z","to":"2025-01-31T12:00:00.000Z","examined":10,"#
                    + #""changed":3,"model":"sht31_temp@00001a2b+2","by":"http:unknown"}"#)
            #expect(try await gateway.post(path, "{}").members == ["from"])
            let backwards = #"{"from":"2025-01-31T11:00:00Z","to":"2025-01-31T10:00:00Z"}"#
            #expect(try await gateway.post(path, backwards).members == ["to"])
        }
        #expect(twins.seen.reprocessings.map(\.sensor) == [Self.sensor])
    }
}
