import Testing
import TwinCore
import TwinRuntime

@testable import Gateway

@Suite("Changes of a wish")
struct WishChangeTests {
    static let board = Board(
        name: "esp32_wroom", aliases: ["esp32_32"], pins: 0...39, reservedPins: [6], analoguePins: [34],
        pwmChannels: 16,
        maximumSensors: 20,
        maximumActuators: 12)

    static let sensors = [
        SensorKey(id: "4:ds18b20:28AA11BB22CC33D4")!: SensorWish(name: "probe"),
        SensorKey(id: "34:ph")!: SensorWish(name: "ph"),
    ]

    /// The full wish as far as it can be taken in: nothing is on when the device is left alone.
    static let full: Desired = {
        var wish = WishTests.full
        wish.actuators[GPIO(26)!]?.isOnByDefault = false
        wish.actuators[GPIO(26)!]?.defaultLevel = 0
        return wish
    }()

    private func change(
        _ patch: String, isConditional: Bool = false, reported: [GPIO: ActuatorWish] = [:]
    ) throws -> WishChange {
        WishChange(
            patch: try JSONValue(parsing: patch),
            catalogue: Catalogue(sensorKinds: [], actuatorKinds: [], boards: [Self.board]),
            device: Greenhouse.device, reportedBoard: nil, reportedActuators: reported, isConditional: isConditional)
    }

    @Test(arguments: [
        (#"{"zone":null}"#, Desired(name: "n", sensors: sensors)),
        (
            #"{"sensors":{"34:ph":null}}"#,
            Desired(name: "n", zone: ZoneWish(id: "z"), sensors: sensors.filter { $0.key.type != "ph" })
        ),
        (#"{"sensors":null}"#, Desired(name: "n", zone: ZoneWish(id: "z"))),
        (
            #"{"zone":{"name":"Z"},"name":null}"#,
            Desired(zone: ZoneWish(id: "z", name: "Z"), sensors: sensors)
        ),
        (#"{"zone":{"id":""}}"#, Desired(name: "n", zone: ZoneWish(id: ""), sensors: sensors)),
    ])
    func aPatchChangesWhatItNamesAndNothingElse(patch: String, expected: Desired) throws {
        let old = Desired(name: "n", zone: ZoneWish(id: "z"), sensors: Self.sensors)
        #expect(try change(patch).make(of: old).get().desired == expected)
    }

    @Test func whatAPatchNamesIsTriedAnewEvenIfItStaysTheSame() throws {
        let patch = #"{"name":null,"sensors":{"34:ph":{"name":"ph"}},"actuators":{"26":{}}}"#
        let wish = try change(patch).make(of: Self.full).get()
        #expect(Set(wish.touched.map(\.description)) == ["name", "sensors/34:ph", "actuators/26"])
    }

    @Test func aPinThatTheBoardKeepsToItselfIsAConflict() throws {
        let patch = #"{"board":"esp32_wroom","actuators":{"6":{"type":"pump","name":"x"}}}"#
        guard case .failure(let problems) = try change(patch).make(of: Desired()) else {
            Issue.record("the flash's pin was given away")
            return
        }
        #expect(problems.list.map(\.path) == ["actuators/6"])
        #expect(problems.list.first?.conflict == .system)
    }

    @Test(arguments: [
        (#"{"sensors":{"26:moisture":{"name":"bed"}}}"#, ["sensors/26:moisture", "actuators/26"], Conflict.actuator),
        (
            #"{"actuators":{"27":{"type":"valve","name":"v","auxiliary_gpio":4}}}"#,
            ["actuators/27/auxiliary_gpio", "sensors/4:ds18b20:28AA11BB22CC33D4"], .sensor
        ),
    ])
    func ofTwoPartsOnOnePinTheNewcomerIsToldFirst(patch: String, paths: [String], conflict: Conflict) throws {
        var old = Desired(sensors: Self.sensors)
        old.actuators[GPIO(26)!] = ActuatorWish(type: "pump", name: "drip")
        guard case .failure(let problems) = try change(patch).make(of: old) else {
            Issue.record("one pin was given to two")
            return
        }
        #expect(problems.list.map(\.path) == paths)
        #expect(problems.list.first?.conflict == conflict)
    }

    typealias Conflict = ConfigurationProblem.Conflict

    @Test func whatIsWrongIsNamedInTheInterfacesWords() throws {
        let patch = #"{"actuators":{"26":{"type":"pump","name":"x","max_runtime_seconds":864000}}}"#
        guard case .failure(let problems) = try change(patch).make(of: Desired()) else {
            Issue.record("ten days were taken")
            return
        }
        #expect(problems.list.map(\.path) == ["actuators/26/max_runtime_seconds"])
    }

    @Test(arguments: [
        ("max_runtime_seconds", "7200"), ("inverted", "false"), ("critical", "false"),
    ])
    func aLimitIsChangedOnlyByOneWhoSawIt(member: String, value: String) throws {
        let patch = #"{"actuators":{"26":{"\#(member)":\#(value)}}}"#
        guard case .failure(let problems) = try change(patch).make(of: Self.full) else {
            Issue.record("\(member) was changed unseen")
            return
        }
        #expect(problems.list.map(\.path) == [WishChange.preconditionPath])
        #expect(problems.list.first?.detail.contains("actuators/26") == true)
        #expect(try change(patch, isConditional: true).make(of: Self.full).get().desired != Self.full)
    }

    @Test func anActuatorThatWasTakenBackAndIsStillThereHasItsLimits() throws {
        var old = Self.full
        old.actuators = [:]
        old.subzones = ["bench_1": SubzoneWish(gpios: [GPIO(4)!])]
        let patch = #"{"actuators":{"26":{"type":"valve","name":"drip","max_runtime_seconds":7200}}}"#
        guard case .failure(let problems) = try change(patch, reported: Self.full.actuators).make(of: old) else {
            Issue.record("a limit was loosened unseen")
            return
        }
        #expect(problems.list.map(\.path) == [WishChange.preconditionPath])
        #expect(throws: Never.self) { try change(patch).make(of: old).get() }
    }

    @Test(arguments: [("on_by_default", "true"), ("default_level", "1")])
    func anOutputThatIsOnWhenTheDeviceIsAloneIsNotAllowed(member: String, value: String) throws {
        let patch = #"{"actuators":{"26":{"\#(member)":\#(value)}}}"#
        guard case .failure(let problems) = try change(patch, isConditional: true).make(of: Self.full) else {
            Issue.record("\(member) was taken in")
            return
        }
        #expect(problems.list.map(\.path) == ["actuators/26/\(member)"])
        #expect(problems.list.first?.detail.contains("without lease and gate") == true)
    }

    @Test(arguments: [
        #"{"actuators":{"26":{"name":"another","subzone":""}}}"#,
        #"{"actuators":{"26":null},"subzones":{"bench_1":{"gpios":[4]}}}"#,
        #"{"actuators":{"26":{"max_runtime_seconds":90.5}}}"#,
        #"{"actuators":{"25":{"type":"pump","name":"new","max_runtime_seconds":60}}}"#, #"{"name":"x"}"#,
    ])
    func everythingElseNeedsNoRevision(patch: String) throws {
        #expect(throws: Never.self) { try change(patch).make(of: Self.full).get() }
    }

    @Test(arguments: [("esp32_wroom", true), ("ESP32_32", true), ("esp8266", false)])
    func aBoardMustBeKnown(word: String, isKnown: Bool) throws {
        let outcome = try change(#"{"board":"\#(word)"}"#).make(of: Desired())
        switch outcome {
        case .success(let wish): #expect(isKnown && wish.desired.board == word)
        case .failure(let problems): #expect(!isKnown && problems.list.first?.path == "board")
        }
    }
}
