import Testing
import TwinCore

@testable import MQTTBroker

@Suite struct `When to read on ticks` {
    /// Reads every millisecond for so long.
    private func read(
        _ pacer: inout ReadPacer, _ count: Int, from start: Int64 = 0, milliseconds: Int64 = 120
    ) {
        for time in start...(start + milliseconds) { pacer.read(count, at: Uptime(milliseconds: time)) }
    }

    @Test func `many messages in small portions are read on ticks`() {
        var pacer = ReadPacer()
        read(&pacer, 25)
        #expect(pacer.isTicking)
    }

    @Test func `few messages are read as they come`() {
        var pacer = ReadPacer()
        read(&pacer, 15)
        #expect(!pacer.isTicking)
    }

    @Test func `many messages in large portions are read as they come`() {
        var pacer = ReadPacer()
        read(&pacer, 500)
        #expect(!pacer.isTicking)
    }

    @Test func `ticks go on while the rate lasts, however large the portions, and end with it`() {
        var pacer = ReadPacer()
        read(&pacer, 25)
        read(&pacer, 500, from: 121)
        #expect(pacer.isTicking)
        read(&pacer, 5, from: 242)
        #expect(!pacer.isTicking)
    }
}
