import Foundation
import Testing
import World

/// The shrinker finds what a failure takes.
@Suite struct ShrinkerTests {
    @Test func `a command whose OFF is swallowed takes one order and no fault`() throws {
        let options = WorldOptions(profile: .safety, sabotage: .swallowsOff)
        let seed = try #require(
            (1...36).first { World.run(seed: $0, options: options).violations.first?.promise == .off })
        let schedule = Schedule(seed: seed, options: options)
        let finding = try #require(Shrinker.shrink(schedule, options: options))
        #expect(finding.schedule.faults.count + finding.schedule.actions.count <= 3, "\(finding.schedule)")
        #expect(finding.schedule.actions.count >= 1)
        #expect(finding.outcome.violations.first?.promise == .off)
        #expect(finding.runs > 1)
        #expect(World.run(finding.schedule, options: options) == finding.outcome)
    }

    @Test func `a disk that forgets takes a crash`() throws {
        let options = WorldOptions(profile: .safety, faults: [.cut, .crash], sabotage: .diskForgets)
        let seed = try #require((1...36).first { !World.run(seed: $0, options: options).isPassed })
        let finding = try #require(Shrinker.shrink(Schedule(seed: seed, options: options), options: options))
        #expect(finding.schedule.faults.contains { $0.fault == .crash }, "\(finding.schedule)")
        #expect(finding.schedule.faults.count + finding.schedule.actions.count <= 6, "\(finding.schedule)")
    }

    @Test func `what breaks nothing is not shrunk`() {
        let options = WorldOptions(profile: .safety, troubledSeconds: 10, quietSeconds: 5)
        #expect(Shrinker.shrink(Schedule(seed: 1, options: options), options: options) == nil)
    }

    @Test func `a schedule survives a file, and tells what happens`() throws {
        let schedule = Schedule(seed: 9, options: WorldOptions(profile: .safety))
        let text = try JSONEncoder().encode(schedule)
        #expect(try JSONDecoder().decode(Schedule.self, from: text) == schedule)
        let lines = schedule.description.split(separator: "\n")
        #expect(lines.count == 1 + schedule.faults.count + schedule.actions.count)
        let fault = PlannedFault(atMilliseconds: 5, fault: .stuckOn, device: 1, gpio: 27, spanMilliseconds: 800)
        #expect("\(fault)" == "5 ms: fault stuck_on of device 1 gpio 27 for 800 ms")
        #expect("\(PlannedAction(atMilliseconds: 7, action: .pwm, seconds: 3))" == "7 ms: pwm device 0 gpio 26 for 3 s")
    }
}
