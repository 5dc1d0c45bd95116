extension DeviceState {
    /// A rejected device that still speaks after so long asks again, in milliseconds.
    public static let readmissionMilliseconds: Int64 = 300_000
    /// A device is not told that it is excluded for so long at most while its outputs are driven off, in milliseconds.
    public static let exclusionMilliseconds: Int64 = 10_000

    /// An operator lets the device take part; it is told at once, and counts as online when it speaks.
    public func decideApproval(by name: String, at moment: Moment) -> DeviceDecision {
        switch status {
        case .pendingApproval, .rejected, .deleted:
            DeviceDecision(events: [.approved(by: name)], requests: [acknowledgement(.approved, at: moment)])
        case .approved, .online, .offline: DeviceDecision()
        }
    }

    /// An operator excludes the device; driving its outputs off comes before and is not decided here.
    public func decideRejection(by name: String, in context: DeviceContext, at moment: Moment) -> DeviceDecision {
        guard status != .rejected, status != .deleted else { return DeviceDecision() }
        return excluded([.rejected(by: name)], .rejected, in: context, at: moment)
    }

    /// An operator removes the device; driving its outputs off comes before and is not decided here.
    public func decideDeletion(by name: String, in context: DeviceContext, at moment: Moment) -> DeviceDecision {
        guard status != .deleted else { return DeviceDecision() }
        return excluded([.deleted(by: name)], .deleted, in: context, at: moment)
    }

    /// Whether the device is not yet told that it is excluded, because it must hear an OFF before.
    ///
    /// A device that knows itself excluded takes no command, and the word may overtake the OFF on its way.
    public func isExclusionHeldBack(in context: DeviceContext, at moment: Moment) -> Bool {
        guard context.isEnergised, let deadline = exclusionDeadline else { return false }
        return moment.uptime < deadline
    }

    /// Until when the word that the device is excluded is held back at most; `nil` when it is not.
    public var exclusionDeadline: Uptime? {
        excludedAt?.uptime.advanced(byMilliseconds: Self.exclusionMilliseconds)
    }

    /// What tells an excluded device so; `nil` when it takes part or waits for approval.
    public func exclusionWord(at moment: Moment) -> Request? {
        switch status {
        case .rejected, .deleted: acknowledgement(status, at: moment)
        case .pendingApproval, .approved, .online, .offline: nil
        }
    }

    private func excluded(
        _ events: [DeviceEvent], _ status: DeviceStatus, in context: DeviceContext, at moment: Moment
    ) -> DeviceDecision {
        var next = self
        for event in events { next.apply(event, at: moment) }
        let isHeldBack = next.isExclusionHeldBack(in: context, at: moment)
        return DeviceDecision(events: events, requests: isHeldBack ? [] : [acknowledgement(status, at: moment)])
    }

    /// Whether a rejected device has waited long enough to be judged again.
    ///
    /// Measured in civil time, since it has to outlive restarts; a clock that jumps can only bring the question
    /// earlier or later, never the device in.
    func mayAskAgain(at moment: Moment) -> Bool {
        status == .rejected
            && moment.time >= statusSince.advanced(byMilliseconds: Self.readmissionMilliseconds)
    }

    /// Whether the device counts as away: it is offline, or takes no part and has been silent for as long.
    public func isAway(afterMilliseconds silence: Int64, at moment: Moment) -> Bool {
        switch status {
        case .offline: true
        case .pendingApproval, .rejected, .deleted: moment.uptime.milliseconds(since: lastHeard.uptime) >= silence
        case .approved, .online: false
        }
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
