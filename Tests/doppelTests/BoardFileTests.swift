import Testing
import TwinCore

@testable import doppel

@Suite struct BoardFileTests {
    @Test func aRightFileIsABoard() throws {
        let loaded = try ModelFiles.load(ModelFiles.files)
        #expect(loaded.lines.isEmpty)
        #expect(
            loaded.catalogue?.boards == [
                Board(
                    name: "esp32_wroom", aliases: ["wroom32"], pins: 0...39, reservedPins: [0, 1, 6],
                    inputOnlyPins: [34, 35], analoguePins: [32], i2cPins: [21, 22], oneWirePin: 4, pwmChannels: 16,
                    maximumSensors: 20, maximumActuators: 12)
            ])
    }

    @Test func listsAndBusesMayBeLeftOut() throws {
        let short = """
            kind: board
            name: esp32_wroom
            pins: [0, 39]
            pwm_channels: 0
            maximum_sensors: 1
            maximum_actuators: 0
            """
        let loaded = try ModelFiles.load(["kinds/ph.yaml": ModelFiles.ph, "boards/esp32_wroom.yaml": short])
        #expect(
            loaded.catalogue?.boards == [
                Board(name: "esp32_wroom", pins: 0...39, pwmChannels: 0, maximumSensors: 1, maximumActuators: 0)
            ])
    }

    @Test(arguments: [
        ("kind: board", "kind: bord", "1:7: 'kind' must be one of board, not the text 'bord'; did you mean 'board'?"),
        ("name: esp32", "name: esp8266", "2:7: 'name' is 'esp8266_wroom', so the file must be called 'esp8266_wroom"),
        ("reserved:", "reservd:", "5:1: unknown member 'reservd'; did you mean 'reserved'?"),
        ("pins: [0, 39]", "pins: [0, 49]", "4:7: 'pins' must be two whole numbers from 0 to 48, the lower one first"),
        ("pins: [0, 39]", "pins: [39, 0]", "4:7: 'pins' must be two whole numbers from 0 to 48, the lower one first"),
        ("pins: [0, 39]", "pins: 39", "4:7: 'pins' must be two whole numbers from 0 to 48, the lower one first"),
        ("[6, 0, 1]", "[6, 0, 40]", "5:11: 'reserved' holds 40, which is no pin of the board; it has 0 to 39"),
        ("[6, 0, 1]", "[6, 0, 6]", "5:11: 'reserved' holds 6 twice"),
        ("[6, 0, 1]", "[6, zero]", "5:11: 'reserved' must be a list of pins, whole numbers from 0 to 48, such"),
        ("[6, 0, 1]", "6", "5:11: 'reserved' must be a list of pins, whole numbers from 0 to 48, such"),
        ("data: 21", "data: 6", "8:6: 'i2c' is on pin 6, which is 'reserved'"),
        ("data: 21", "data: 22", "8:6: 'i2c' has data and clock on the same pin, 22"),
        ("data: 21, ", "", "8:6: 'i2c.data' is missing"),
        ("one_wire: 4", "one_wire: 0", "9:11: 'one_wire' is on pin 0, which is 'reserved'"),
        ("one_wire: 4", "one_wire: 40", "9:11: 'one_wire' holds 40, which is no pin of the board; it has 0 to 39"),
        ("pwm_channels: 16", "", "1:1: 'pwm_channels' is missing"),
        ("sensors: 20", "sensors: 101", "11:18: 'maximum_sensors' must be a whole number from 0 to 100"),
    ])
    func aWrongBoardSaysWhere(right: String, wrong: String, line: String) throws {
        let loaded = try ModelFiles.load("boards/esp32_wroom.yaml", right, wrong)
        #expect(loaded.lines.first?.hasPrefix("boards/esp32_wroom.yaml:\(line)") == true, "\(loaded.lines)")
        #expect(loaded.catalogue == nil)
    }

    @Test func aBoardsWordsAreUniqueAmongBoardsAlone() throws {
        var files = ModelFiles.files
        files["boards/ph.yaml"] = ModelFiles.board.replacing("name: esp32_wroom", with: "name: ph")
        #expect(
            try ModelFiles.load(files).lines == [
                "boards/ph.yaml:3:11: 'wroom32' is a name or alias already, at boards/esp32_wroom.yaml:3:11"
            ])
    }

    /// The protocol's table of pins, section 9.1; reserved is what either the server or the firmware reserves.
    @Test func theShippedBoardsAreAsTheProtocolSays() throws {
        let catalogue = try CatalogueLoader.load(directory: "\(Repository.folder)/twins")
        #expect(
            catalogue.boards == [
                Board(
                    name: "esp32_wroom", aliases: ["esp32_wroom_32", "esp32_wroom32", "wroom32"], pins: 0...39,
                    reservedPins: [0, 1, 2, 3, 6, 7, 8, 9, 10, 11, 12, 13], inputOnlyPins: [34, 35, 36, 39],
                    analoguePins: [32, 33, 34, 35, 36, 39], i2cPins: [21, 22], oneWirePin: 4, pwmChannels: 16,
                    maximumSensors: 20, maximumActuators: 12),
                Board(
                    name: "xiao_esp32_c3", aliases: ["xiao_esp32c3", "esp32_c3"], pins: 0...21,
                    reservedPins: [0, 1, 3, 18, 19], analoguePins: [0, 1, 2, 3, 4], i2cPins: [4, 5], oneWirePin: 6,
                    pwmChannels: 6, maximumSensors: 10, maximumActuators: 6),
            ])
    }

    @Test(arguments: [
        ("ESP32_WROOM", "esp32_wroom"), ("ESP32_WROOM_32", "esp32_wroom"), ("WROOM32", "esp32_wroom"),
        ("XIAO_ESP32_C3", "xiao_esp32_c3"), ("XIAO_ESP32C3", "xiao_esp32_c3"), ("ESP32_C3", "xiao_esp32_c3"),
    ])
    func theShippedBoardsAreFoundByTheWordsDevicesSend(word: String, name: String) throws {
        let catalogue = try CatalogueLoader.load(directory: "\(Repository.folder)/twins")
        #expect(catalogue.board(word)?.name == name)
    }
}
