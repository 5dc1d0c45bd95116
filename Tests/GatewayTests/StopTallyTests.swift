import Testing
import TwinCore
import TwinRuntime

@testable import Gateway

@Suite("How far a stop has come")
struct StopTallyTests {
    static let drill = Incident(
        id: IncidentID("i-2"), scope: .zone("north"), reason: "exercise", issuedBy: "mara",
        issuedAt: Greenhouse.noon, generation: 2, isDrill: true)

    /// A line of the drill's for a pin; seen stopped after so many milliseconds, if ever.
    static func line(_ pin: Int, after milliseconds: Int64?) -> StopReport.Line {
        StopReport.Line(
            device: Greenhouse.device, gpio: GPIO(pin), standing: milliseconds == nil ? .unconfirmed : .stopped,
            evidence: "", incident: drill.id, confirmedAfterMilliseconds: milliseconds)
    }

    /// The drill's tally, beside another stop.
    static func tally(_ lines: [StopReport.Line]) throws -> StopTally {
        let incidents = [Greenhouse.incident(), drill]
        let report = StopReport(incidents: incidents, clearing: [], isDurable: true, lines: lines)
        return try #require(StopTally.tallies(of: report).last)
    }

    @Test func timesAreThoseOfTheOutputsThatWereSeenStopped() throws {
        // From 10 to 400 ms, in no order.
        let lines = (1...40).map { Self.line($0, after: Int64($0 * 17 % 41) * 10) } + [Self.line(41, after: nil)]
        let tally = try Self.tally(lines)
        #expect(tally.isDrill)
        #expect((tally.confirmed, tally.total) == (40, 41))
        #expect(tally.milliseconds(percentile: 50) == 200)
        #expect(tally.milliseconds(percentile: 99) == 400)
        #expect(tally.milliseconds(percentile: 1) == 10)
        #expect(
            tally.json.text == #"{"incident":"i-2","drill":true,"confirmed":40,"total":41,"p50_ms":200,"#
                + #""p99_ms":400,"last_ms":400,"unconfirmed":["ESP_AABB01/41"]}"#)
    }

    @Test func whatAnotherStopHoldsIsNotCounted() throws {
        var other = Self.line(5, after: 900)
        other.incident = IncidentID("i-1")
        let tally = try Self.tally([other, Self.line(4, after: 30)])
        #expect(tally.total == 1)
        #expect(tally.milliseconds(percentile: 99) == 30)
    }

    @Test func aStopThatHoldsNothingHasNoTimes() throws {
        let tally = try Self.tally([])
        #expect(tally.total == 0)
        #expect(tally.json["p50_ms"] == .null)
        #expect(tally.json["last_ms"] == .null)
    }

    @Test func whatWasSeenStoppedInAnEarlierRunIsConfirmedWithoutATime() throws {
        var earlier = Self.line(4, after: 30)
        earlier.confirmedAfterMilliseconds = nil
        let tally = try Self.tally([earlier])
        #expect(tally.confirmed == 1)
        #expect(tally.milliseconds(percentile: 50) == nil)
    }

    @Test func aDeviceWithoutOutputsAndALongListAreNamedBriefly() throws {
        let device = StopReport.Line(
            device: Greenhouse.device, gpio: nil, standing: .offline, evidence: "", incident: Self.drill.id)
        let tally = try Self.tally(Array(repeating: device, count: 150))
        #expect(tally.unconfirmed == Array(repeating: "ESP_AABB01", count: StopTally.maximumNames))
        #expect(tally.total == 150)
    }
}
