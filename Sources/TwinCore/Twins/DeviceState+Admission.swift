extension DeviceState {
    /// A rejected device that still speaks after so long asks again, in milliseconds.
    public static let readmissionMilliseconds: Int64 = 300_000

    /// An operator lets the device take part; it is told at once, and counts as online when it speaks.
    public func decideApproval(by name: String, at moment: Moment) -> DeviceDecision {
        switch status {
        case .pendingApproval, .rejected, .deleted:
            DeviceDecision(events: [.approved(by: name)], requests: [acknowledgement(.approved, at: moment)])
        case .approved, .online, .offline: DeviceDecision()
        }
    }

    /// An operator excludes the device.
    public func decideRejection(by name: String, at moment: Moment) -> DeviceDecision {
        guard status != .rejected, status != .deleted else { return DeviceDecision() }
        return DeviceDecision(events: [.rejected(by: name)], requests: [acknowledgement(.rejected, at: moment)])
    }

    /// An operator removes the device; driving its outputs off comes before and is not decided here.
    public func decideDeletion(by name: String, at moment: Moment) -> DeviceDecision {
        guard status != .deleted else { return DeviceDecision() }
        return DeviceDecision(events: [.deleted(by: name)], requests: [acknowledgement(.deleted, at: moment)])
    }

    /// Whether a rejected device has waited long enough to be judged again.
    ///
    /// Measured in civil time, since it has to outlive restarts; a clock that jumps can only bring the question
    /// earlier or later, never the device in.
    func mayAskAgain(at moment: Moment) -> Bool {
        status == .rejected
            && moment.time >= statusSince.advanced(byMilliseconds: Self.readmissionMilliseconds)
    }

    /// What a heartbeat's answer says of the device.
    var admissionStatus: DeviceStatus {
        switch status {
        case .pendingApproval: .pendingApproval
        case .rejected: .rejected
        case .deleted: .deleted
        case .approved, .online, .offline: .online
        }
    }

    /// Tells the device what is thought of it.
    func acknowledgement(_ status: DeviceStatus, at moment: Moment) -> Request {
        .acknowledgeHeartbeat(
            HeartbeatAck(address: address, status: status, handoverEpoch: handoverEpoch, serverTime: moment.time))
    }
}
