import Testing
import TwinCore

@Suite struct LibraryRepetitionTests {
    @Test func `a chunk nobody acknowledged is sent three times more, then the transfer fails`() {
        var device = Intake.sending(1)
        #expect(device.tick(at: 29_999).isEmpty && device.deadline() == 30_000)
        #expect(device.tick(at: 30_000) == ["sent 1 #2", "-> chunk 1, 1024 bytes"])
        #expect(device.tick(at: 60_000) == ["sent 1 #3", "-> chunk 1, 1024 bytes"])
        #expect(device.tick(at: 90_000) == ["sent 1 #4", "-> chunk 1, 1024 bytes"])
        #expect(
            device.tick(at: 120_000) == [
                "failed: chunk 2 of 3 was sent 4 times; the last time the device did not acknowledge it in time"
            ])
        #expect(device.deadline() == nil)
    }

    @Test func `a damaged chunk is sent again, and not for ever`() {
        var device = Intake.sending(1)
        for attempt in 2...4 {
            #expect(
                device.acknowledge(1, isIntact: false, at: 1) == ["sent 1 #\(attempt)", "-> chunk 1, 1024 bytes"])
        }
        #expect(
            device.acknowledge(1, isIntact: false, at: 2)
                == ["failed: chunk 2 of 3 was sent 4 times; the last time it arrived damaged"])
    }

    @Test func `a chunk's repetitions are its own`() {
        var device = Intake.sending(0)
        for chunk in 0..<2 {
            for _ in 0..<3 { _ = device.acknowledge(chunk, isIntact: false, at: 1) }
            #expect(device.acknowledge(chunk, at: 2).contains("sent \(chunk + 1) #1"))
        }
    }

    @Test func `the chunk under way is sent again when the device asks for it`() {
        var device = Intake.sending(1)
        #expect(device.request(1, at: 1) == ["sent 1 #2", "-> chunk 1, 1024 bytes"])
        #expect(device.request(2, at: 1).isEmpty)
    }

    @Test func `a chunk asked for again waits for the one under way, and comes before the rest`() {
        var device = Intake.sending(2, of: .made(of: 5000))
        #expect(device.request(1, at: 1) == ["lacks [1]"])
        #expect(device.request(0, at: 1) == ["lacks [0]"])
        #expect(device.request(1, at: 1).isEmpty)
        #expect(device.state.acknowledgedCount == 0)
        // A late word about a chunk that waits is not the answer to it.
        #expect(device.acknowledge(0, at: 2).isEmpty)
        #expect(device.acknowledge(2, at: 3).contains("sent 0 #1"))
        #expect(device.acknowledge(0, at: 4).contains("sent 1 #1"))
        #expect(device.acknowledge(1, at: 5).contains("sent 3 #1"))
        #expect(device.state.acknowledgedCount == 3 && device.state.rounds == 0)
    }

    @Test func `chunks asked for after the end are sent at once, and the end is told again`() {
        var device = Intake.sending(3)
        #expect(device.request(1, at: 1) == ["sent 1 #1", "-> chunk 1, 1024 bytes"])
        #expect(device.state.acknowledgedCount == 2)
        #expect(device.acknowledge(1, at: 2) == ["has 1", "completed", "-> complete"])
        #expect(device.state.rounds == 0)
    }

    @Test func `what the device lacks after all is sent again, three rounds long`() {
        var device = Intake.sending(3)
        for round in 1...3 {
            #expect(
                device.lack([2, 0, 7, 2, -1], at: 1) == ["lacks [0, 2]", "sent 0 #1", "-> chunk 0, 1024 bytes"])
            #expect(device.state.rounds == round)
            #expect(device.acknowledge(0, at: 2).contains("sent 2 #1"))
            #expect(device.acknowledge(2, at: 3) == ["has 2", "completed", "-> complete"])
        }
        #expect(
            device.lack([1], at: 4) == ["failed: the device still lacks chunks after 3 rounds of repetition: 1 of 3"])
    }

    @Test func `a list of chunks that was delivered twice is one round`() {
        var device = Intake.sending(3)
        _ = device.lack([0], at: 1)
        #expect(device.lack([0], at: 1) == ["stray"])
        #expect(device.state.rounds == 1 && device.state.phase == .sending(chunk: 0, attempt: 1))
    }

    @Test func `the end is told again when the device says nothing, and not for ever`() {
        var device = Intake.sending(3)
        #expect(device.tick(at: 59_999).isEmpty && device.deadline() == 60_000)
        for repetition in 1...3 {
            #expect(device.tick(at: Int64(repetition) * 60_000) == ["completed", "-> complete"])
        }
        #expect(device.tick(at: 240_000) == ["failed: the device did not say what became of it within 240 s"])
    }

    @Test func `a device that asks for the same chunks without end is left`() {
        var device = Intake.sending(3)
        var sends = 3
        while device.state.isUnderWay, sends < 1000 {
            _ = device.request(0, at: 1)
            _ = device.acknowledge(0, at: 2)
            sends += 1
        }
        #expect(device.state.phase == .failed("the device asked for 48 chunks of a library that has 3"))
    }

    @Test func `late and repeated acknowledgements change nothing`() {
        var device = Intake.sending(2)
        let before = device.state
        #expect(device.acknowledge(1, at: 9).isEmpty)
        #expect(device.acknowledge(0, isIntact: false, at: 9).isEmpty)
        #expect(device.ready(at: 9).isEmpty)
        #expect(device.state == before)
        _ = device.acknowledge(2, at: 10)
        #expect(device.acknowledge(2, at: 11).isEmpty)
        #expect(device.ready(at: 11).isEmpty)
        #expect(device.state.phase == .completing)
    }
}
