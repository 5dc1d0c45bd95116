import ArgumentParser
import Testing
import TwinCore

@testable import doppel

/// What the client's newer commands send, beside those of ``ClientTests``.
extension ClientTests {
    @Test func aWishIsAMergePatchWithTheRevisionThatWasSeen() async throws {
        let command = try TwinSet.parse([
            "ESP_A1B2C3", #"{"zone":null}"#, "--revision", "42", "--valid-for", "60", "--check",
        ])
        let patch = try command.body()
        let told = try await converse(.commanding, answers: [.json(#"{"revision":43,"delta":[]}"#)]) {
            session async throws(ClientFailure) in try await command.perform(session, patch)
        }
        #expect(told.result == "It would be taken; nothing was changed.\n")
        let request = try #require(told.requests.first)
        #expect(request.hasPrefix("PATCH /api/v1/twins/ESP_A1B2C3?validate=only&valid_for=60 HTTP/1.1\r\n"))
        #expect(request.contains("Content-Type: application/merge-patch+json\r\n"))
        #expect(request.contains("If-Match: \"42\"\r\n"))
        #expect(request.hasSuffix(#"{"desired":{"zone":null}}"#))
    }

    @Test func aWishCanStandInAFile() throws {
        let folder = try TemporaryFolder()
        let file = try folder.write("wish.json", #"{"name": "bench"}"#)
        let command = try TwinSet.parse(["ESP_A1B2C3", "--file", file])
        #expect(String(decoding: try command.body(), as: UTF8.self) == #"{"desired":{"name": "bench"}}"#)
        #expect(throws: ValidationError.self) { try TwinSet.parse(["ESP_A1B2C3", "[1]"]).body() }
        #expect(throws: ValidationError.self) { try TwinSet.parse(["ESP_A1B2C3", "--file", "\(file)x"]).body() }
    }

    @Test func aRefusedWishNamesEachPlace() async throws {
        let problem = """
            {"type":"urn:problem-type:doppel:pin-conflict","title":"A pin is taken","status":409,"detail":"x",
             "problems":[{"path":"actuators/6","detail":"pin 6 belongs to the flash"}]}
            """
        let command = try TwinSet.parse(["ESP_A1B2C3", "{}"])
        let told = try await converse(
            .commanding, answers: [.init("409 Conflict", "application/problem+json", problem)]
        ) { session async throws(ClientFailure) in try await command.perform(session, []) }
        #expect(told.status == 1)
        #expect(
            told.messages == [
                "A pin is taken.", "  actuators/6: pin 6 belongs to the flash",
                "To do: nothing was changed. Correct what is named above.",
            ])
    }

    @Test func anOperationsParametersAreTypedByTheirNames() async throws {
        let command = try TwinOperate.parse([
            "ESP_A1B2C3", "set_emergency_token", "token=12345", "use=esp", "gpio=4", "confirm=true", "reason=a=\"b\"",
            "--wait", "3",
        ])
        let told = try await converse(
            .commanding,
            answers: [.json(#"{"id":"o1","operation":"status","state":"answered","answer":{"heap":"9"}}"#)]
        ) { session async throws(ClientFailure) in try await command.perform(session) }
        #expect(told.status == 0)
        #expect(told.result == "status o1: answered\n  heap: 9\n")
        let request = try #require(told.requests.first)
        #expect(request.hasPrefix("POST /api/v1/twins/ESP_A1B2C3/operations HTTP/1.1\r\n"))
        #expect(request.contains("Prefer: wait=3\r\n"))
        #expect(
            request.hasSuffix(
                #"{"operation":"set_emergency_token","token":"12345","use":"esp","gpio":4,"confirm":true,"#
                    + #""reason":"a=\"b\""}"#))
    }

    @Test func aMeasurementWithoutAnAnswerIsNoSuccess() async throws {
        let command = try TwinMeasure.parse(["ESP_A1B2C3", "34"])
        let told = try await converse(
            .commanding, answers: [.json(#"{"id":"o1","operation":"measure","state":"sent","answer":{}}"#)]
        ) { session async throws(ClientFailure) in try await command.perform(session) }
        #expect(told.status == 1)
        #expect(told.requests.first?.hasPrefix("POST /api/v1/twins/ESP_A1B2C3/sensors/34/measure ") == true)
    }

    @Test func aDeviceIsRemoved() async throws {
        let command = try TwinDelete.parse(["ESP_A1B2C3"])
        let told = try await converse(.commanding, answers: [.json(#"{"id":"ESP_A1B2C3","status":"deleted"}"#)]) {
            session async throws(ClientFailure) in try await command.perform(session)
        }
        #expect(told.status == 0)
        #expect(told.requests.first?.hasPrefix("DELETE /api/v1/twins/ESP_A1B2C3 ") == true)
    }

    @Test(arguments: [
        (["show"], "GET /calibration", ""),
        (["begin", "--method", "ph"], "POST /calibration/session", "inverted\":false}"),
        (
            ["point", "--reference", "7", "--raw", "1500.5"], "POST /calibration/session/points",
            #"{"reference":7.0,"raw":1500.5}"#
        ),
        (["drop", "--index", "1"], "DELETE /calibration/session/points/1", ""),
        (["apply"], "POST /calibration/session/apply", "{}"), (["abandon"], "DELETE /calibration/session", ""),
        (["remove"], "DELETE /calibration", ""),
    ])
    func aStepOfACalibrationIsOneRequest(arguments: [String], line: String, body: String) async throws {
        let command = try TwinCalibrate.parse(["ESP_A1B2C3", "34:ph"] + arguments)
        let told = try await converse(.commanding, answers: [.json(#"{"sensor":"34:ph"}"#)]) {
            session async throws(ClientFailure) in try await command.perform(session)
        }
        #expect(told.status == 0)
        let request = try #require(told.requests.first)
        let parts = line.split(separator: " ")
        #expect(request.hasPrefix("\(parts[0]) /api/v1/twins/ESP_A1B2C3/sensors/34:ph\(parts[1]) HTTP/1.1\r\n"))
        #expect(request.hasSuffix(body))
    }

    @Test(arguments: [
        ["ESP_A1B2C3", "ph", "show"], ["ESP_A1B2C3", "34:ph", "begin"], ["ESP_A1B2C3", "34:ph", "point"],
        ["ESP_A1B2C3", "34:ph", "drop"], ["ESP_A1B2C3", "34:ph", "guess"],
    ])
    func anUnclearStepIsWrongUsage(arguments: [String]) {
        #expect(throws: (any Error).self) { try TwinCalibrate.parse(arguments) }
    }
}
