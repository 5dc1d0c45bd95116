import TwinCore

@testable import TwinRuntime
@testable import World

/// A node with three parts, and who watches it.
final class SupervisedTree: @unchecked Sendable {
    let loop = SimulatedLoop(startingAt: .fixtureNow)
    let diary = Diary()
    let parts: [PlayedPart]
    let node: Supervisor

    init(
        _ rule: RestartRule = RestartRule(intensity: 2, firstDelayMilliseconds: 1_000),
        names: [String] = ["a", "b", "c"]
    ) {
        let diary = diary
        parts = names.map { PlayedPart($0, diary) }
        node = Supervisor(
            "root", on: loop, children: zip(names, parts).map { .init($0, $1, rule: rule) },
            random: Randomness(seed: 1), logger: RuntimeRun.silentLogger)
    }

    func start() {
        node.start { [diary] event in diary.note("root \(event)") }
    }

    var root: SupervisionReport.Node { node.assumeIsolated { $0.report() }.root }

    var states: [String] { root.children.map(\.state) }

    /// Asks for a restart; returns why not, where it is refused.
    func restart(_ name: String) -> ServiceError? {
        node.assumeIsolated { node in
            do throws(ServiceError) {
                _ = try node.restart(name, by: "http:mara")
                return nil
            } catch {
                return error
            }
        }
    }
}
