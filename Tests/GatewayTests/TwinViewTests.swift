import Testing
import TwinRuntime

@testable import Gateway
@testable import TwinCore

@Suite("Parts of a twin as they are shown")
struct TwinViewTests {
    @Test func propertiesSayHowFarTheyCame() throws {
        var state = ConfigurationState()
        state.desiredRevision = 9
        state.properties[.zone] = .init(
            state: .refused("CONFIG_LANE_BUSY"), since: Greenhouse.noon,
            validUntil: Greenhouse.noon.advanced(byMilliseconds: 1000))
        state.step = .init(
            step: ConfigurationStep(
                id: CommandID("s-1"), issuedAt: Greenhouse.noon,
                order: .subzone(
                    SubzoneAssignment(
                        subzone: "bench_1", wish: SubzoneWish(gpios: [GPIO(4)!]), parentZone: "a", sensorCount: 1,
                        actuatorCount: 0))), lettingGo: [], attempt: 2,
            sentAt: Greenhouse.now, awaited: [.subzone("bench_1")])
        let json = JSONValue.object(state.members)
        #expect(
            json["properties"]?.text == #"{"zone":{"state":"refused","since":"2025-01-31T12:00:00.000Z","#
                + #""why":"CONFIG_LANE_BUSY","valid_until":"2025-01-31T12:00:01.000Z"}}"#)
        #expect(
            json["configuration"]?.text == #"{"desired_revision":9,"step":{"id":"s-1","step":"subzone","#
                + #""subzone":"bench_1","wish":{"name":"","gpios":[4],"safe_mode":true},"attempt":2,"#
                + #""sent_at":"2025-01-31T12:00:00.000Z","awaited":["subzones/bench_1"]},"mismatch":null}"#)
    }

    @Test func aClockIsBehindByTheSmallestDifference() {
        var offset = ClockOffset()
        #expect(offset.json == .null)
        offset.differences = [1500, -250, 900]
        #expect(offset.json.text == #"{"behind_seconds":-0.25,"heartbeats":3,"unsteady":false}"#)
    }

    @Test func tokensAreShownAsHeldAndNothingMore() {
        var tokens = TokenState()
        tokens.device.confirmed = EmergencyToken(EventExamples.secret)
        tokens.broadcast.sent = EmergencyToken(EventExamples.secret)
        #expect(
            tokens.json.text == #"{"esp":{"held":true,"unconfirmed":false,"refusal":null},"#
                + #""broadcast":{"held":false,"unconfirmed":true,"refusal":null}}"#)
    }

    @Test func aCalibrationIsShownWithItsPointsAndItsSession() throws {
        var sensor = Greenhouse.full().snapshot.sensors[0]
        let point = CalibrationPoint(raw: 1, reference: 2, at: Greenhouse.noon)
        var state = CalibrationState()
        state.current = Calibration(
            number: 3, method: .linear, points: [point], slope: -5.5, offset: 15, isInverted: false, by: "mara",
            at: Greenhouse.noon)
        state.session = .init(
            method: .offset, isInverted: false, by: "ben", startedAt: Greenhouse.now, points: [point])
        sensor = try sensor.with(state)
        let view = Greenhouse.full()
        let whole = view.calibrationJSON(of: sensor)
        #expect(whole.at("current.number") == 3)
        #expect(whole.at("current.points.0.reference")?.asNumber == 2)
        #expect(whole.at("session.by") == "ben")
        #expect(whole["live_raw"]?.asNumber == 26_214.5)
        let short = view.json(of: sensor)["calibration"]
        #expect(
            short?.text == #"{"method":"linear","number":3,"points":1,"applied_at":"2025-01-31T12:00:00.000Z","#
                + #""due":"2025-03-02T12:00:00.000Z","session":"offset"}"#)
    }

    @Test func aSessionShowsWhatItsPointsWouldGive() throws {
        let sensor = Greenhouse.full().snapshot.sensors[0]
        let view = Greenhouse.full()
        #expect(view.calibrationPreview(of: sensor) == .null)
        var state = CalibrationState()
        state.session = .init(method: .offset, isInverted: false, by: "ben", startedAt: Greenhouse.now, points: [])
        let empty = view.calibrationPreview(of: try sensor.with(state))
        #expect(empty["usable"] == false)
        #expect(empty["why"]?.asText?.contains("1 point") == true)
        state.session?.points = [CalibrationPoint(raw: 26_214.5, reference: 26, at: Greenhouse.noon)]
        let preview = view.calibrationPreview(of: try sensor.with(state))
        #expect(preview["usable"] == true)
        #expect(abs((preview["offset"]?.asNumber ?? 0) - 0.9987) < 0.0001)
        #expect(preview["value"]?.asNumber == 26)
    }

    @Test(arguments: [
        (ModelStamp(version: 0x1A2B, calibration: 0), "ph", "ph@00001a2b+0"),
        (ModelStamp(version: .max, calibration: 12), nil, "ffffffff+12"),
    ])
    func aModelIsNamedByItsStamp(stamp: ModelStamp, kind: String?, text: String) {
        #expect(stamp.text(kind: kind) == text)
    }
}

extension SensorState {
    /// The same sensor with another calibration; its own events make one only step by step.
    fileprivate func with(_ calibration: CalibrationState) throws -> SensorState {
        var members = try Stored.members(of: self)
        members["calibration"] = try Stored.value(of: calibration)
        return try Stored.decode(members)
    }
}
