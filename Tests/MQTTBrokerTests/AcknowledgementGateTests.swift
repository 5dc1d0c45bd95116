import Testing

@testable import MQTTBroker

@Suite struct `The gate between reading and acknowledging` {
    @Test func `reading and acknowledging alternate`() {
        var gate = AcknowledgementGate()
        #expect(gate.mayRead && gate.mayWrite)
        #expect(gate.read() == .handOver)
        #expect(!gate.mayRead && !gate.mayWrite)
        #expect(gate.flushed() == .nothing)
        #expect(gate.acknowledged() == .flush)
        #expect(!gate.mayRead && gate.mayWrite)
        #expect(gate.flushed() == .resume)
        #expect(gate.mayRead && gate.mayWrite)
    }

    @Test func `a batch whose connection is gone acknowledges nothing, and reading waits for it all the same`() {
        var gate = AcknowledgementGate()
        _ = gate.read()
        #expect(gate.lost() == .nothing)
        #expect(!gate.mayRead)
        #expect(gate.mayReadHandshake && gate.mayWrite)
        #expect(gate.acknowledged() == .resume)
        #expect(gate.mayRead)
    }

    @Test func `messages that came with the next handshake wait, and nothing is written meanwhile`() {
        var gate = AcknowledgementGate()
        _ = gate.read()
        _ = gate.lost()
        #expect(gate.read() == .keep)
        #expect(!gate.mayRead && !gate.mayReadHandshake && !gate.mayWrite)
        #expect(gate.acknowledged() == .handOver)
        #expect(!gate.mayWrite)
        #expect(gate.acknowledged() == .flush)
    }

    @Test func `messages that wait are forgotten when their connection goes too`() {
        var gate = AcknowledgementGate()
        _ = gate.read()
        _ = gate.lost()
        _ = gate.read()
        #expect(gate.lost() == .forget)
        #expect(gate.acknowledged() == .resume)
    }

    @Test func `a connection lost while flushing leaves nothing behind`() {
        var gate = AcknowledgementGate()
        _ = gate.read()
        _ = gate.acknowledged()
        #expect(gate.lost() == .nothing)
        #expect(gate == AcknowledgementGate())
    }

    @Test func `an acknowledgement without a batch changes nothing`() {
        var gate = AcknowledgementGate()
        #expect(gate.acknowledged() == .nothing)
        #expect(gate == AcknowledgementGate())
    }
}
