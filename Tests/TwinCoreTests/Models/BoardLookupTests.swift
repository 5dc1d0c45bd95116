import Testing
import TwinCore

@Suite struct BoardLookupTests {
    private let catalogue = Catalogue(
        sensorKinds: [], actuatorKinds: [],
        boards: [
            Board(
                name: "esp32_wroom", aliases: ["wroom32"], pins: 0...39, pwmChannels: 16, maximumSensors: 20,
                maximumActuators: 12),
            Board(name: "xiao_esp32_c3", pins: 0...21, pwmChannels: 6, maximumSensors: 10, maximumActuators: 6),
        ],
        sites: [Site(name: "north", devices: [.greenhouse: DeviceOverride(board: "xiao_esp32_c3")])])

    @Test(arguments: ["esp32_wroom", "ESP32_WROOM", "WROOM32", "wroom32"])
    func aBoardIsFoundByAnyOfItsWordsInAnyCase(word: String) {
        #expect(catalogue.board(word)?.name == "esp32_wroom")
    }

    @Test(arguments: ["", "esp32", "esp32-wroom", "esp32_wroom "]) func otherWordsAreNoBoard(word: String) {
        #expect(catalogue.board(word) == nil)
    }

    @Test func theSiteKnowsADevicesBoardBetterThanTheDevice() {
        #expect(catalogue.board(of: .greenhouse, saying: "ESP32_WROOM")?.name == "xiao_esp32_c3")
        #expect(catalogue.board(of: .greenhouse, saying: nil)?.name == "xiao_esp32_c3")
    }

    @Test func whereNoSiteKnowsTheDevicesWordCounts() throws {
        let other = try #require(DeviceID("ESP_000001"))
        #expect(catalogue.board(of: other, saying: "WROOM32")?.name == "esp32_wroom")
        #expect(catalogue.board(of: other, saying: "toaster") == nil)
        #expect(catalogue.board(of: other, saying: nil) == nil)
    }
}
