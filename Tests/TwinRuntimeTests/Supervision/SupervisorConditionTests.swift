import Testing
import TwinCore

@testable import TwinRuntime
@testable import World

@Suite struct SupervisorConditionTests {
    @Test func `a part that runs and does not do what it is for is not called running`() {
        let tree = SupervisedTree()
        tree.start()
        #expect(tree.root.state == "running")
        #expect(tree.root.condition == .ok)
        tree.parts[1].condition = .degraded("slow")
        #expect(tree.states == ["running", "degraded", "running"])
        #expect(tree.root.state == "degraded")
        tree.parts[2].condition = .failing("disk full")
        #expect(tree.states == ["running", "degraded", "failing"])
        #expect(tree.root.state == "failing")
        #expect(tree.root.condition == .failing("c: disk full"))
        #expect(tree.root.health == "1 of 3 parts run well; c: disk full")
    }

    @Test func `a parent is as bad as its worst child, through all levels`() {
        let inner = SupervisedTree(names: ["x", "y"])
        let outer = Supervisor(
            "outer", on: inner.loop, children: [.init("inner", inner.node)], random: Randomness(seed: 1),
            logger: RuntimeRun.silentLogger)
        outer.start { _ in }
        inner.parts[1].condition = .failing("cut off")
        let root = outer.assumeIsolated { $0.report() }.root
        #expect(root.condition == .failing("inner: y: cut off"))
        #expect(root.children.first?.condition == .failing("y: cut off"))
        #expect(root.children.first?.state == "failing")
        #expect(root.children.first?.children.map(\.path) == ["outer/inner/x", "outer/inner/y"])
        #expect(root.children.first?.children.map(\.state) == ["running", "failing"])
    }

    @Test func `a parent has the work of all its children, and the age of the oldest`() {
        let tree = SupervisedTree()
        tree.start()
        #expect(tree.root.backlog == 9)
        #expect(tree.root.oldestBacklogMilliseconds == 9)
    }

    @Test func `a part that waits for its restart makes the tree failing and says why`() {
        let tree = SupervisedTree()
        tree.start()
        tree.parts[0].say(.ended("no port"))
        #expect(tree.states == ["waiting", "running", "running"])
        #expect(tree.root.condition == .failing("a: waits for its restart: no port"))
        tree.loop.advance(byMilliseconds: 1_000)
        #expect(tree.root.condition == .ok)
    }

    @Test func `a part that was to end is no fault, one that was not is`() {
        let tree = SupervisedTree(RestartRule(policy: .temporary))
        tree.start()
        tree.parts[0].say(.ended(nil))
        #expect(tree.root.condition == .ok)
        tree.parts[1].say(.ended("it broke"))
        #expect(tree.root.condition == .failing("b: it broke"))
    }

    @Test func `the breaker of a part is shown`() {
        let tree = SupervisedTree(
            RestartRule(firstDelayMilliseconds: 10, breaker: Breaker.Limits(failuresToOpen: 1, openMilliseconds: 500)))
        tree.start()
        #expect(tree.root.children.map(\.breaker) == [.closed, .closed, .closed])
        tree.parts[0].say(.ended("no answer"))
        #expect(tree.root.children[0].breaker == .open)
        tree.parts[0].isPrompt = false
        tree.loop.advance(byMilliseconds: 499)
        #expect(tree.states[0] == "waiting")
        tree.loop.advance(byMilliseconds: 1)
        #expect(tree.root.children[0].breaker == .halfOpen)
        tree.parts[0].say(.running)
        #expect(tree.root.children[0].breaker == .closed)
    }
}
