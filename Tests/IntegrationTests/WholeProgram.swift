import Testing

/// Tests of the built program: real processes, real brokers, real files, one test after the other.
@Suite(.serialized, .timeLimit(.minutes(15))) enum WholeProgram {}
