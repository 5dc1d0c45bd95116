import Foundation
import Testing

@testable import doppel

@Suite struct ScenarioFileTests {
    @Test(arguments: [("greenhouse", 25), ("stubborn", 18)])
    func readsTheScenariosThatComeWithDoppel(name: String, count: Int) throws {
        let root = URL(filePath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
            .deletingLastPathComponent()
        let file = try ScenarioFile(
            path: root.appending(path: "simulator/scenarios/\(name).yaml").path(percentEncoded: false))
        #expect(file.name == name)
        #expect(file.devices.count == count)
    }
}
