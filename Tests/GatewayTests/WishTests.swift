import Testing
import TwinCore
import TwinRuntime

@testable import Gateway

@Suite("A wish and its document")
struct WishTests {
    static let reader = WishReader(catalogue: Greenhouse.catalogue)

    /// A wish with something other than its default everywhere.
    static let full = Desired(
        name: "north bench", board: "esp32_wroom", zone: ZoneWish(id: "tent_a", masterID: "site_1", name: "Tent A"),
        subzones: ["bench_1": SubzoneWish(name: "Bench", gpios: [GPIO(26)!, GPIO(4)!], isSafeModeActive: false)],
        sensors: [
            SensorKey(id: "4:ds18b20:28AA11BB22CC33D4")!: SensorWish(
                name: "probe", subzone: "bench_1", mode: .onDemand, intervalSeconds: 60, isRaw: false),
            SensorKey(id: "34:ph")!: SensorWish(
                name: "ph", temperatureFrom: SensorKey(id: "4:ds18b20:28AA11BB22CC33D4")),
        ],
        actuators: [
            GPIO(26)!: ActuatorWish(
                type: "valve", name: "drip", subzone: "bench_1", auxiliary: GPIO(27), isCritical: true,
                isInverted: true, isOnByDefault: true, defaultLevel: 128, maximumRuntimeMilliseconds: 90_500)
        ])

    @Test(arguments: [full, Desired(), Desired(zone: ZoneWish(id: ""))])
    func whatIsShownIsReadAsTheSame(wish: Desired) throws {
        #expect(try Self.reader.read(wish.json).get() == wish)
        let transported = try JSONValue(parsing: wish.json.text)
        #expect(try Self.reader.read(transported).get() == wish)
    }

    @Test func itIsShownInTheOrderInWhichAPersonReadsIt() {
        #expect(
            Self.full.json.text == #"{"name":"north bench","board":"esp32_wroom","zone":{"id":"tent_a","#
                + #""master_id":"site_1","name":"Tent A"},"subzones":{"bench_1":{"name":"Bench","gpios":[26,4],"#
                + #""safe_mode":false}},"sensors":{"4:ds18b20:28AA11BB22CC33D4":{"name":"probe","subzone":"bench_1","#
                + #""mode":"on_demand","interval_seconds":60,"raw":false,"temperature_from":null},"34:ph":{"name":"ph","#
                + #""subzone":"","mode":"continuous","interval_seconds":30,"raw":true,"#
                + #""temperature_from":"4:ds18b20:28AA11BB22CC33D4"}},"actuators":{"26":{"type":"valve","name":"drip","#
                + #""subzone":"bench_1","auxiliary_gpio":27,"critical":true,"inverted":true,"on_by_default":true,"#
                + #""default_level":128,"max_runtime_seconds":90.5}}}"#)
    }

    @Test(arguments: [
        (#"{"nmae":"x"}"#, "nmae", "did you mean 'name'"),
        (#"{"name":7}"#, "name", "7 is not usable; expected text"),
        (#"{"zone":"tent"}"#, "zone", "is no object"), (#"{"zone":{"master_id":"m"}}"#, "zone/id", "missing"),
        (#"{"subzones":[]}"#, "subzones", "expected an object"),
        (#"{"subzones":{"b":{"gpios":[4,99]}}}"#, "subzones/b/gpios", "from 0 to 48"),
        (#"{"subzones":{"b":{"gpio":[4]}}}"#, "subzones/b/gpio", "did you mean 'gpios'"),
        (#"{"sensors":{"ds18b20":{"name":"x"}}}"#, "sensors/ds18b20", "no sensor's name"),
        (#"{"sensors":{"4:temperature_sht31":{"name":"x"}}}"#, "sensors/4:temperature_sht31", "'4:sht31_temp'"),
        (#"{"sensors":{"4:ph":{}}}"#, "sensors/4:ph/name", "missing"),
        (#"{"sensors":{"4:ph":{"name":"x","mode":"sometimes"}}}"#, "sensors/4:ph/mode", "on_demand"),
        (#"{"sensors":{"4:ph":{"name":"x","interval_seconds":1.5}}}"#, "sensors/4:ph/interval_seconds", "whole number"),
        (#"{"sensors":{"4:ph":{"name":"x","temperature_from":"4"}}}"#, "sensors/4:ph/temperature_from", "4:ds18b20"),
        (#"{"actuators":{"07":{"type":"pump","name":"x"}}}"#, "actuators/07", "no pin"),
        (#"{"actuators":{"49":{"type":"pump","name":"x"}}}"#, "actuators/49", "from 0 to 48"),
        (#"{"actuators":{"26":{"name":"x"}}}"#, "actuators/26/type", "missing"),
        (#"{"actuators":{"26":{"type":"pump","name":"x","critical":1}}}"#, "actuators/26/critical", "true or false"),
        (
            #"{"actuators":{"26":{"type":"pump","name":"x","max_runtime_seconds":1e300}}}"#,
            "actuators/26/max_runtime_seconds", "number of seconds"
        ),
        (#"{"actuators":{"26":7}}"#, "actuators/26", "7 is no object"),
    ])
    func whatCannotBeReadIsNamedWithItsPlace(document: String, path: String, words: String) throws {
        let outcome = Self.reader.read(try JSONValue(parsing: document))
        guard case .failure(let problems) = outcome else {
            Issue.record("\(document) was read as \(outcome)")
            return
        }
        let found = problems.list.first { $0.path == path }
        #expect(found?.detail.contains(words) == true, "\(problems.list)")
    }

    @Test func aMemberThatIsNullIsAbsent() throws {
        let wish = try Self.reader.read(
            JSONValue(parsing: #"{"zone":null,"actuators":{"26":{"type":"pump","name":"x","auxiliary_gpio":null}}}"#)
        ).get()
        #expect(wish.zone == nil)
        #expect(wish.actuators[GPIO(26)!]?.maximumRuntimeMilliseconds == 3_600_000)
    }

    @Test func problemsAreBounded() throws {
        let members = (0..<500).map { JSONValue.Member(name: "m\($0)", value: 1) }
        guard case .failure(let problems) = Self.reader.read(.object(members)) else {
            Issue.record("nonsense was read")
            return
        }
        #expect(problems.list.count == WishReader.maximumProblems)
    }
}
