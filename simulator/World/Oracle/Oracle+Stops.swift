import TwinCore
import TwinRuntime

extension Oracle {
    /// A caller was told that the stop of a device is durable.
    func stopped(_ device: DeviceID, at time: Int64) {
        let record = record(device)
        record.stoppedSince = record.stoppedSince ?? time
    }

    /// Somebody orders to clear the stops: the promise ends with the order, not with its answer.
    func released(at time: Int64) {
        for device in devices where device.stoppedSince != nil {
            device.stoppedSince = nil
            device.releasedAt = time
        }
    }

    /// What leaves at once because of a stop goes to nobody outside its scope.
    func judgeScope(_ publication: Publication, at time: Int64) {
        guard let stopping, case .device(let stopped) = stopping else { return }
        let levels = publication.topic.split(separator: "/")
        if publication.topic == "kaiser/broadcast/emergency" {
            return violate(.stopScope, "a stop of \(stopped) alone was broadcast", at: time)
        }
        guard levels.count > 4, levels[4] == "actuator", levels[3] != stopped.description else { return }
        violate(.stopScope, "a stop of \(stopped) reached \(publication.topic)", at: time)
    }

    // MARK: Wishes

    func asks(_ wish: Desired, of device: DeviceID) { record(device).asked.append(wish) }

    func wished(_ wish: Desired, of device: DeviceID) {
        let record = record(device)
        record.wish = wish
        if let place = record.asked.lastIndex(of: wish) { record.asked.removeSubrange(...place) }
    }

    /// Whether a twin's wish is the one that was promised to be kept, or a later one.
    func isKept(_ wish: Desired, of device: DeviceID) -> Bool {
        let record = record(device)
        return record.wish.map { $0 == wish } ?? true || record.asked.contains(wish)
    }
}
