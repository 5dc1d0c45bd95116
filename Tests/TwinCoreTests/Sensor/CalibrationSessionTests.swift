import Testing
import TwinCore

@Suite struct CalibrationSessionTests {
    private static let day: Int64 = 86_400_000

    @Test func `a session is begun, fed, corrected, previewed and applied`() throws {
        var guide = Guide(.ph)
        #expect(guide.do(.begin(.ph, isInverted: false)) == nil)
        guide.hear(2519)
        #expect(guide.do(.addPoint(reference: 7, raw: nil)) == nil)
        #expect(guide.do(.dropPoint(index: 0)) == nil)
        #expect(guide.do(.addPoint(reference: 4, raw: nil)) == nil)
        guide.now = 60_000
        guide.hear(1874)
        #expect(guide.do(.addPoint(reference: 7, raw: nil)) == nil)
        #expect(guide.do(.addPoint(reference: 10, raw: nil))?.contains("takes 2 points and has them") == true)
        let preview = try guide.state.previewCalibration(kind: guide.kind, at: .at(guide.now)).get()
        #expect(preview.value == 7)
        #expect(preview.quality == .good)
        #expect(preview.millivoltsPerPH.map { abs($0 - 57.75) < 0.05 } == true)
        #expect(guide.sample(1874).model?.calibration == 0)
        #expect(guide.do(.apply) == nil)
        #expect(guide.state.calibration.session == nil)
        #expect(guide.state.calibration.current?.slope == preview.slope)
        #expect(guide.state.calibration.current?.points.map(\.raw) == [2519, 1874])
    }

    @Test func `a live point needs a sound and recent value`() {
        var guide = Guide(.ph)
        #expect(guide.do(.begin(.ph, isInverted: false)) == nil)
        #expect(guide.do(.addPoint(reference: 7, raw: nil))?.contains("has not sent a usable value") == true)
        guide.hear(1874)
        guide.now = 120_000
        #expect(guide.do(.addPoint(reference: 7, raw: nil)) == nil)
        guide.now = 120_001
        #expect(guide.do(.addPoint(reference: 4, raw: nil))?.contains("120 s old") == true)
        #expect(guide.do(.addPoint(reference: 4, raw: 2519)) == nil)
        #expect(guide.do(.dropPoint(index: 1)) == nil)
        guide.hear(4095)
        #expect(guide.do(.addPoint(reference: 4, raw: nil))?.contains("is suspect") == true)
        #expect(guide.do(.addPoint(reference: 4, raw: 4095))?.contains("at a rail") == true)
    }

    @Test func `a faulty sensor gives no point`() {
        var guide = Guide(.ds18b20)
        guide.hear(348)
        guide.hear(-2032)
        #expect(guide.do(.begin(.offset, isInverted: false)) == nil)
        #expect(guide.do(.addPoint(reference: 20, raw: nil))?.contains("reports a fault (error)") == true)
        #expect(guide.do(.addPoint(reference: 20, raw: -2032))?.contains("stands for a fault") == true)
    }

    @Test(
        arguments: [
            (.begin(.moisture, isInverted: false), "the method 'moisture' is not for 'ph', which takes 'ph', 'linear'"),
            (.begin(.ph, isInverted: true), "only the method 'moisture' can be inverted"),
            (.addPoint(reference: 7, raw: 1874), "is under way; begin one first"),
            (.dropPoint(index: 0), "is under way; begin one first"), (.apply, "is under way; begin one first"),
            (.abandon, "is under way; begin one first"), (.remove, "has no calibration; its kind's defaults hold"),
        ] as [(CalibrationAction, String)])
    func `a step that makes no sense is refused in plain words`(action: CalibrationAction, text: String) {
        var guide = Guide(.ph)
        let refusal = guide.do(action)
        #expect(refusal?.contains(text) == true, "\(refusal ?? "done")")
    }

    @Test func `references and indices must make sense`() {
        var guide = Guide(.ph)
        #expect(guide.do(.begin(.ph, isInverted: false)) == nil)
        #expect(guide.do(.addPoint(reference: 15, raw: 1874))?.contains("from 0.0 to 14.0 pH") == true)
        #expect(guide.do(.addPoint(reference: .nan, raw: 1874))?.contains("finite") == true)
        #expect(guide.do(.addPoint(reference: 7, raw: .infinity))?.contains("finite") == true)
        #expect(guide.do(.dropPoint(index: -1))?.contains("there is no point -1; there are 0") == true)
    }

    @Test func `a kind that is not known or not calibrated is refused`() {
        var guide = Guide(.vpd)
        #expect(guide.do(.begin(.offset, isInverted: false))?.contains("are not calibrated here") == true)
        let state = SensorState(key: SensorKey(gpio: .pin(1), type: "acme", address: .none))
        let result = state.decide(
            on: .begin(.offset, isInverted: false), kind: nil, by: "user:mara", at: .at(0))
        #expect(
            result == .failure(CalibrationRefusal("nothing is known of the kind 'acme', so it cannot be calibrated")))
    }

    @Test func `a new session replaces one that is under way`() {
        var guide = Guide(.ph)
        #expect(guide.do(.begin(.ph, isInverted: false)) == nil)
        #expect(guide.do(.addPoint(reference: 7, raw: 1874)) == nil)
        #expect(guide.do(.begin(.linear, isInverted: false)) == nil)
        #expect(guide.state.calibration.session?.method == .linear)
        #expect(guide.state.calibration.session?.points.isEmpty == true)
        #expect(guide.do(.abandon) == nil)
        #expect(guide.state.calibration.session == nil)
    }

    @Test func `removing goes back to the kind's defaults, and the numbers go on`() {
        var guide = Guide(.ds18b20)
        #expect(guide.walk(.offset, [(348, 20)]) == nil)
        #expect(guide.do(.remove) == nil)
        #expect(guide.sample(348).value == 21.75)
        #expect(guide.state.calibration.history.map(\.number) == [1])
        #expect(guide.walk(.offset, [(348, 22)]) == nil)
        #expect(guide.state.calibration.current?.number == 2)
    }

    @Test func `history keeps the latest 16`() throws {
        var guide = Guide(.ds18b20)
        for _ in 0..<20 { #expect(guide.walk(.offset, [(348, 20)]) == nil) }
        #expect(guide.state.calibration.history.map(\.number) == Array(4...19))
        #expect(guide.state.calibration.current?.number == 20)
        #expect(try stored(guide.state) == guide.state)
    }

    @Test func `a session that nobody finishes ends after a day, across restarts`() {
        var guide = Guide(.ph)
        guide.now = 1000
        #expect(guide.do(.begin(.ph, isInverted: false)) == nil)
        #expect(guide.state.calibration.nextDeadline == Uptime(milliseconds: 1000 + Self.day))
        #expect(guide.state.calibration.decideOnTime(at: .at(Self.day)).isEmpty)
        // Ten hours later another run begins, whose uptime counts from 0.
        let restart = Moment(
            time: Moment.at(1000 + 36_000_000).time, uptime: Uptime(milliseconds: 5))
        guide.state.beginRun(at: restart)
        #expect(guide.state.calibration.nextDeadline == Uptime(milliseconds: 5 + Self.day - 36_000_000))
        let end = Moment(time: restart.time, uptime: Uptime(milliseconds: 5 + Self.day - 36_000_000))
        #expect(guide.state.calibration.decideOnTime(at: end) == [.calibration(.expired)])
        guide.state.apply(.calibration(.expired), at: end)
        #expect(guide.state.calibration.session == nil)
        #expect(guide.state.calibration.nextDeadline == nil)
    }

    @Test func `a calibration is due after the days of its kind`() {
        var guide = Guide(.ph)
        #expect(!guide.state.calibration.isDue(.ph, at: Moment.at(0).time))
        #expect(guide.walk(.linear, [(2519, 4), (1874, 7)]) == nil)
        #expect(!guide.state.calibration.isDue(.ph, at: Moment.at(30 * Self.day - 1).time))
        #expect(guide.state.calibration.isDue(.ph, at: Moment.at(30 * Self.day).time))
        #expect(!guide.state.calibration.isDue(.ds18b20, at: Moment.at(999 * Self.day).time))
    }

    @Test func `facts that do not fit change nothing and do not trap`() {
        var calibration = CalibrationState()
        for event in [
            CalibrationEvent.pointTaken(CalibrationPoint(raw: 1, reference: 1, at: .beginning)),
            .pointDropped(index: 7), .abandoned(by: "x"), .expired, .removed(by: "x"),
        ] { calibration.apply(event, at: .at(0)) }
        #expect(calibration == CalibrationState())
    }
}
