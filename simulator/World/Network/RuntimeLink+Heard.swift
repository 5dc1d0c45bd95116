import TwinRuntime

extension RuntimeLink {
    /// Where runtimes claim the site.
    static let claimTopic = "kaiser/god/server/claim"
    /// Where only servers speak to devices, and where they claim the site.
    private static let orderFilters = [
        "kaiser/+/esp/+/actuator/+/command", "kaiser/+/esp/+/actuator/+/set", "kaiser/+/esp/+/actuator/emergency",
        "kaiser/+/esp/+/system/command", "kaiser/+/esp/+/sensor/+/command", "kaiser/+/esp/+/config",
        "kaiser/+/esp/+/zone/assign", "kaiser/+/esp/+/subzone/assign", "kaiser/+/esp/+/subzone/remove",
        "kaiser/+/esp/+/subzone/safe", "kaiser/+/esp/+/mqtt/auth_update", "kaiser/broadcast/#", claimTopic,
    ].map { TopicFilter($0) }

    /// Brings what somebody else said where servers speak, with the mark of being kept, in order and if the connection
    /// holds.
    func hear(_ message: SimulatedMessage) {
        guard isAlive, isControlUp, Self.orderFilters.contains(where: { $0.matches(message.topic) }) else { return }
        let generation = controlGeneration
        hearingAt = max(hearingAt, broker.time.milliseconds + broker.time.chance(1...40, &randomness))
        broker.time.at(hearingAt) {
            guard self.isAlive, self.controlGeneration == generation, self.isControlUp else { return }
            self.oracle.heard(message, by: self.run, at: self.broker.time.milliseconds)
            if self.sabotage == .hidesClaims, self.oracle.isOutdated(self.run) { return }
            var batch = InboundBatch()
            batch.append(
                topic: message.topic.utf8, payload: message.payload, isRetained: message.isRetained, qos: message.qos)
            self.events?.heard(batch)
        }
    }

    /// What is kept where servers speak comes with each connection.
    func hearWhatIsKept() {
        for message in broker.retained(matching: Self.orderFilters) { hear(message) }
    }
}
