import Testing

@testable import doppel

@Suite struct ScenarioFileTests {
    @Test(arguments: [("greenhouse", 25), ("stubborn", 18)])
    func readsTheScenariosThatComeWithDoppel(name: String, count: Int) throws {
        let file = try ScenarioFile(path: "\(Repository.folder)/simulator/scenarios/\(name).yaml")
        #expect(file.name == name)
        #expect(file.devices.count == count)
    }
}
