import Testing
import TwinCore

@testable import doppel

@Suite struct SheetTests {
    private static let now = 1_767_225_600.0  // 2026-01-01T00:00:00Z

    private func value(_ json: String) throws -> WireValue { try WireValue(json: Array(json.utf8)) }

    @Test func columnsAreAsWideAsTheirWidestCell() {
        var table = Table(["A", "LONG", "C"])
        table.add(["wide cell", "1", ""])
        table.add(["µ", "22222", "°C"])
        #expect(table.lines == ["A          LONG   C", "wide cell  1", "µ          22222  °C"])
    }

    @Test func whatADeviceSaysCannotMoveTheCursor() {
        #expect(Table.printable("a\u{1B}[2Jb\nc\u{202E}d") == "a\u{FFFD}[2Jb\u{FFFD}c\u{FFFD}d")
    }

    @Test func aFleetIsOneLineATwin() throws {
        let twin = try value(
            """
            {"id":"ESP_A1B2C3","status":"online","status_since":"2025-12-31T23:58:30.500Z","revision":7,"zone":"north",
             "emergency":"none","health":{"uptime_seconds":10,"heap_free_bytes":5,"rssi_dbm":-61},
             "sensors":[{"id":"4:ds18b20"}],
             "actuators":[{"gpio":5,"confirmed":{"on":true}},{"gpio":6,"confirmed":null}]}
            """)
        #expect(
            TwinSheet.list([twin], now: Self.now) == [
                "DEVICE      STATUS  SINCE       ZONE   SIGNAL   SENSORS  ACTUATORS  ON             EMERGENCY",
                "ESP_A1B2C3  online  1 min 29 s  north  -61 dBm  1        2          1 (1 unknown)  -",
            ])
        #expect(TwinSheet.list([], now: 0) == ["No twins. A twin appears when its device first speaks."])
    }

    @Test func aTwinShowsRequestedAndConfirmedApart() throws {
        let twin = try value(
            """
            {"id":"ESP_A1B2C3","status":"online","status_since":"2025-12-31T00:00:00Z","revision":7,"zone":null,
             "emergency":"stopped","stop":{"reason":"leak"},"health":null,
             "sensors":[{"id":"4:ds18b20","value":21.5,"unit":"°C","raw":344,"quality":"good",
               "event_time":"2025-12-31T23:59:50Z"},{"id":"34:ph","value":null,"quality":"unknown"}],
             "actuators":[{"gpio":5,"type":"pump","requested":{"command":"ON","value":1},"confirmed":null,
               "lease":{"remaining_seconds":30.5,"owner":"http:10.0.0.4","counted_by_device":true},
               "emergency":"stopped","revision":12},
              {"gpio":6,"type":"pwm","requested":null,"confirmed":{"on":true,"value":0.4,"at":"2025-12-31T23:59:59Z"},
               "lease":null,"emergency":"none","safe_state":{"cause":"lease_expired"},"revision":3}]}
            """)
        #expect(
            TwinSheet.show(twin, now: Self.now) == [
                "ESP_A1B2C3  online for 1 d 0 h  zone -  revision 7",
                "uptime -  free heap - bytes  signal - dBm",
                "EMERGENCY stopped: reason leak",
                "", "Sensors",
                "SENSOR     VALUE    QUALITY  MEASURED  RAW",
                "4:ds18b20  21.5 °C  good     10 s ago  344",
                "34:ph      -        unknown  -         -",
                "", "Actuators",
                "GPIO  TYPE  CONFIRMED                          SEEN     REQUESTED  LEASE                     "
                    + "EMERGENCY  REVISION",
                "5     pump  unknown                            -        ON 1       30 s left, http:10.0.0.4  "
                    + "stopped    12",
                "6     pwm   on 0.4 (going off: lease_expired)  1 s ago  -          -                         "
                    + "-          3",
            ])
    }

    @Test(arguments: [
        (0.0, "0 s"), (59, "59 s"), (60, "1 min 0 s"), (3600, "1 h 0 min"), (90_000, "1 d 1 h"), (.nan, "-"),
        (1e300, "-"),
    ])
    func durationsHaveTwoUnits(seconds: Double, text: String) { #expect(TwinSheet.duration(seconds) == text) }

    @Test func theSupervisorTreeIsIndentedAndEndsWithWhatIsWrong() throws {
        let tree = try value(
            """
            {"name":"root","path":"root","state":"failing","condition":"failing","condition_reason":"broker: control: x",
             "restarts":0,"last_failure":null,"health":"h","backlog":3,"oldest_backlog_seconds":0.25,"breaker":null,
             "children":[{"name":"broker","state":"failing","restarts":1,"last_failure":"it broke","health":"h2",
              "backlog":0,"oldest_backlog_seconds":0,"breaker":null,"children":[
               {"name":"control","state":"failing","restarts":0,"last_failure":null,"health":"down: x","backlog":0,
                "oldest_backlog_seconds":0,"breaker":"open","children":[]}]}]}
            """)
        #expect(
            SupervisionSheet.lines(tree) == [
                "PART         STATE    RESTARTS  WAITING  OLDEST  HEALTH",
                "root         failing  0         3        0 s     h",
                "  broker     failing  1         0        0 s     h2; last ended: it broke",
                "    control  failing  0         0        0 s     down: x; breaker open", "",
                "failing: broker: control: x",
            ])
    }

    @Test func aPathIsOneSegment() {
        #expect(SupervisionSheet.encoded("root/broker/process") == "root%2Fbroker%2Fprocess")
        #expect(SupervisionSheet.encoded("a b\t?") == "a%20b%09%3F")
    }

    @Test func theScoreboardShowsFirstWhatNeedsAttention() throws {
        let report = try value(
            """
            {"active":true,"durable":false,
             "incidents":[{"id":"i1","scope":"all","reason":"leak","issued_by":"http:127.0.0.1","issued_at":"T"},
              {"id":"i2","scope":{"device":"ESP_A1B2C3"},"reason":"smoke","issued_by":"m","issued_at":"U",
               "drill":true}],
             "timings":[{"incident":"i2","confirmed":1,"total":3,"p50_ms":40,"p99_ms":90,"last_ms":90}],
             "clearing":["ESP_A1B2C9"],"counts":{"stopped":1,"unconfirmed":1,"offline":1},
             "lines":[{"device":"ESP_A1B2C3","gpio":5,"standing":"stopped","evidence":"status"},
              {"device":"ESP_A1B2C4","gpio":null,"standing":"offline","evidence":"silent"},
              {"device":"ESP_A1B2C5","gpio":6,"standing":"unconfirmed","evidence":"awaited"}]}
            """)
        #expect(
            StopSheet.lines(report) == [
                "EMERGENCY STOP of everything since T by http:127.0.0.1: leak  (i1)",
                "DRILL, EMERGENCY STOP of ESP_A1B2C3 since U by m: smoke  (i2)",
                "  1 of 3 outputs seen off; half within 40 ms, 99 of 100 within 90 ms, the last after 90 ms",
                "The stop holds in memory ONLY: the disk does not take it. Do not restart Doppel.",
                "Clearing: ESP_A1B2C9",
                "1 stopped, 1 unconfirmed, 1 offline",
                "DEVICE      GPIO  STANDING     EVIDENCE",
                "ESP_A1B2C5  6     unconfirmed  awaited",
                "ESP_A1B2C4  -     offline      silent",
                "ESP_A1B2C3  5     stopped      status",
            ])
        #expect(StopSheet.score(report) == .init(stopped: 1, unconfirmed: 1, offline: 1))
        #expect(StopSheet.advice(StopSheet.score(report)).count == 3)
        #expect(StopSheet.advice(.init(stopped: 3)).isEmpty)
    }

    @Test(arguments: [
        ("confirmed", 5, 0), ("accepted", 0, 0), ("accepted", 5, 1), ("sent", 5, 1), ("failed", 5, 1),
        ("stopped", 5, 1), ("superseded", 5, 1), ("expired", 0, 1), ("brand_new", 5, 1),
    ])
    func onlyAProvenEffectIsASuccess(state: String, waited: Int, status: Int32) {
        #expect(CommandSheet.verdict(state, waited: waited, device: "ESP_A1B2C3").status == status)
    }

    @Test func aTwinShowsWhatIsWishedAndNotYetSo() throws {
        let twin = try value(
            """
            {"delta":["zone","actuators/26"],
             "desired":{"zone":{"id":"a"},"actuators":{"26":{"name":"drip"}}},"reported":{"zone":null,"actuators":{}},
             "properties":{"zone":{"state":"sent","why":null},"actuators/26":{"state":"refused","why":"GPIO_CONFLICT"}},
             "configuration":{"step":{"step":"zone","id":"z-1","sent_at":"T","attempt":1}}}
            """)
        #expect(
            ConfigurationSheet.lines(twin) == [
                "", "Wished and not yet so",
                "WISH          STATE    WHY            DESIRED    REPORTED",
                "zone          sent     -              id a       -",
                "actuators/26  refused  GPIO_CONFLICT  name drip  -",
                "Under way: zone z-1, sent at T, attempt 1",
            ])
        #expect(ConfigurationSheet.lines(try value(#"{"delta":[]}"#)).isEmpty)
    }

    @Test func aCalibrationShowsWhatIsUsedAndWhatIsUnderWay() throws {
        let calibration = try value(
            """
            {"sensor":"34:ph","live_raw":1990,"current":null,"due":null,
             "session":{"method":"ph","started_at":"T","by":"m","points":[{"raw":1990,"reference":7}]},
             "preview":null,"history":[]}
            """)
        #expect(
            CalibrationSheet.lines(calibration) == [
                "34:ph  live raw value 1990", "in use: the kind's defaults", "under way: ph since T by m",
                "  0: raw 1990 is 7",
            ])
    }

    @Test(arguments: [
        ("answered", 5, 0), ("accepted", 0, 0), ("sent", 5, 1), ("failed", 5, 1), ("unanswered", 5, 1), ("new", 0, 1),
    ])
    func onlyAnAnswerIsASuccess(state: String, waited: Int, status: Int32) throws {
        let device = try #require(DeviceID("ESP_A1B2C3"))
        #expect(OperationSheet.verdict(state, waited: waited, device: device).status == status)
    }
}
