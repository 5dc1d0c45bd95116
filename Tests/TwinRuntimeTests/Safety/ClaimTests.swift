import Testing
import TwinCore

@testable import TwinRuntime
@testable import World

/// Of several runtimes of one site, the one that began last commands it.
@Suite struct ClaimTests {
    private static let proving = RuntimeOptions(approval: .automatic, tellsProcessed: false, provesClaim: true)

    private func epoch(_ stage: Stage) throws -> UInt64 {
        let claim = try #require(stage.broker.publications.last { $0.topic == "kaiser/god/server/claim" })
        #expect(claim.isRetained)
        return try #require(claim.member("epoch").flatMap { UInt64($0) })
    }

    /// A greenhouse whose claim came back.
    private func claiming(options: RuntimeOptions = .quiet) throws -> Stage {
        let stage = try Stage.started(options: options)
        stage.overhearOwnClaim()
        for device in [DeviceID.first, .second] {
            stage.beat(device)
            stage.show(device, 26, .off)
        }
        return stage
    }

    @Test func `an older run that hears a younger one energises nothing and still switches off`() throws {
        let stage = try claiming()
        stage.run(.second)
        stage.overhearClaim(900, by: "doppel-b")
        #expect(try stage.refusal() == .epoch)
        #expect(stage.alarms(.siteClaimed) == 1)
        _ = stage.command(.off, .second)
        #expect(stage.left() == ["ESP_0D44A19C/26 OFF"])
        _ = stage.stop(.all)
        #expect(stage.left().first == "all stop")
        stage.overhearClaim(900, by: "doppel-b")
        #expect(stage.alarms(.siteClaimed) == 1)
        #expect(!stage.broker.publications.contains { $0.topic.hasSuffix("/claim") })
    }

    @Test func `an ON that waits for its commit does not leave once a younger run is heard`() throws {
        let stage = try claiming()
        stage.broker.forget()
        stage.journal.mode = .held
        _ = stage.command(.on, seconds: 60)
        stage.overhearClaim(900, by: "doppel-b")
        stage.journal.mode = .prompt
        stage.journal.release()
        stage.settle()
        let left = stage.left()
        #expect(!left.contains("ESP_7C19F2/26 ON"))
        #expect(left.contains("ESP_7C19F2/26 OFF"))
    }

    @Test func `a run that starts raises its epoch above what it hears, run after run`() throws {
        let stage = try Stage.started()
        stage.overhearClaim(41, by: "doppel-a", isRetained: true)
        #expect(try epoch(stage) == 42)
        stage.overhearOwnClaim()
        stage.overhearClaim(41, by: "doppel-a")
        #expect(try epoch(stage) == 42)
        stage.beat(.first)
        stage.show(.first, 26, .off)
        #expect(try stage.refusal() == nil)
        let kept = try #require(stage.broker.publications.last { $0.topic.hasSuffix("/claim") })
        let next = try stage.restarted()
        next.overhear(kept.topic, String(decoding: kept.payload, as: UTF8.self), isRetained: true)
        #expect(try epoch(next) == 43)
    }

    @Test func `nothing is energised before the claim came back`() throws {
        let stage = try Stage.started(options: Self.proving)
        stage.beat(.first)
        stage.show(.first, 26, .off)
        #expect(try stage.refusal() == .epoch)
        _ = try epoch(stage)
        stage.overhearOwnClaim()
        #expect(try stage.refusal() == nil)
        stage.broker.loseControl()
        stage.broker.connect()
        #expect(try stage.refusal(.first, 26) == .epoch)
    }

    @Test func `after a pause of the process nothing is energised before the claim came back again`() throws {
        let stage = try claiming(options: Self.proving)
        stage.broker.forget()
        stage.loop.standStill(forMilliseconds: 4_000)
        #expect(try stage.refusal() == .epoch)
        _ = try epoch(stage)
        stage.overhearOwnClaim()
        #expect(try stage.refusal() == nil)
    }

    @Test func `an ON that waited through a pause does not leave`() throws {
        let stage = try claiming(options: Self.proving)
        stage.broker.forget()
        stage.journal.mode = .held
        _ = stage.command(.on, seconds: 60)
        stage.loop.standStill(forMilliseconds: 4_000)
        stage.journal.release()
        #expect(!stage.left().contains("ESP_7C19F2/26 ON"))
    }

    @Test func `an epoch that no run reaches is not obeyed, said aloud, and covered by ours`() throws {
        for wasHeard in [true, false] {
            let stage = wasHeard ? try claiming(options: Self.proving) : try Stage.started(options: Self.proving)
            stage.broker.forget()
            stage.overhearClaim(SiteClaim.maximumEpoch, by: "zz-stranger")
            #expect(stage.alarms(.siteClaimed) == 1)
            #expect(try epoch(stage) < SiteClaim.maximumEpoch)
            stage.overhearOwnClaim()
            stage.beat(.first)
            stage.show(.first, 26, .off)
            #expect(try stage.refusal() == nil)
        }
    }

    @Test func `where there is no room above, the run says that it does not command the site`() throws {
        let stage = try Stage.started()
        stage.overhearClaim(SiteClaim.maximumEpoch - 1, by: "zz-other")
        stage.overhearOwnClaim()
        stage.overhearClaim(SiteClaim.maximumEpoch - 1, by: "zz-other")
        stage.beat(.first)
        stage.show(.first, 26, .off)
        #expect(try stage.refusal() == .epoch)
        #expect(stage.alarms(.siteClaimed) == 1)
    }
}
