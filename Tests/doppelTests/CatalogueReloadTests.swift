import Testing
import TwinCore

@testable import doppel

/// The decision alone: no files, no clock.
@Suite struct CatalogueReloadTests {
    private let first = Catalogue(sensorKinds: [], actuatorKinds: [], digest: "1")
    private let second = Catalogue(sensorKinds: [], actuatorKinds: [], digest: "2")
    private let broken = Problems([Problem("kinds/ph.yaml:4:1", "'unit' is missing")])
    private let worse = Problems([
        Problem("kinds/ph.yaml:4:1", "'unit' is missing"), Problem("kinds/ph.yaml:5:1", "'range' is missing"),
    ])

    private func at(_ milliseconds: Int64) -> Uptime { Uptime(milliseconds: milliseconds) }

    /// A change and the reading that follows, undisturbed.
    private func take(
        _ outcome: Result<Catalogue, Problems>, _ reload: inout CatalogueReload
    ) -> CatalogueReload.Verdict {
        #expect(reload.changed(at: at(0)) == .wait(until: at(200)))
        #expect(reload.timeCame(at: at(200)) == .read)
        let (verdict, next) = reload.read(outcome, at: at(210))
        #expect(next == .nothing)
        return verdict
    }

    @Test func aChangeIsReadOnceNothingHappenedForAWhile() {
        var reload = CatalogueReload(inUse: first)
        #expect(reload.changed(at: at(1000)) == .wait(until: at(1200)))
        #expect(reload.changed(at: at(1150)) == .nothing)
        #expect(reload.timeCame(at: at(1200)) == .wait(until: at(1350)))
        #expect(reload.timeCame(at: at(1350)) == .read)
        #expect(reload.timeCame(at: at(1351)) == .nothing)
        #expect(reload.read(.success(second), at: at(1360)).verdict == .adopt(second))
        #expect(reload.inUse == second)
    }

    @Test func changesThatNeverCeaseAreReadAfter800Milliseconds() {
        var reload = CatalogueReload(inUse: first)
        _ = reload.changed(at: at(0))
        for time in stride(from: Int64(100), through: 700, by: 100) { _ = reload.changed(at: at(time)) }
        #expect(reload.timeCame(at: at(200)) == .wait(until: at(800)))
        #expect(reload.timeCame(at: at(799)) == .wait(until: at(800)))
        #expect(reload.timeCame(at: at(800)) == .read)
    }

    @Test func theSameFilesChangeNothing() {
        var reload = CatalogueReload(inUse: first)
        #expect(take(.success(first), &reload) == .unchanged)
    }

    @Test func wrongFilesAreToldOnceAndTheModelsBeforeKept() {
        var reload = CatalogueReload(inUse: first)
        #expect(take(.failure(broken), &reload) == .keep(broken.list, untold: broken.list))
        #expect(take(.failure(broken), &reload) == .unchanged)
        #expect(take(.failure(worse), &reload) == .keep(worse.list, untold: [worse.list[1]]))
        // Back to what was told before: the list changed, there is nothing new to tell.
        #expect(take(.failure(broken), &reload) == .keep(broken.list, untold: []))
        #expect(reload.inUse == first)
        #expect(reload.problems == broken.list)
    }

    @Test func mendedFilesAreTakenInAndTheNextMistakeIsToldAgain() {
        var reload = CatalogueReload(inUse: first)
        _ = take(.failure(broken), &reload)
        #expect(take(.success(second), &reload) == .adopt(second))
        #expect(reload.problems.isEmpty)
        #expect(take(.failure(broken), &reload) == .keep(broken.list, untold: broken.list))
        #expect(take(.success(second), &reload) == .mended)
        #expect(reload.problems.isEmpty)
    }

    @Test func whatWasReadDuringAChangeIsThrownAway() {
        var reload = CatalogueReload(inUse: first)
        _ = reload.changed(at: at(0))
        #expect(reload.timeCame(at: at(200)) == .read)
        #expect(reload.changed(at: at(205)) == .nothing)
        let (verdict, next) = reload.read(.success(second), at: at(210))
        #expect(verdict == .torn)
        #expect(next == .wait(until: at(405)))
        #expect(reload.inUse == first)
        #expect(reload.timeCame(at: at(405)) == .read)
        #expect(reload.read(.success(second), at: at(410)).verdict == .adopt(second))
    }

    @Test func whoNeverStopsWritingDoesNotKeepAFinishedEditOut() {
        var reload = CatalogueReload(inUse: first)
        _ = reload.changed(at: at(0))
        var verdicts: [CatalogueReload.Verdict] = []
        for round in Int64(1)...4 {
            #expect(reload.timeCame(at: at(round * 1000)) == .read)
            _ = reload.changed(at: at(round * 1000 + 5))
            verdicts.append(reload.read(.success(second), at: at(round * 1000 + 10)).verdict)
        }
        #expect(verdicts == [.torn, .torn, .torn, .adopt(second)])
    }
}
