import Testing
import TwinCore

@Suite struct TokenTests {
    private static let one = EmergencyToken("one")!
    private static let two = EmergencyToken("two")!

    private func answer(_ isSuccess: Bool, use: TokenUse? = .device) -> DeviceMessage {
        .system(
            SystemAnswer(
                command: "set_emergency_token", isSuccess: isSuccess, error: isSuccess ? "" : "WRITE_TIMEOUT",
                members: use.map { ["token_type": $0.rawValue] } ?? [:]))
    }

    /// A device that confirmed the token `one`.
    private var holding: Device {
        var device = Device.online
        _ = device.ask("op-1", .setEmergencyToken(Self.one, .device), at: 100)
        _ = device.hear(answer(true), at: 200)
        return device
    }

    @Test func `a device that confirmed a token is stopped and cleared with it`() {
        var device = holding
        #expect(device.stop(at: 1_000) == ["stop ordered inc-1", "-> stop inc-1 with one"])
        #expect(device.tick(at: 2_000) == ["stop repeated", "-> stop inc-1 with one"])
        #expect(device.reassert(at: 2_100) == ["stop repeated", "-> stop inc-1 with one"])
        _ = device.clear(at: 2_500)
        #expect(device.tick(at: 10_000) == ["clear sent", "-> clear inc-1 with one"])
    }

    @Test func `while a change is unconfirmed every order leaves once with each token`() {
        var device = holding
        #expect(
            device.ask("op-2", .setEmergencyToken(Self.two, .device), at: 1_000) == [
                "op-2 set esp token hidden accepted", "esp token two sent", "-> op-2 set esp token two",
            ])
        #expect(
            device.stop(at: 2_000) == ["stop ordered inc-1", "-> stop inc-1 with two", "-> stop inc-1 with one"])
        #expect(device.tick(at: 3_000).count == 3)
        _ = device.clear(at: 4_000)
        #expect(
            device.tick(at: 10_000).suffix(3) == ["clear sent", "-> clear inc-1 with two", "-> clear inc-1 with one"])
    }

    @Test func `a confirmation ends the doubt`() {
        var device = holding
        _ = device.ask("op-2", .setEmergencyToken(Self.two, .device), at: 1_000)
        #expect(
            device.hear(answer(true), at: 1_100) == ["op-2 answered yes token_type=esp", "esp token confirmed"])
        #expect(device.state.tokens.device.candidates == [Self.two])
    }

    @Test func `a refusal leaves the token before`() {
        var device = holding
        _ = device.ask("op-2", .setEmergencyToken(Self.two, .device), at: 1_000)
        #expect(
            device.hear(answer(false), at: 1_100) == [
                "op-2 answered no: WRITE_TIMEOUT token_type=esp", "esp token refused: WRITE_TIMEOUT",
            ])
        #expect(device.state.tokens.device.candidates == [Self.one])
        #expect(device.state.tokens.device.refusal == "WRITE_TIMEOUT")
    }

    @Test func `no answer keeps both, and a late one still counts`() {
        var device = holding
        _ = device.ask("op-2", .setEmergencyToken(Self.two, .device), at: 1_000)
        _ = device.sent("op-2", at: 1_000)
        #expect(device.tick(at: 16_000) == ["op-2 unanswered"])
        #expect(device.state.tokens.device.candidates == [Self.two, Self.one])
        #expect(
            device.hear(answer(true), at: 17_000) == ["stray set_emergency_token", "esp token confirmed"])
        #expect(device.state.tokens.device.candidates == [Self.two])
    }

    @Test func `a change before the last one was answered forgets none of the three`() {
        var device = holding
        _ = device.ask("op-2", .setEmergencyToken(Self.two, .device), at: 1_000)
        #expect(device.ask("op-3", .setEmergencyToken(Self.two, .device), at: 2_000) == ["refused: under_way"])
        _ = device.sent("op-2", at: 2_000)
        _ = device.tick(at: 17_000)
        let three = EmergencyToken("three")!
        _ = device.ask("op-3", .setEmergencyToken(three, .device), at: 20_000)
        #expect(device.state.tokens.device.candidates == [three, Self.one, Self.two])
        // The answer may be the late one to the change before.
        _ = device.hear(answer(true), at: 20_100)
        #expect(Set(device.state.tokens.device.candidates.map(\.text)) == ["one", "two", "three"])
        let four = EmergencyToken("four")!
        _ = device.ask("op-4", .setEmergencyToken(four, .device), at: 40_000)
        _ = device.hear(answer(true), at: 40_100)
        #expect(device.state.tokens.device.candidates == [four])
    }

    @Test func `a refusal of one copy means nothing once the device obeyed another`() {
        var device = holding
        _ = device.ask("op-2", .setEmergencyToken(Self.two, .device), at: 1_000)
        _ = device.stop(at: 2_000)
        _ = device.say(.acknowledged(correlation: "inc-1", outputs: 1), at: 2_100)
        #expect(device.say(.refused(error: "unauthorized", message: "token"), at: 2_200) == ["stray emergency"])
        #expect(device.state.emergencyRefusal == nil)
    }

    @Test func `a broadcast token is set only when the site's broadcasts carry it`() {
        var device = Device.online
        let kind = Operation.Kind.setEmergencyToken(Self.one, .broadcast)
        #expect(device.ask("op-1", kind, at: 100) == ["refused: token_mismatch"])
        device.context.broadcastToken = Self.two
        #expect(device.ask("op-1", kind, at: 100) == ["refused: token_mismatch"])
        device.context.broadcastToken = Self.one
        #expect(device.ask("op-1", kind, at: 100).first == "op-1 set broadcast token hidden accepted")
        // An answer that names no token is about the only one that waits.
        #expect(device.hear(answer(true, use: nil), at: 200) == ["op-1 answered yes", "broadcast token confirmed"])
        #expect(device.state.tokens.broadcast.confirmed == Self.one)
        #expect(device.stop(at: 300) == ["stop ordered inc-1", "-> stop inc-1"])
    }

    @Test func `changes of both tokens are answered each by its own answer`() {
        var device = Device.online
        device.context.broadcastToken = Self.two
        _ = device.ask("op-1", .setEmergencyToken(Self.one, .device), at: 100)
        _ = device.ask("op-2", .setEmergencyToken(Self.two, .broadcast), at: 100)
        #expect(
            device.hear(answer(true, use: .broadcast), at: 200) == [
                "op-2 answered yes token_type=broadcast", "broadcast token confirmed",
            ])
        #expect(
            device.hear(answer(true), at: 300) == ["op-1 answered yes token_type=esp", "esp token confirmed"])
    }

    @Test func `the doubt is bounded and survives storage`() throws {
        var state = TokenState()
        for number in 0..<100 { state.apply(.sent(EmergencyToken("t\(number)")!, .device)) }
        #expect(state.device.candidates.count == 1 + TokenState.Held.maximumDoubtful)
        #expect(try stored(state) == state)
    }
}
