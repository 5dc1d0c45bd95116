import TwinCore

/// Asks the gate two questions whose answers are known: the proof that it still refuses and still clears.
///
/// Concerns no device: what it clears is thrown away.
enum GateSelfTest {
    /// What is wrong with the gate; `nil` when it answers as it must.
    static func failure(at moment: Moment) -> String? {
        guard let device = DeviceID("MOCK_SELFTEST"), let gpio = GPIO(4) else {
            return "the self-test has no actuator to ask about"
        }
        let address = DeviceAddress(kaiser: .god, device: device)
        let kind = ActuatorKind(
            name: "selftest", semantics: .digital,
            limits: ActuatorLimits(defaultLeaseSeconds: 10, maxOnSeconds: 60, minOffSeconds: 0))
        let order = Gate.Order(
            id: CommandID("selftest"), drive: .on(level: 1), durationSeconds: 30, issuedBy: "selftest",
            timeToLiveMilliseconds: 1_000)
        let subject = Gate.Subject(address: address, gpio: gpio, kind: kind)
        var circumstances = Gate.Circumstances(
            deviceStatus: .online, isLatched: false, isJournalTakingFacts: true, isBrokerConnected: true)

        guard case .cleared(let command, _) = Gate.energise(order, subject, circumstances, at: moment),
            command.drive == order.drive, command.durationSeconds == 30, command.expiresAt != nil
        else { return "the gate does not clear what no limit forbids" }
        circumstances.isLatched = true
        guard case .refused(let evaluation, _) = Gate.energise(order, subject, circumstances, at: moment),
            evaluation.limit == .latch
        else { return "the gate does not refuse what an emergency stop forbids" }
        let off = Gate.deenergise(
            gpio, at: address, id: order.id, issuedBy: order.issuedBy, issuedAt: moment.time)
        return off.energises ? "the gate's OFF energises" : nil
    }
}
