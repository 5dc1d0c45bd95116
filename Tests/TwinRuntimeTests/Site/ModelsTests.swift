import Testing
import TwinCore

@testable import TwinRuntime
@testable import World

/// A catalogue that changes while readings flow.
@Suite struct ModelsTests {
    private let probe = SensorKey.on(4, "ds18b20")

    /// The usual catalogue with a thermometer that counts in other steps.
    private static let other = Catalogue(
        sensorKinds: [
            SensorKind(
                name: "ds18b20", unit: "°C", range: -55...125,
                processing: Processing([.linear(scale: 0.125, offset: 0)]), staleAfterSeconds: 10, version: 9)
        ], actuatorKinds: Catalogue.usual.actuatorKinds, digest: "other")

    private func loads(_ disk: SimulatedDisk) -> [String] {
        disk.facts.compactMap { entry in
            if case .site(.catalogueLoaded(let stamp)) = entry.fact.event { stamp.digest } else { nil }
        }
    }

    @Test func `a new catalogue is used from the next reading on, and each value names what made it`() throws {
        let stage = try Stage.greenhouse()
        stage.read(.first, raw: 80, seq: 1)
        #expect(stage.sensor(probe)?.latest?.value == 5)
        stage.adopt(Self.other)
        #expect(stage.sensor(probe)?.latest?.value == 5)
        #expect(stage.sensor(probe)?.latest?.model?.version == 0)
        stage.read(.first, raw: 80, seq: 2)
        #expect(stage.sensor(probe)?.latest?.value == 10)
        #expect(stage.sensor(probe)?.latest?.model?.version == 9)
        let view = stage.runtime.assumeIsolated { $0.view(of: .first) }
        #expect(view?.catalogue.stamp == Self.other.stamp)
    }

    @Test func `a catalogue is noted once, and again only when it changed`() throws {
        let stage = try Stage.greenhouse()
        stage.adopt(.usual)
        #expect(loads(stage.journal.disk) == [""])
        stage.adopt(Self.other)
        stage.adopt(Self.other)
        #expect(loads(stage.journal.disk) == ["", "other"])
        let next = try Stage.started(on: stage.journal.disk, catalogue: Self.other, seed: 2)
        #expect(loads(next.journal.disk) == ["", "other"])
        let last = try Stage.started(on: stage.journal.disk, seed: 3)
        #expect(loads(last.journal.disk) == ["", "other", ""])
    }

    @Test func `problems of the files are shown beside the catalogue that stays in use`() throws {
        let stage = try Stage.greenhouse()
        let since = stage.runtime.assumeIsolated { $0.models().since }
        stage.pass(milliseconds: 5_000)
        stage.adopt(.usual, problems: ["twins/kinds/ph.yaml:7: 'unit' is missing"])
        var models = stage.runtime.assumeIsolated { $0.models() }
        #expect(models.problems == ["twins/kinds/ph.yaml:7: 'unit' is missing"])
        #expect(models.catalogue.stamp == Catalogue.usual.stamp)
        #expect(models.since == since)
        stage.adopt(Self.other)
        models = stage.runtime.assumeIsolated { $0.models() }
        #expect(models.problems == [])
        #expect(models.since == UnixTime.fixtureNow.advanced(byMilliseconds: 5_000))
    }

    @Test func `a catalogue that comes during a commit waits for nothing and loses nothing`() throws {
        let stage = try Stage.greenhouse()
        stage.journal.mode = .held
        stage.read(.first, raw: 80, seq: 1)
        stage.adopt(Self.other)
        stage.read(.first, raw: 81, seq: 2)
        stage.journal.mode = .prompt
        stage.journal.release()
        stage.settle()
        #expect(stage.sensor(probe)?.count == 2)
        #expect(loads(stage.journal.disk) == ["", "other"])
        #expect(RuntimeRun.replay(stage.journal.disk, .usual, usesSnapshots: false) == stage.twins)
    }
}
