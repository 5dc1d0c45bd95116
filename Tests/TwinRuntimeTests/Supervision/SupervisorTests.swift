import Testing
import TwinCore

@testable import TwinRuntime
@testable import World

@Suite struct SupervisorTests {
    @Test func `parts start from left to right, each when the one before runs`() {
        let tree = SupervisedTree()
        for part in tree.parts { part.isPrompt = false }
        tree.start()
        #expect(tree.diary.read() == ["a starts"])
        #expect(tree.states == ["starting", "stopped", "stopped"])
        tree.parts[0].say(.running)
        #expect(tree.diary.read() == ["b starts"])
        tree.parts[1].say(.running)
        #expect(tree.diary.read() == ["c starts"])
        tree.parts[2].say(.running)
        #expect(tree.diary.read() == ["root running"])
        #expect(tree.states == ["running", "running", "running"])
        #expect(tree.node.vitals().health == "3 of 3 parts run")
    }

    @Test func `parts stop from right to left, each when the one after is gone`() {
        let tree = SupervisedTree()
        tree.start()
        for part in tree.parts { part.isPrompt = false }
        _ = tree.diary.read()
        tree.node.stop { tree.diary.note("gone") }
        #expect(tree.diary.read() == ["c stops"])
        tree.parts[2].finishStop()
        #expect(tree.diary.read() == ["b stops"])
        tree.parts[1].finishStop()
        #expect(tree.diary.read() == ["a stops"])
        tree.parts[0].finishStop()
        #expect(tree.diary.read() == ["gone"])
        #expect(tree.states == ["stopped", "stopped", "stopped"])
    }

    @Test func `a part that ends is restarted after a while and the others go on`() {
        let tree = SupervisedTree()
        tree.start()
        _ = tree.diary.read()
        tree.parts[1].say(.ended("it broke"))
        #expect(tree.states == ["running", "waiting", "running"])
        tree.loop.advance(byMilliseconds: 499)
        #expect(tree.diary.read() == [])
        tree.loop.advance(byMilliseconds: 501)
        #expect(tree.diary.read() == ["b starts", "root running"])
        let seat = tree.node.assumeIsolated { $0.report() }.root.children[1]
        #expect(seat.restarts == 1)
        #expect(seat.lastFailure == "it broke")
        #expect(seat.health == "b is well")
        #expect(seat.backlog == 3)
        #expect(seat.intensity == 2)
    }

    @Test func `a part that ends before it ran is restarted too and the next one waits for it`() {
        let tree = SupervisedTree()
        tree.parts[0].isPrompt = false
        tree.start()
        tree.parts[0].say(.ended("no port"))
        tree.parts[0].isPrompt = true
        #expect(tree.diary.read() == ["a starts"])
        tree.loop.advance(byMilliseconds: 1_000)
        #expect(tree.diary.read() == ["a starts", "b starts", "c starts", "root running"])
    }

    @Test func `a spent budget takes the node down and is told to its parent`() {
        let tree = SupervisedTree()
        tree.start()
        for _ in 0..<2 {
            tree.parts[1].say(.ended("it broke"))
            tree.loop.advance(byMilliseconds: 5_000)
        }
        _ = tree.diary.read()
        tree.parts[1].say(.ended("it broke"))
        #expect(
            tree.diary.read() == [
                "c stops", "a stops", "root ended(Optional(\"b: it broke (restarted 2 times within 60 s, in vain)\"))",
            ])
        tree.loop.advance(byMilliseconds: 60_000)
        #expect(tree.diary.read() == [])
        #expect(tree.states == ["stopped", "stopped", "stopped"])
    }

    @Test func `a nested node whose budget is spent is restarted whole by its parent`() {
        let inner = SupervisedTree(RestartRule(intensity: 0), names: ["x", "y"])
        let diary = inner.diary
        let outer = Supervisor(
            "outer", on: inner.loop,
            children: [.init("inner", inner.node, rule: RestartRule(intensity: 1, firstDelayMilliseconds: 100))],
            random: Randomness(seed: 1), logger: RuntimeRun.silentLogger)
        outer.start { diary.note("outer \($0)") }
        #expect(diary.read() == ["x starts", "y starts", "outer running"])
        inner.parts[0].say(.ended("it broke"))
        #expect(diary.read() == ["y stops"])
        inner.loop.advance(byMilliseconds: 100)
        #expect(diary.read() == ["x starts", "y starts", "outer running"])
        let children = outer.assumeIsolated { $0.report() }.root.children
        #expect(children.map(\.name) == ["inner"])
        #expect(children.first?.children.map(\.state) == ["running", "running"])
        #expect(children.first?.lastFailure == "x: it broke")
    }

    @Test func `a transient part that ends in order stays ended and one that breaks does not`() {
        let tree = SupervisedTree(RestartRule(policy: .transient, firstDelayMilliseconds: 10))
        tree.start()
        _ = tree.diary.read()
        tree.parts[0].say(.ended(nil))
        tree.parts[1].say(.ended("it broke"))
        tree.loop.advance(byMilliseconds: 60_000)
        #expect(tree.diary.read() == ["b starts", "root running"])
        #expect(tree.states == ["ended", "running", "running"])
    }

    @Test func `a temporary part is never restarted`() {
        let tree = SupervisedTree(RestartRule(policy: .temporary))
        tree.start()
        _ = tree.diary.read()
        tree.parts[0].say(.ended("it broke"))
        tree.loop.advance(byMilliseconds: 60_000)
        #expect(tree.diary.read() == [])
        #expect(tree.states == ["failed", "running", "running"])
    }

    @Test func `late words of an earlier run do not count`() {
        let tree = SupervisedTree()
        tree.start()
        tree.parts[1].say(.ended("it broke"))
        tree.parts[1].say(.ended("it broke again"))
        tree.loop.advance(byMilliseconds: 1_000)
        _ = tree.diary.read()
        tree.parts[1].runs[0](.ended("very late"))
        tree.parts[1].runs[0](.running)
        #expect(tree.states == ["running", "running", "running"])
        #expect(tree.node.assumeIsolated { $0.report() }.root.children[1].restarts == 1)
        #expect(tree.diary.read() == [])
    }

    @Test func `words of a part that is being stopped do not count`() {
        let tree = SupervisedTree()
        tree.start()
        for part in tree.parts { part.isPrompt = false }
        tree.node.stop { tree.diary.note("gone") }
        tree.parts[2].say(.ended("killed"))
        tree.parts[0].say(.ended("killed"))
        tree.loop.advance(byMilliseconds: 60_000)
        #expect(tree.diary.read().filter { $0.hasSuffix("starts") } == ["a starts", "b starts", "c starts"])
    }

    @Test func `a part that waits for its restart is not started once the node stops`() {
        let tree = SupervisedTree()
        tree.start()
        tree.parts[1].say(.ended("it broke"))
        _ = tree.diary.read()
        tree.node.stop { tree.diary.note("gone") }
        tree.loop.advance(byMilliseconds: 60_000)
        #expect(tree.diary.read() == ["c stops", "a stops", "gone"])
    }

    @Test func `a part made of closures does what they do`() {
        let diary = Diary()
        let part = ClosurePart(
            start: { tell in tell(.running) }, stop: { done in done() }, vitals: { PartVitals(health: "well", .ok) })
        part.start { diary.note("\($0)") }
        part.stop { diary.note("gone") }
        #expect(diary.read() == ["running", "gone"])
        #expect(part.vitals() == PartVitals(health: "well", .ok, backlog: 0, oldestBacklogMilliseconds: 0))
    }
}
