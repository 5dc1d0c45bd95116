import ArgumentParser
import Foundation
import Testing

@testable import doppel

@Suite struct CheckTests {
    private func check(_ arguments: [String], environment: [String: String] = [:]) throws
        -> (status: Int32, result: String, messages: [String])
    {
        let recording = RecordingConsole()
        let status = try Check.parse(arguments).perform(environment: environment, console: recording.console)
        return (status, recording.result, recording.messages)
    }

    @Test func theShippedFilesAreInOrder() throws {
        let checked = try check([
            "--config", "\(Repository.folder)/config/doppel.yaml", "--twins-directory", "\(Repository.folder)/twins",
        ])
        #expect(checked.status == 0)
        let settings = "\(ConfigurationKey.allCases.count) settings (1 not at their default)"
        let models = "30 sensor kinds, 6 actuator kinds, 2 boards, 1 site, 0 libraries"
        #expect(checked.result == "ok: \(settings), \(models)\n")
        #expect(checked.messages.isEmpty)
    }

    @Test func problemsOfConfigurationAndModelsAreListedTogether() throws {
        let folder = try TemporaryFolder()
        let config = try folder.write("doppel.yaml", "htpp: 1\n")
        try folder.write("twins/kinds/x.yaml", "kind: sensor\n")
        let checked = try check(["--config", config, "--twins-directory", "\(folder.path)/twins"])
        #expect(checked.status == 1)
        #expect(checked.result.isEmpty)
        #expect(
            checked.messages.map { $0.replacingOccurrences(of: folder.path + "/", with: "") } == [
                "doppel.yaml:1:1: unknown key 'htpp'; did you mean 'http'?",
                "twins/kinds/x.yaml:1:1: 'name' is missing",
                "twins/kinds/x.yaml:1:1: 'unit' is missing",
                "twins/kinds/x.yaml:1:1: 'range' is missing",
                "twins/kinds/x.yaml:1:1: 'interface' is missing",
                "twins/kinds/x.yaml:1:1: 'mode' is missing",
                "twins/kinds/x.yaml:1:1: 'stale_after_seconds' is missing",
                "twins/kinds/x.yaml:1:1: 'processing' is missing",
                "8 problems",
            ])
    }

    @Test func nothingIsTouched() throws {
        let folder = try TemporaryFolder()
        let checked = try check([
            "--twins-directory", "\(Repository.folder)/twins", "--data-directory", "\(folder.path)/data",
        ])
        #expect(checked.status == 0)
        #expect(try FileManager.default.contentsOfDirectory(atPath: folder.path).isEmpty)
    }
}
