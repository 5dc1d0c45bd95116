/// Which of reading and writing a gated connection may do now, so that nothing undurable is ever acknowledged.
///
/// libmosquitto queues an acknowledgement for each message it reads and writes the *whole* queue on the next write.
/// So nothing may be written while a message that was read on this connection is undurable, and nothing may be
/// read while acknowledgements are on their way out.
struct AcknowledgementGate: Equatable {
    /// What stands between the messages read and their acknowledgements.
    enum Phase: Equatable {
        /// All that was read is durable and acknowledged. May become `outstanding`.
        case clear
        /// A batch of the present connection is being made durable. May become `flushing` or `orphaned`.
        case outstanding
        /// A batch is being made durable, and the connection it came from is gone: its acknowledgements went with
        /// it. May become `clear` or `crowded`.
        case orphaned
        /// Like `orphaned`, and the handshake of the next connection brought messages along (a TLS record holds
        /// several packets). May become `outstanding` or `orphaned`.
        case crowded
        /// The batch is durable and its acknowledgements are being written. May become `clear`.
        case flushing
    }

    /// What the owner of a connection has to do now.
    enum Step: Equatable {
        /// Nothing.
        case nothing
        /// Hand over the messages that were read.
        case handOver
        /// Keep the messages that were read until the batch before them is durable.
        case keep
        /// Forget the messages that were read and not handed over; the broker sends them again.
        case forget
        /// Write until nothing is left to write, then say ``AcknowledgementGate/flushed()``.
        case flush
        /// Read on.
        case resume
    }

    private(set) var phase = Phase.clear

    /// Whether messages may be read.
    var mayRead: Bool { phase == .clear }

    /// Whether a handshake may be read: the packets up to CONNACK, and what its TLS record brings along.
    var mayReadHandshake: Bool { phase == .clear || phase == .orphaned }

    /// Whether the queue may be written: no acknowledgement in it belongs to an undurable message.
    var mayWrite: Bool { phase == .clear || phase == .orphaned || phase == .flushing }

    /// Says that messages were read.
    mutating func read() -> Step {
        switch phase {
        case .clear:
            phase = .outstanding
            return .handOver
        case .orphaned:
            phase = .crowded
            return .keep
        case .outstanding, .crowded, .flushing:
            preconditionFailure("messages were read while the gate was \(phase)")
        }
    }

    /// Says that the batch handed over last is durable.
    mutating func acknowledged() -> Step {
        switch phase {
        case .outstanding:
            phase = .flushing
            return .flush
        case .orphaned:
            phase = .clear
            return .resume
        case .crowded:
            phase = .outstanding
            return .handOver
        case .clear, .flushing:
            return .nothing
        }
    }

    /// Says that nothing is left to write.
    mutating func flushed() -> Step {
        switch phase {
        case .flushing:
            phase = .clear
            return .resume
        case .clear, .outstanding, .orphaned, .crowded:
            return .nothing
        }
    }

    /// Says that the connection is gone, and every acknowledgement queued on it.
    mutating func lost() -> Step {
        switch phase {
        case .outstanding, .orphaned:
            phase = .orphaned
            return .nothing
        case .crowded:
            phase = .orphaned
            return .forget
        case .clear, .flushing:
            phase = .clear
            return .nothing
        }
    }
}
