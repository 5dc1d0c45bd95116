import Testing

/// Tests of the built program: real processes, real brokers, real files, one test after the other.
@Suite(.serialized, .timeLimit(.minutes(4 + longerMinutes))) enum WholeProgram {}

/// How much longer a test may take because somebody asked for the long run of the faults.
private let longerMinutes = max(0, (number("DOPPEL_FAULT_SECONDS") ?? 60) / 60 * 2 - 2)
