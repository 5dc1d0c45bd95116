import Testing
import TwinCore

@testable import TwinRuntime
@testable import World

@Suite struct SupervisorRestartTests {
    /// Long enough for the answer to leave.
    private static let pause = Supervisor.answerMilliseconds

    @Test func `a part is stopped and started after its answer has left, and the others go on`() {
        let tree = SupervisedTree()
        tree.start()
        _ = tree.diary.read()
        #expect(tree.restart("b") == nil)
        #expect(tree.states == ["running", "stopping", "running"])
        tree.loop.advance(byMilliseconds: Self.pause - 1)
        #expect(tree.diary.read() == [])
        tree.loop.advance(byMilliseconds: 1)
        #expect(tree.diary.read() == ["b stops", "b starts", "root running"])
        #expect(tree.states == ["running", "running", "running"])
        #expect(tree.root.children.map(\.restarts) == [0, 1, 0])
    }

    @Test func `restarts that were asked for spend nothing of the budget`() {
        let tree = SupervisedTree(RestartRule(intensity: 1, firstDelayMilliseconds: 10))
        tree.start()
        for _ in 0..<5 {
            #expect(tree.restart("root/b") == nil)
            tree.loop.advance(byMilliseconds: Self.pause)
        }
        tree.parts[1].say(.ended("it broke"))
        tree.loop.advance(byMilliseconds: 10)
        #expect(tree.states == ["running", "running", "running"])
        #expect(tree.root.children[1].restarts == 6)
    }

    @Test func `a part that waits for its restart is started at once, and only once`() {
        let tree = SupervisedTree()
        tree.start()
        tree.parts[1].say(.ended("it broke"))
        _ = tree.diary.read()
        #expect(tree.restart("b") == nil)
        #expect(tree.diary.read() == ["b starts", "root running"])
        tree.loop.advance(byMilliseconds: 60_000)
        #expect(tree.diary.read() == [])
    }

    @Test func `a part that is being restarted is not restarted twice`() {
        let tree = SupervisedTree()
        tree.start()
        tree.parts[1].isPrompt = false
        _ = tree.diary.read()
        #expect(tree.restart("b") == nil)
        tree.loop.advance(byMilliseconds: Self.pause)
        #expect(tree.restart("b") == nil)
        tree.loop.advance(byMilliseconds: Self.pause)
        tree.parts[1].isPrompt = true
        tree.parts[1].finishStop()
        #expect(tree.diary.read() == ["b stops", "b starts", "root running"])
        #expect(tree.root.children[1].restarts == 1)
    }

    @Test(arguments: [0, Supervisor.answerMilliseconds]) func `a tree that ends waits for the part that is restarting`(
        after milliseconds: Int64
    ) {
        let tree = SupervisedTree()
        tree.start()
        tree.parts[1].isPrompt = false
        _ = tree.diary.read()
        #expect(tree.restart("b") == nil)
        tree.loop.advance(byMilliseconds: milliseconds)
        tree.node.stop { tree.diary.note("gone") }
        tree.loop.advance(byMilliseconds: Self.pause)
        #expect(tree.diary.read().sorted() == ["b stops", "c stops"])
        tree.parts[1].finishStop()
        tree.loop.advance(byMilliseconds: 60_000)
        #expect(tree.diary.read() == ["a stops", "gone"])
        #expect(tree.states == ["stopped", "stopped", "stopped"])
    }

    @Test func `an unknown part, and one of several, is answered with the paths of all`() {
        let inner = SupervisedTree(names: ["a", "y"])
        let diary = inner.diary
        let loop = inner.loop
        let outer = Supervisor(
            "outer", on: loop, children: [.init("inner", inner.node), .init("a", PlayedPart("second a", diary))],
            random: Randomness(seed: 1), logger: RuntimeRun.silentLogger)
        outer.start { _ in }
        _ = diary.read()
        let known = ["outer", "outer/inner", "outer/inner/a", "outer/inner/y", "outer/a"]
        for name in ["nobody", "a", "", "outer/nobody"] {
            #expect(throws: ServiceError.unknownPart(name, known: known)) {
                try outer.assumeIsolated { _ = try $0.restart(name, by: "http:mara") }
            }
        }
        for name in ["outer/a", "inner/a", "y"] {
            #expect(throws: Never.self) { try outer.assumeIsolated { _ = try $0.restart(name, by: "http:mara") } }
        }
        loop.advance(byMilliseconds: Self.pause)
        let lines = diary.read()
        #expect(lines == ["second a stops", "second a starts", "a stops", "a starts", "y stops", "y starts"])
    }

    @Test func `the root and a part that is only shown are refused with what to do instead`() {
        let loop = SimulatedLoop(startingAt: .fixtureNow)
        let part = PlayedPart("journal", Diary())
        let root = Supervisor(
            "root", on: loop, children: [.init("journal", part, restartObstacle: "free the disk")],
            random: Randomness(seed: 1), logger: RuntimeRun.silentLogger)
        root.start { _ in }
        #expect(throws: ServiceError.unsuitable("'journal' cannot be restarted by itself: free the disk")) {
            try root.assumeIsolated { _ = try $0.restart("journal", by: "http:mara") }
        }
        let refusal = #expect(throws: ServiceError.self) {
            try root.assumeIsolated { _ = try $0.restart("root", by: "http:mara") }
        }
        guard case .unsuitable(let why)? = refusal else {
            Issue.record("\(String(describing: refusal))")
            return
        }
        #expect(why.contains("systemctl restart doppel"))
        loop.advance(byMilliseconds: Self.pause)
        #expect(part.runs.count == 1)
    }

    @Test func `a tree that ends restarts nothing`() {
        let tree = SupervisedTree()
        tree.start()
        tree.node.stop {}
        #expect(tree.restart("b") == .notRunning)
    }
}
