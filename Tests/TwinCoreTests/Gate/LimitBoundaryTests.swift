import Testing

@testable import TwinCore

/// Each limit alone, at its boundary: just inside it is kept, just outside it refuses under its own name.
@Suite struct LimitBoundaryTests {
    struct Row: Sendable, CustomTestStringConvertible {
        let limit: Gate.Limit
        let name: String
        let isKept: Bool
        let retry: Int64?
        let asked: Asked
        var testDescription: String { "\(limit.rawValue): \(name)" }

        static func kept(_ limit: Gate.Limit, _ name: String, _ change: (inout Asked) -> Void) -> Self {
            Self(limit: limit, name: name, isKept: true, retry: nil, asked: Asked().with(change))
        }

        static func refused(
            _ limit: Gate.Limit, _ name: String, retry: Int64? = nil, _ change: (inout Asked) -> Void
        ) -> Self {
            Self(limit: limit, name: name, isKept: false, retry: retry, asked: Asked().with(change))
        }
    }

    @Test(arguments: people + levels + times + starts)
    func `a limit refuses under its own name, and only beyond its boundary`(_ row: Row) throws {
        let judged = row.asked.evaluations.filter { $0.limit == row.limit }
        #expect(judged.count == 1, "judged once: \(judged)")
        let evaluation = try #require(judged.first)
        #expect(evaluation.isKept == row.isKept, "\(evaluation)")
        #expect(evaluation.retryAfterMilliseconds == row.retry)
        #expect(!evaluation.bound.isEmpty && !evaluation.actual.isEmpty)
        #expect(row.asked.isCleared == row.isKept, "\(row.asked.evaluations.filter { !$0.isKept })")
        if !row.isKept { #expect(row.asked.broken?.limit == row.limit, "nothing else refuses") }
    }

    private static let people: [Row] = [
        .kept(.epoch, "ours") { _ in },
        .refused(.epoch, "another's") { $0.circumstances.fencedBy = "epoch 7 of doppel-b" },
        .kept(.quarantine, "works") { _ in },
        .refused(.quarantine, "fails") { $0.circumstances.quarantine = "it trapped three times" },
        .kept(.confirmation, "the revision that stands") {
            $0.limits.hazard = .confirm
            $0.subject.revision = 7
            $0.confirmation.seenRevision = 7
        },
        .refused(.confirmation, "the revision before") {
            $0.limits.hazard = .confirm
            $0.subject.revision = 7
            $0.confirmation.seenRevision = 6
        },
        .refused(.confirmation, "the revision after") {
            $0.limits.hazard = .confirm
            $0.subject.revision = 7
            $0.confirmation.seenRevision = 8
        },
        .refused(.confirmation, "no revision, of an output at revision 0") { $0.limits.hazard = .confirm },
        .kept(.secondPerson, "another did") {
            $0.limits.hazard = .secondPerson
            $0.confirmation = Gate.Confirmation(seenRevision: 0, isSeconded: true)
        },
        .refused(.secondPerson, "one person") {
            $0.limits.hazard = .secondPerson
            $0.confirmation = Gate.Confirmation(seenRevision: 0)
        },
        .refused(.confirmation, "a second person who looked away") {
            $0.limits.hazard = .secondPerson
            $0.confirmation = Gate.Confirmation(seenRevision: nil, isSeconded: true)
        },
        .kept(.leaseOwner, "a millisecond before its end") {
            $0.renews = CommandID("c-0")
            $0.subject.lease = .until($0.time + 1)
        },
        .refused(.leaseOwner, "at its end") {
            $0.renews = CommandID("c-0")
            $0.subject.lease = .until($0.time)
        },
        .refused(.leaseOwner, "another's") {
            $0.renews = CommandID("c-0")
            $0.subject.lease = .until($0.time + 9_000, of: "rule:night")
        },
        .refused(.leaseOwner, "another lease of the same owner") {
            $0.renews = CommandID("c-9")
            $0.subject.lease = .until($0.time + 9_000)
        },
        .refused(.leaseOwner, "no lease") { $0.renews = CommandID("c-0") },
        .refused(.lockout, "a tag", retry: 60_000) {
            $0.subject.lockout = Lockout(name: "Jo", reason: "new seal", seconds: 60, at: .at($0.time))
        },
        .refused(.lockout, "a tag at its end, before the timer", retry: 1) {
            $0.subject.lockout = Lockout(name: "Jo", reason: "new seal", seconds: 60, at: .at($0.time - 60_000))
        },
    ]

    private static let levels: [Row] = [
        .kept(.range, "the lowest level") {
            $0.limits.levels = 0.2...0.8
            $0.drive = .pwm(level: 0.2)
        },
        .kept(.range, "the highest level") {
            $0.limits.levels = 0.2...0.8
            $0.drive = .pwm(level: 0.8)
        },
        .refused(.range, "below") {
            $0.limits.levels = 0.2...0.8
            $0.drive = .pwm(level: 0.2.nextDown)
        },
        .refused(.range, "above") {
            $0.limits.levels = 0.2...0.8
            $0.drive = .pwm(level: 0.8.nextUp)
        },
        .refused(.range, "on at nothing") { $0.drive = .on(level: 0) },
        .refused(.range, "not a number") { $0.drive = .pwm(level: .nan) },
        .kept(.resolution, "three tenths, as floating point has them") {
            $0.limits.resolution = 0.1
            $0.drive = .pwm(level: 0.1 + 0.2)
        },
        .kept(.resolution, "seven tenths") {
            $0.limits.resolution = 0.1
            $0.drive = .pwm(level: 0.7)
        },
        .refused(.resolution, "between two steps") {
            $0.limits.resolution = 0.1
            $0.drive = .pwm(level: 0.75)
        },
        .refused(.resolution, "a millionth beside a step") {
            $0.limits.resolution = 0.1
            $0.drive = .pwm(level: 0.700_001)
        },
        .kept(.slew, "the first step from off") {
            $0.limits.slewPerSecond = 0.1
            $0.drive = .pwm(level: 0.1)
        },
        .refused(.slew, "too large a first step") {
            $0.limits.slewPerSecond = 0.1
            $0.drive = .pwm(level: 0.11)
        },
        .kept(.slew, "a step after a second") {
            $0.limits.slewPerSecond = 0.1
            $0.drive = .pwm(level: 0.3)
            $0.subject.driven = .init(level: 0.2, since: Uptime(milliseconds: $0.time - 1_000))
        },
        .refused(.slew, "a step a millisecond early", retry: 1) {
            $0.limits.slewPerSecond = 0.1
            $0.drive = .pwm(level: 0.3)
            $0.subject.driven = .init(level: 0.2, since: Uptime(milliseconds: $0.time - 999))
        },
        .refused(.slew, "too large a step down") {
            $0.limits.slewPerSecond = 0.1
            $0.drive = .pwm(level: 0.1)
            $0.subject.driven = .init(level: 0.9, since: Uptime(milliseconds: 0))
        },
        .kept(.slew, "the same level at once") {
            $0.limits.slewPerSecond = 0.1
            $0.drive = .pwm(level: 0.5)
            $0.subject.driven = .init(level: 0.5, since: Uptime(milliseconds: $0.time))
        },
    ]

    private static let times: [Row] = [
        .kept(.maxOnTime, "the longest lease") { $0.seconds = 3_600 },
        .refused(.maxOnTime, "a second more") { $0.seconds = 3_601 },
        .kept(.maxOnTime, "a renewal that ends with the hour") {
            $0.subject.duty = .on(($0.time - 3_000_000, nil))
            $0.seconds = 600
        },
        .refused(.maxOnTime, "a renewal that ends a second after it") {
            $0.subject.duty = .on(($0.time - 3_000_000, nil))
            $0.seconds = 601
        },
        .refused(.maxOnTime, "a renewal that ends a millisecond after it") {
            $0.subject.duty = .on(($0.time - 3_000_001, nil))
            $0.seconds = 600
        },
        .refused(.maxOnTime, "an output that was on for days") {
            $0.subject.duty = .on(($0.time - 900_000_000, nil))
            $0.seconds = 1
        },
        .kept(.minOnTime, "the shortest") {
            $0.limits.minOnSeconds = 60
            $0.seconds = 60
        },
        .refused(.minOnTime, "a second less") {
            $0.limits.minOnSeconds = 60
            $0.seconds = 59
        },
        .kept(.countedByDevice, "a minute of dimming") {
            $0.limits.hazard = .confirm
            $0.confirmation.seenRevision = 0
            $0.drive = .pwm(level: 0.5)
            $0.seconds = 60
        },
        .refused(.countedByDevice, "a second more") {
            $0.limits.hazard = .confirm
            $0.confirmation.seenRevision = 0
            $0.drive = .pwm(level: 0.5)
            $0.seconds = 61
        },
        .kept(.minOffTime, "rested") {
            $0.limits.minOffSeconds = 5
            $0.subject.duty = .on((0, $0.time - 5_000))
        },
        .refused(.minOffTime, "a millisecond early", retry: 1) {
            $0.limits.minOffSeconds = 5
            $0.subject.duty = .on((0, $0.time - 4_999))
        },
    ]

    private static let starts: [Row] = [
        .kept(.startsPerHour, "one fewer than the most") {
            $0.limits.startsPerHour = 2
            $0.subject.duty = .on(($0.time - 60_000, $0.time - 50_000))
        },
        .refused(.startsPerHour, "the most", retry: 1_000) {
            $0.limits.startsPerHour = 2
            $0.subject.duty = .on(
                ($0.time - 3_599_000, $0.time - 3_000_000), ($0.time - 60_000, $0.time - 50_000))
        },
        .kept(.startsPerHour, "the first is an hour old") {
            $0.limits.startsPerHour = 2
            $0.subject.duty = .on(
                ($0.time - 3_600_000, $0.time - 3_000_000), ($0.time - 60_000, $0.time - 50_000))
        },
        .refused(.startsPerHour, "the most, and more by itself", retry: 2_000_000) {
            $0.limits.startsPerHour = 2
            $0.subject.duty = .on(
                ($0.time - 3_500_000, $0.time - 3_400_000), ($0.time - 1_600_000, $0.time - 1_500_000),
                ($0.time - 60_000, $0.time - 50_000))
        },
        .kept(.startsPerHour, "what is on is not started") {
            $0.limits.startsPerHour = 1
            $0.subject.duty = .on(($0.time - 60_000, nil))
        },
        .refused(.startsPerHour, "on, and shown off since it started", retry: 3_540_000) {
            $0.limits.startsPerHour = 1
            $0.subject.duty = .on(($0.time - 60_000, nil))
            $0.subject.mayHaveGoneOff = true
        },
        .kept(.coolDown, "exactly what is left, over several on-times") {
            $0.limits.coolDown = CoolDown(runSeconds: 100, restSeconds: 30)
            $0.subject.duty = .on(
                ($0.time - 90_000, $0.time - 70_000), ($0.time - 60_000, $0.time - 40_000),
                ($0.time - 30_000, $0.time - 29_000))
            $0.seconds = 59
        },
        .refused(.coolDown, "a second more, a second before the rest is over", retry: 1_000) {
            $0.limits.coolDown = CoolDown(runSeconds: 100, restSeconds: 30)
            $0.subject.duty = .on(
                ($0.time - 90_000, $0.time - 70_000), ($0.time - 60_000, $0.time - 40_000),
                ($0.time - 30_000, $0.time - 29_000))
            $0.seconds = 60
        },
        .kept(.coolDown, "after one full rest") {
            $0.limits.coolDown = CoolDown(runSeconds: 100, restSeconds: 30)
            $0.subject.duty = .on(($0.time - 200_000, $0.time - 30_000))
            $0.seconds = 100
        },
        .refused(.coolDown, "after half a rest twice", retry: 15_000) {
            $0.limits.coolDown = CoolDown(runSeconds: 100, restSeconds: 30)
            $0.subject.duty = .on(
                ($0.time - 200_000, $0.time - 40_000), ($0.time - 25_000, $0.time - 15_000))
            $0.seconds = 1
        },
        .refused(.coolDown, "more than the rule ever allows, in no time") {
            $0.limits.coolDown = CoolDown(runSeconds: 100, restSeconds: 30)
            $0.subject.duty = .on((0, 10_000))
            $0.seconds = 101
        },
        .refused(.coolDown, "on, and longer than the rule allows") {
            $0.limits.coolDown = CoolDown(runSeconds: 100, restSeconds: 30)
            $0.subject.duty = .on(($0.time - 50_000, nil))
            $0.seconds = 51
        },
    ]
}
