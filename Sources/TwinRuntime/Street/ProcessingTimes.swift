/// How long devices waited inside the runtime for what their raw values were processed to.
///
/// From the moment the runtime was handed the messages until the control connection took the answer, the commit in
/// between included; over HTTP from the asking until the loop had the answer.
struct ProcessingTimes: Sendable {
    /// The ways on which processed values leave.
    enum Door: String, Sendable, CaseIterable {
        /// `pi_enhanced/response`.
        case response
        /// `sensor/{gpio}/processed`.
        case processed
        /// `POST /api/v1/sensors/process`.
        case http
    }

    private var times: [Door: DurationHistogram] = [:]

    /// Counts one answer.
    mutating func record(_ door: Door, nanoseconds: UInt64) {
        times[door, default: DurationHistogram()].record(microseconds: nanoseconds / 1000)
    }

    /// The answers and their times under their public names; none for a way that nothing left on yet.
    func measurements() -> [Measurement] {
        let used = Door.allCases.compactMap { door in times[door].map { (door.rawValue, $0) } }
        let answers = used.map { door, times in
            Measurement(
                "doppel_processing_answers_total", help: "Processed values told, by the way they left.", kind: .counter,
                labels: [("door", door)], value: Double(times.count))
        }
        let waits = used.flatMap { door, times in
            [50, 99, 100].map { percent in
                Measurement(
                    "doppel_processing_milliseconds",
                    help: "Time from the receipt of a raw value until its processed value left, by percentile.",
                    kind: .gauge, labels: [("door", door), ("percentile", "\(percent)")],
                    value: Double(percent == 100 ? times.max : times.percentile(Double(percent))) / 1000)
            }
        }
        return answers + waits
    }
}
