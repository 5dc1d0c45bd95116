import TwinCore

/// What the runtime counts of its own work, since the run began.
struct Counters: Sendable {
    var received = 0
    var own = 0
    var duplicates = 0
    var shedTelemetry = 0
    var refused: [Refusal.Reason: Int] = [:]
    var facts = 0
    var storedSamples = 0
    var journalDuplicates = 0
    var commits = 0
    var failedCommits = 0
    var published = 0
    var unpublished = 0
    var commandsRefused = 0
    var commandsAccepted = 0
    var alarms: [SafetyAlarm.Kind: Int] = [:]
    var processing = ProcessingTimes()

    /// The counters under their public names.
    func measurements() -> [Measurement] {
        func counter(_ name: String, _ help: String, _ value: Int) -> Measurement {
            Measurement("doppel_\(name)_total", help: help, kind: .counter, value: Double(value))
        }
        let refusals = Refusal.Reason.allCases.compactMap { reason in
            refused[reason].map { count in
                Measurement(
                    "doppel_refused_messages_total", help: "Messages refused, by reason.", kind: .counter,
                    labels: [("reason", reason.rawValue)], value: Double(count))
            }
        }
        let raised = SafetyAlarm.Kind.allCases.compactMap { kind in
            alarms[kind].map { count in
                Measurement(
                    "doppel_alarms_total", help: "Alarms raised, by kind.", kind: .counter,
                    labels: [("kind", kind.rawValue)], value: Double(count))
            }
        }
        return [
            counter("messages", "Messages received from the broker.", received),
            counter("own_messages", "Messages of our own heard again.", own),
            counter("duplicate_messages", "Samples delivered again by the broker.", duplicates),
            counter("journal_duplicate_samples", "Samples the journal had already stored.", journalDuplicates),
            counter("facts", "Facts made durable.", facts),
            counter("stored_samples", "Samples made durable.", storedSamples),
            counter("commits", "Commits of the journal.", commits),
            counter("failed_commits", "Commits that failed.", failedCommits),
            counter("published_messages", "Messages handed to the broker.", published),
            counter("unpublished_messages", "Messages the broker connection did not take.", unpublished),
            counter("accepted_commands", "Commands the gate let pass.", commandsAccepted),
            counter("refused_commands", "Commands the gate refused.", commandsRefused),
        ] + refusals + raised + processing.measurements()
    }
}
