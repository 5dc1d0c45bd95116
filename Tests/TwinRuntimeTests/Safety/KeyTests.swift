import Testing
import TwinCore

@testable import TwinRuntime
@testable import World

/// The same key gets the same answer, and no second command; but never costs an OFF.
@Suite struct KeyTests {
    @Test func `the same key gets the same answer and sends nothing more`() throws {
        let stage = try Stage.greenhouse()
        let first = try #require(try stage.command(.on, key: "k", seconds: 60).value?.get())
        #expect(stage.left() == ["ESP_7C19F2/26 ON"])
        let again = try #require(try stage.command(.on, key: "k", seconds: 60).value?.get())
        #expect(again.order.id == first.order.id)
        #expect(stage.left() == [])
        #expect(stage.runtime.assumeIsolated { $0.counters.commandsAccepted } == 1)
    }

    @Test func `a repetition before the first is durable waits for the same commit`() throws {
        let stage = try Stage.greenhouse()
        stage.journal.mode = .held
        let first = stage.command(.on, key: "k", seconds: 60)
        let again = stage.command(.on, key: "k", seconds: 60)
        #expect(again.value == nil)
        stage.journal.mode = .prompt
        stage.journal.release()
        stage.settle()
        #expect(try again.value?.get().order.id == first.value?.get().order.id)
        #expect(stage.left() == ["ESP_7C19F2/26 ON"])
    }

    @Test func `a refusal is repeated, also when the order would pass by now`() throws {
        let stage = try Stage.greenhouse()
        let refused = try #require(try stage.command(.on, key: "k", seconds: 4_000).value?.get())
        #expect(refused.state == .refused)
        #expect(try stage.command(.on, key: "k", seconds: 4_000).value?.get() == refused)
        let next = try stage.restarted()
        next.beat(.first)
        next.show(.first, 26, .off)
        #expect(try next.command(.on, key: "k", seconds: 4_000).value?.get().order.id == refused.order.id)
    }

    @Test func `the key counts in the next run`() throws {
        let before = try Stage.greenhouse()
        let first = try #require(try before.command(.on, key: "k", seconds: 60).value?.get())
        let stage = try before.restarted()
        stage.beat(.first)
        stage.show(.first, 26, .off)
        stage.broker.forget()
        let again = stage.command(.on, key: "k", seconds: 60).value
        #expect(try again?.get().order.id == first.order.id)
        #expect(!stage.left().contains("ESP_7C19F2/26 ON"))
    }

    @Test func `another order with the key is refused`() throws {
        let stage = try Stage.greenhouse()
        _ = stage.command(.on, key: "k", seconds: 60)
        #expect(throws: ServiceError.keyReused("k")) { try stage.command(.on, key: "k", seconds: 61).value?.get() }
        #expect(stage.left() == ["ESP_7C19F2/26 ON"])
    }

    @Test func `no key costs an OFF`() throws {
        let stage = try Stage.greenhouse()
        _ = stage.command(.off, key: "off")
        stage.show(.first, 26, .off)
        stage.broker.forget()
        _ = stage.command(.off, key: "off")
        #expect(stage.left() == [])
        stage.run()
        _ = stage.command(.off, key: "off")
        #expect(stage.left() == ["ESP_7C19F2/26 OFF"])
        stage.show(.first, 26, .off)
        _ = stage.command(.on, key: "on", seconds: 60)
        stage.broker.forget()
        #expect(try stage.command(.off, key: "on").value?.get().state == .accepted)
        #expect(stage.left() == ["ESP_7C19F2/26 OFF"])
    }

    @Test func `an OFF that names a lease and a used key is an OFF all the same`() throws {
        let stage = try Stage.greenhouse()
        let on = try #require(try stage.command(.on, key: "k", seconds: 60).value?.get())
        stage.broker.forget()
        #expect(try stage.command(.off, key: "k", renews: on.order.id).value?.get().state == .accepted)
        #expect(stage.left() == ["ESP_7C19F2/26 OFF"])
    }

    @Test func `the keys of an output are bounded`() throws {
        let stage = try Stage.greenhouse()
        for number in 0...ActuatorState.maximumKeys { _ = stage.command(.off, key: "k\(number)") }
        #expect(stage.output()?.keys.count == ActuatorState.maximumKeys)
        #expect(stage.output()?.keys.first?.key == "k1")
    }
}
