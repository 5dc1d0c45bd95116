import TwinCore

/// Rebuilds twins from snapshots and the facts after them; a start and a look at the past do it alike.
///
/// Used on the loop of the directory alone.
struct TwinRebuilding {
    private let directory: TwinDirectory
    private let loop: any Loop
    /// The last fact in each twin's snapshot.
    private var savedUpTo: [DeviceID: UInt64] = [:]

    init(into directory: TwinDirectory, on loop: any Loop) {
        self.directory = directory
        self.loop = loop
    }

    /// Takes a snapshot in; all of them come before the first fact.
    mutating func take(_ snapshot: DeviceSnapshot, lastSequence: UInt64) {
        let twin = DeviceTwin(snapshot, on: loop)
        directory.assumeIsolated { $0.insert(twin) }
        savedUpTo[twin.id] = lastSequence
    }

    /// Takes a fact in, unless its twin's snapshot holds it; of the site's facts only what concerns twins counts.
    func take(_ fact: Fact, sequence: UInt64) {
        if case .site(let event) = fact.event {
            guard case .runStarted = event else { return }
            for twin in directory.assumeIsolated({ $0.all() }) where savedUpTo[twin.id, default: 0] < sequence {
                twin.assumeIsolated { $0.beginRun(at: fact.moment) }
            }
            return
        }
        guard let id = fact.device, savedUpTo[id, default: 0] < sequence else { return }
        let twin = directory.assumeIsolated { $0.twin(id) } ?? discovered(id, fact)
        twin?.assumeIsolated { $0.apply(fact) }
    }

    private func discovered(_ id: DeviceID, _ fact: Fact) -> DeviceTwin? {
        guard case .device(.discovered(let kaiser, let isApproved)) = fact.event else { return nil }
        let address = DeviceAddress(kaiser: kaiser, device: id)
        let twin = DeviceTwin(state: DeviceState(address: address, isApproved: isApproved, at: fact.moment), on: loop)
        directory.assumeIsolated { $0.insert(twin) }
        return twin
    }
}
