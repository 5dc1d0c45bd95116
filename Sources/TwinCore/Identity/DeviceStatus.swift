/// Where a device stands in its life with the runtime.
public enum DeviceStatus: String, Sendable, Codable, CaseIterable {
    /// It has spoken; an operator has not said yes. Next: approved, rejected.
    case pendingApproval = "pending_approval"
    /// It may take part, and has not spoken in this run. Next: online, offline, rejected.
    case approved
    /// It takes part. Next: offline, rejected, approved (with a new run).
    case online
    /// It took part and is silent. Next: online, rejected, approved (with a new run).
    case offline
    /// An operator said no. Next: approved, pendingApproval (it asked again after its time), deleted.
    case rejected
    /// An operator removed it. Next: approved.
    case deleted
}
