import Fleet
import Foundation
import Testing
import TwinCore

@Suite struct ScenarioTests {
    private func scenario(_ json: String) throws -> Scenario {
        try JSONDecoder().decode(Scenario.self, from: Data(json.utf8))
    }

    @Test func makesEachGroupIntoDevicesWithNamesOfTheirOwn() throws {
        let scenario = try scenario(
            """
            {"name": "small", "seed": 4, "devices": [
              {"count": 2, "id_prefix": "CA", "zone": "house_a", "intervals": {"sensor_seconds": 10},
               "sensors": [{"type": "sht31"}, {"type": "ds18b20", "gpio": 4, "interval_seconds": 5}],
               "actuators": [{"type": "relay", "gpio": 26, "effect": "heating", "max_runtime_seconds": 60}]},
              {"count": 1},
              {"ids": ["MOCK_TENT01"], "hardware": "XIAO_ESP32_C3", "emergency_token": "t0ken"}
            ]}
            """)
        let devices = try scenario.devices()
        #expect(devices.map(\.id.description) == ["ESP_CA0001", "ESP_CA0002", "ESP_020001", "MOCK_TENT01"])
        let first = try #require(devices.first)
        #expect(first.zone == "house_a" && first.kaiser == .god && first.board == .esp32Wroom)
        #expect(first.sensors.map(\.intervalSeconds) == [10, 5])
        #expect(first.sensors.first?.address == .i2c(68))
        #expect(
            first.actuators == [
                ActuatorSpecification(gpio: .pin(26), kind: .relay, effect: .heating, maxRuntimeSeconds: 60)
            ])
        #expect(devices.last?.emergencyToken == "t0ken")
        #expect(try scenario.devices() == devices)
    }

    @Test func givesEveryOneWireSensorACodeOfItsOwn() throws {
        let probe = #"{"type": "ds18b20", "gpio": 4}"#
        let devices = try scenario(
            #"{"name": "probes", "devices": [{"count": 50, "sensors": [\#(probe), \#(probe)]}]}"#
        ).devices()
        let codes = devices.flatMap(\.sensors).map(\.address)
        #expect(Set(codes).count == 100)
        for case .oneWire(let code) in codes {
            #expect(code.hasPrefix("28") && code.utf8.count == 16, "\(code)")
        }
    }

    @Test func givesDevicesThePersonalityOfTheirGroup() throws {
        let scenario = try scenario(
            """
            {"name": "odd", "devices": [{"count": 1, "personality": {
              "refused_pins": [26], "refusals": 2, "answers_first_section_only": true,
              "forgets_on_reboot": ["sensors", "zone"], "sensor_count_error": -1, "lost_answers": 0.25,
              "answer_delay_ms": 400, "clock_offset_ms": -5000, "clock_drift_ppm": 50, "failing_pins": [4],
              "congested_every_seconds": 60, "uses_documented_topics": true, "library": "ph_v2"}}]}
            """)
        var expected = Personality()
        expected.refusedPins = [.pin(26)]
        expected.refusals = 2
        expected.answersFirstSectionOnly = true
        expected.forgets = [.sensors, .zone]
        expected.sensorCountError = -1
        expected.lostAnswers = 0.25
        expected.answerDelayMilliseconds = 400
        expected.clockOffsetMilliseconds = -5000
        expected.clockDriftPartsPerMillion = 50
        expected.failingPins = [.pin(4)]
        expected.congestedEverySeconds = 60
        expected.usesDocumentedTopics = true
        expected.library = "ph_v2"
        #expect(try scenario.devices().first?.personality == expected)
    }

    @Test(arguments: [
        (#"{"lost_answers": 1.5}"#, "lost_answers", "a chance is 0 to 1"),
        (#"{"refused_pins": [99]}"#, "refused_pins", "0 to 48"),
        (#"{"forgets_on_reboot": ["names"]}"#, "forgets_on_reboot", "'names' must be sensors, actuators or zone"),
        (#"{"answer_delay_ms": -1}"#, "answer_delay_ms", "must be 0 to 86400000"),
        (#"{"congested_every_seconds": 5}"#, "congested_every_seconds", "must be 20 to 86400"),
        (#"{"library": "ph_v2"}"#, "library", "uses_documented_topics"),
    ])
    func explainsABadTrait(traits: String, member: String, words: String) throws {
        let scenario = try scenario(#"{"name": "bad", "devices": [{"count": 1, "personality": \#(traits)}]}"#)
        let error = #expect(throws: ScenarioError.self) { try scenario.devices() }
        #expect(error?.problems.map(\.member) == ["devices[0].personality.\(member)"])
        #expect(error?.problems.first?.explanation.contains(words) == true)
    }

    @Test func givesEveryDeviceASeedOfItsOwn() throws {
        let fleet = try scenario(#"{"name": "two", "seed": 9, "devices": [{"count": 2}]}"#).fleet()
        #expect(fleet.count == 2)
        #expect(fleet.first?.greenhouse != fleet.last?.greenhouse)
    }

    @Test(arguments: [
        (#"{"count": 0}"#, "count", "is 0; with id_prefix '01' it must be 1 to 65535"),
        (#"{}"#, "count", "is missing"),
        (#"{"count": 1, "id_prefix": "XY"}"#, "id_prefix", "at most four of 0-9 A-F"),
        (#"{"ids": ["esp_1"]}"#, "ids[0]", "must be ESP_ and 6 to 8 of 0-9 A-F"),
        (#"{"ids": ["MOCK_A", "MOCK_A"]}"#, "", "names MOCK_A again"),
        (#"{"ids": ["MOCK_A"], "count": 2}"#, "count", "there are 1 ids"),
        (#"{"count": 1, "zone": "House A"}"#, "zone", "at most 32 of a-z, 0-9 and _"),
        (#"{"count": 1, "kaiser": "a/b"}"#, "kaiser", "letters, digits and underscores"),
        (#"{"count": 1, "hardware": "ESP8266"}"#, "hardware", "must be ESP32_WROOM or XIAO_ESP32_C3"),
        (#"{"count": 1, "intervals": {"sensor_seconds": 0}}"#, "intervals.sensor_seconds", "1 to 86400 seconds"),
        (#"{"count": 1, "sensors": [{"type": "dht22"}]}"#, "sensors[0].type", "ds18b20, sht31, ph, ec or moisture"),
        (#"{"count": 1, "sensors": [{"type": "ph", "gpio": 25}]}"#, "sensors[0].gpio", "must be 32, 33, 34"),
        (#"{"count": 1, "sensors": [{"type": "ph"}]}"#, "sensors[0].gpio", "is missing"),
        (
            #"{"count": 1, "sensors": [{"type": "sht31", "i2c_address": 70}]}"#, "sensors[0].i2c_address",
            "an sht31 has 68 or 69"
        ),
        (
            #"{"count": 1, "sensors": [{"type": "ph", "gpio": 34}, {"type": "ec", "gpio": 34}]}"#, "sensors[1].gpio",
            "34 is taken"
        ),
        (#"{"count": 1, "actuators": [{"type": "pump", "gpio": 12}]}"#, "actuators[0].gpio", "is 12; it must be 4, 5"),
        (
            #"{"count": 1, "actuators": [{"type": "lamp", "gpio": 26}]}"#, "actuators[0].type",
            "pump, relay, valve or pwm"
        ),
        (
            #"{"count": 1, "actuators": [{"type": "pump", "gpio": 26}, {"type": "pwm", "gpio": 26}]}"#,
            "actuators[1].gpio", "26 is taken"
        ),
    ])
    func explainsABadValue(group: String, member: String, words: String) throws {
        let scenario = try scenario(#"{"name": "bad", "devices": [\#(group)]}"#)
        let error = #expect(throws: ScenarioError.self) { try scenario.devices() }
        let problem = try #require(error?.problems.first)
        #expect(error?.problems.count == 1)
        #expect(problem.member == (member.isEmpty ? "devices[0]" : "devices[0].\(member)"))
        #expect(problem.explanation.contains(words), "\(problem.explanation)")
    }

    @Test func listsEveryProblemNotOnlyTheFirst() throws {
        let scenario = try scenario(
            #"{"name": "bad", "devices": [{"count": 0, "zone": "A B"}, {"count": 1, "hardware": "?"}]}"#)
        let error = #expect(throws: ScenarioError.self) { try scenario.devices() }
        #expect(error?.problems.map(\.member) == ["devices[0].zone", "devices[0].count", "devices[1].hardware"])
    }

    @Test func refusesAMemberItDoesNotKnow() throws {
        let error = #expect(throws: DecodingError.self) {
            try scenario(
                #"{"name": "x", "devices": [{"count": 1, "sensors": [{"type": "ph", "interval_second": 5}]}]}"#)
        }
        guard case .dataCorrupted(let context)? = error else {
            Issue.record("\(String(describing: error))")
            return
        }
        #expect(context.debugDescription.contains("'interval_second' is no member here"))
        #expect(context.debugDescription.contains("interval_seconds"))
    }

    @Test func refusesAFleetWithoutDevices() throws {
        let scenario = try scenario(#"{"name": "x", "devices": []}"#)
        let error = #expect(throws: ScenarioError.self) { try scenario.devices() }
        #expect(error?.description == "devices: is empty; a fleet has at least one group")
    }

    @Test func survivesEncodingAndDecoding() throws {
        var group = Scenario.Group(count: 3, sensors: [Scenario.Sensor(gpio: 34, type: "ph")])
        group.hasNetworkTime = false
        group.personality = Scenario.Traits()
        group.personality?.repeatedAnswers = 0.5
        let scenario = Scenario(name: "round", seed: 2, groups: [group])
        let json = try JSONEncoder().encode(scenario)
        #expect(String(decoding: json, as: UTF8.self).contains(#""has_network_time":false"#))
        #expect(try JSONDecoder().decode(Scenario.self, from: json) == scenario)
    }
}
