import Foundation
import Testing
import TwinCore

@Suite struct IdentityTests {
    @Test(arguments: ["ESP_7C19F2", "ESP_0D44A19C", "ESP_0D44A19", "MOCK_TENT01", "MOCK_A"])
    func `a well-formed device name is accepted`(name: String) throws {
        let id = try #require(DeviceID(name))
        #expect(id.description == name)
        #expect(try stored(id) == id)
    }

    @Test(arguments: [
        "", "ESP_", "ESP_7C19F", "ESP_7C19F2A1B", "ESP_7c19f2", "esp_7C19F2", "ESP_XYZXYZ", "ESP_7C19F2-1", "MOCK_",
        "MOCK_tent", "MOCK_TENT-1", "NODE_1", "ESP_7C19F2 ", "ESP_７C19F2", "MOCK_ABCDEFGHIJKLMNOPQRSTUVWXYZ12",
    ])
    func `any other name is no device`(name: String) {
        #expect(DeviceID(name) == nil)
        #expect(throws: (any Error).self) {
            try JSONDecoder().decode([DeviceID].self, from: Data("[\"\(name)\"]".utf8))
        }
    }

    @Test func `device names order byte by byte`() {
        let names = ["MOCK_A", "ESP_7C19F2", "ESP_0D44A19C", "ESP_7C19F20"]
        #expect(
            names.compactMap { DeviceID($0) }.sorted().map(\.description) == [
                "ESP_0D44A19C", "ESP_7C19F2", "ESP_7C19F20", "MOCK_A",
            ])
    }

    @Test func `a relay's name is 1 to 63 word characters`() throws {
        #expect(KaiserID("god") == .god)
        #expect(KaiserID("kaiser_02")?.description == "kaiser_02")
        #expect(KaiserID(String(repeating: "a", count: 63)) != nil)
        for name in ["", String(repeating: "a", count: 64), "a-b", "a b", "ä", "+"] { #expect(KaiserID(name) == nil) }
        #expect(try stored(KaiserID("kaiser_02")!) == KaiserID("kaiser_02"))
        #expect(throws: (any Error).self) {
            try JSONDecoder().decode([KaiserID].self, from: Data("[\"a b\"]".utf8))
        }
    }

    @Test func `a pin is 0 to 48`() throws {
        for number in [0, 1, 47, 48] { #expect(GPIO(number)?.number == UInt8(number)) }
        for number in [-1, 49, 255, 256, Int.max, Int.min] { #expect(GPIO(number) == nil) }
        #expect(try stored(GPIO(48)!) == GPIO(48))
        #expect(throws: (any Error).self) { try JSONDecoder().decode([GPIO].self, from: Data("[49]".utf8)) }
    }

    @Test func `a sensor is told by pin, kind and bus address`() {
        let keys = [
            SensorKey(gpio: .pin(34), type: "ph", address: .none),
            SensorKey(gpio: .pin(4), type: "ds18b20", address: .oneWire("28AA11BB22CC33D4")),
            SensorKey(gpio: .pin(0), type: "sht31_temp", address: .i2c(69)),
            SensorKey(gpio: .pin(0), type: "sht31_temp", address: .i2c(68)),
            SensorKey(gpio: .pin(0), type: "sht31_humidity", address: .i2c(68)),
        ]
        #expect(
            keys.sorted().map(\.id) == [
                "0:sht31_humidity:68", "0:sht31_temp:68", "0:sht31_temp:69", "4:ds18b20:28AA11BB22CC33D4", "34:ph",
            ])
        #expect(Set(keys.map(\.id)).count == keys.count)
    }

    @Test func `an id from outside is a command's when a command could bear it`() {
        #expect(CommandID(fromOutside: "c-1") == CommandID("c-1"))
        #expect(CommandID(fromOutside: String(repeating: "x", count: 63)) != nil)
        #expect(CommandID(fromOutside: String(repeating: "x", count: 64)) == nil)
        #expect(CommandID(fromOutside: "") == nil)
    }
}
