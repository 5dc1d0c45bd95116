import TwinCore

/// Which actor answers to which address.
actor TwinDirectory {
    private let loop: any Loop
    private var twins: [DeviceID: DeviceTwin] = [:]
    /// All ids in order, so that lists and walks are the same in every run.
    private(set) var ids: [DeviceID] = []

    nonisolated var unownedExecutor: UnownedSerialExecutor { unsafe loop.asUnownedSerialExecutor() }

    init(on loop: any Loop) { self.loop = loop }

    /// How many devices are known.
    var count: Int { ids.count }

    /// The twin of a device; `nil` when it never spoke.
    func twin(_ id: DeviceID) -> DeviceTwin? { twins[id] }

    /// Takes a new twin in.
    func insert(_ twin: DeviceTwin) {
        precondition(twins[twin.id] == nil, "\(twin.id) has a twin already")
        twins[twin.id] = twin
        ids.insert(twin.id, at: firstIndex(from: twin.id))
    }

    /// The twins from an id on, in order, at most so many.
    func twins(after id: DeviceID?, limit: Int) -> [DeviceTwin] {
        var start = 0
        if let id {
            start = firstIndex(from: id)
            if start < ids.count, ids[start] == id { start += 1 }
        }
        return ids[start...].prefix(limit).compactMap { twins[$0] }
    }

    /// All twins in the order of their ids.
    func all() -> [DeviceTwin] { ids.compactMap { twins[$0] } }

    private func firstIndex(from id: DeviceID) -> Int {
        var low = 0
        var high = ids.count
        while low < high {
            let middle = (low + high) / 2
            if ids[middle] < id { low = middle + 1 } else { high = middle }
        }
        return low
    }
}
