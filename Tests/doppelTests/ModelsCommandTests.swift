import ArgumentParser
import Foundation
import Testing
import TwinCore

@testable import doppel

@Suite struct ModelsCommandTests {
    private func check(_ arguments: [String], environment: [String: String] = [:]) throws
        -> (status: Int32, result: String, messages: [String])
    {
        let recording = RecordingConsole()
        let status = try ModelsCheck.parse(arguments).perform(environment: environment, console: recording.console)
        return (status, recording.result, recording.messages)
    }

    @Test func rightModelsAreCounted() throws {
        let folder = try TemporaryFolder()
        for (name, text) in ModelFiles.files { try folder.write("twins/\(name)", text) }
        let checked = try check([], environment: ["DOPPEL_TWINS_DIRECTORY": "\(folder.path)/twins"])
        #expect(checked.status == 0)
        #expect(checked.result == "ok: 1 sensor kind, 1 actuator kind, 1 board, 1 site, 0 libraries\n")
        #expect(checked.messages.isEmpty)
    }

    @Test func wrongModelsAreListedWithTheirPlaces() throws {
        let folder = try TemporaryFolder()
        for (name, text) in ModelFiles.files { try folder.write(name, text.replacing("unit: pH\n", with: "")) }
        let checked = try check(["--twins-directory", folder.path])
        #expect(checked.status == 1)
        #expect(checked.result.isEmpty)
        #expect(
            checked.messages.map { $0.replacing("\(folder.path)/", with: "") } == [
                "kinds/ph.yaml:1:1: 'unit' is missing", "1 problem",
            ])
    }

    @Test func aConfigurationThatSaysNoFolderIsAProblem() throws {
        let folder = try TemporaryFolder()
        let config = try folder.write("doppel.yaml", "twins_directory: [a, b]\n")
        let checked = try check(["--config", config])
        #expect(checked.status == 1)
        #expect(checked.messages.first?.hasPrefix("\(config):1:18: 'twins_directory' must be") == true)
    }

    @Test func theSchemaIsPrintedOrWritten() throws {
        let recording = RecordingConsole()
        #expect(try ModelsSchema.parse([]).perform(console: recording.console) == 0)
        #expect(recording.result == CatalogueSchema.text)
        let folder = try TemporaryFolder()
        let file = "\(folder.path)/schema.json"
        #expect(try ModelsSchema.parse(["--output", file]).perform(console: recording.console) == 0)
        #expect(try String(contentsOfFile: file, encoding: .utf8) == CatalogueSchema.text)
        let nowhere = "\(folder.path)/nowhere/schema.json"
        #expect(try ModelsSchema.parse(["--output", nowhere]).perform(console: recording.console) == 1)
        #expect(recording.messages.count == 1)
        #expect(recording.messages[0].hasPrefix("'\(nowhere)' cannot be written: "))
    }

    @Test(arguments: [
        (["--sensor", "34:ph", "--from", "2026-05-01T00:00:00Z"], "Name the device"),
        (
            ["--device", "ESP_000001", "--sensor", "ESP_000002/34:ph", "--from", "2026-05-01T00:00:00Z"],
            "--device says ESP_000001, --sensor ESP_000002"
        ),
        (
            ["--sensor", "ESP_000002/34:ph", "--from", "2026-05-01T00:00:00Z", "--to", "2026-05-01T00:00:00Z"],
            "--to must be later than --from"
        ),
        (["--sensor", "ESP_000002/34", "--from", "2026-05-01T00:00:00Z"], "The value 'ESP_000002/34' is invalid"),
        (["--sensor", "fridge/34:ph", "--from", "2026-05-01T00:00:00Z"], "The value 'fridge/34:ph' is invalid"),
        (["--sensor", "ESP_000002/34:ph", "--from", "yesterday"], "The value 'yesterday' is invalid"),
    ])
    func aWrongUseOfReprocessIsExplained(arguments: [String], message: String) throws {
        let error = #expect(throws: (any Error).self) { _ = try ModelsReprocess.parse(arguments) }
        #expect(ModelsReprocess.fullMessage(for: try #require(error)).contains(message))
    }
}

/// What the commands ask a server, beside those of ``ClientTests``.
extension ClientTests {
    @Test func theModelsInUseAreATable() async throws {
        let models = """
            {"digest":"3f2a","since":"2026-05-01T00:00:00.000Z","problems":["twins/kinds/ec.yaml:4:1: 'unit' is missing"],
             "sensor_kinds":[{"kind":"ph","of":"sensor","unit":"pH","version":"1a2b3c4d",
                              "calibration":{"methods":["linear","ph"],"valid_days":30}},
                             {"kind":"digital","of":"sensor","unit":"","version":"00000001","calibration":null}],
             "actuator_kinds":[{"kind":"pump","of":"actuator","version":"0000beef","limits":{
               "default_lease_seconds":300,"max_on_seconds":3600,"min_on_seconds":5,"min_off_seconds":2,
               "starts_per_hour":60,"cool_down":{"run_seconds":3600,"rest_seconds":30},"hazard":"confirm",
               "guards":[{"sensor":{"type":"ph"}},{"sensor":{"type":"flow"}}],"effect":null}}],
             "boards":[{"kind":"esp32_wroom","of":"board"}],
             "sites":[{"name":"north","of":"site","interlocks":[{"name":"feed","rule":"requires",
               "members":["ESP_7C19F2/26","ESP_7C19F2/27"],"settle_seconds":5}],"budgets":[{"name":"fuse",
               "members":["ESP_7C19F2/26","ESP_7C19F2/27"],"at_once":1,"watts":99.5,"litres_per_minute":null}]}]}
            """
        let command = try ModelsList.parse([])
        let told = try await converse(answers: [.json(models)]) { session async throws(ClientFailure) in
            try await command.perform(session)
        }
        #expect(told.status == 0)
        #expect(told.requests.map { $0.split(separator: "\r\n").first } == ["GET /api/v1/models HTTP/1.1"])
        #expect(
            told.result == """
                models 3f2a since 2026-05-01T00:00:00.000Z

                KIND         OF        UNIT  VERSION   CALIBRATION
                ph           sensor    pH    1a2b3c4d  linear, ph
                digital      sensor    -     00000001  -
                pump         actuator  -     0000beef  -
                esp32_wroom  board     -     -         -

                ACTUATOR  LEASE S  ON S    OFF S  STARTS/H  COOL-DOWN S    HAZARD   GUARDS    EFFECT
                pump      300      5-3600  2      60        30 after 3600  confirm  ph, flow  -

                SITE   RULE  ASKS FOR                   MEMBERS
                north  feed  requires after 5 s         ESP_7C19F2/26, ESP_7C19F2/27
                north  fuse  at most 1 at once, 99.5 W  ESP_7C19F2/26, ESP_7C19F2/27

                The files are not in use as they are now:
                twins/kinds/ec.yaml:4:1: 'unit' is missing

                """)
    }

    @Test(arguments: [
        ["--device", "esp_a1b2c3", "--sensor", "34:ph"], ["--sensor", "ESP_A1B2C3/34:ph"],
        ["--device", "ESP_A1B2C3", "--sensor", "ESP_A1B2C3/34:ph"],
    ])
    func storedValuesAreProcessedAgain(sensor: [String]) async throws {
        let report = """
            {"from":"2026-05-01T00:00:00.000Z","to":"2026-05-02T00:00:00.000Z","examined":120,"changed":7,
             "model":"ph@1a2b3c4d+2","by":"user:mara"}
            """
        let command = try ModelsReprocess.parse(
            sensor + ["--from", "2026-05-01T02:00:00+02:00", "--to", "2026-05-02T00:00:00Z"])
        let told = try await converse(answers: [.json(report)]) { session async throws(ClientFailure) in
            try await command.perform(session)
        }
        #expect(told.status == 0)
        let request = try #require(told.requests.first)
        #expect(request.hasPrefix("POST /api/v1/twins/ESP_A1B2C3/sensors/34:ph/reprocess HTTP/1.1\r\n"))
        #expect(request.hasSuffix(#"{"from":"2026-05-01T00:00:00.000Z","to":"2026-05-02T00:00:00.000Z"}"#))
        #expect(
            told.result == """
                EXAMINED  CHANGED  MODEL          FROM                      TO
                120       7        ph@1a2b3c4d+2  2026-05-01T00:00:00.000Z  2026-05-02T00:00:00.000Z

                """)
    }
}
