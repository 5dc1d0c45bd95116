import Testing

/// Tests with a real mosquitto, one after the other: some count sockets or time things.
@Suite(.serialized, .timeLimit(.minutes(4))) enum WithMosquitto {}
