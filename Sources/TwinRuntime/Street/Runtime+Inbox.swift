import KaiserProtocol
public import TwinCore

extension Runtime {
    /// Takes in readings that came another way than through the broker, such as from a table of a database.
    ///
    /// They go the way of a device's own readings: same decoding, same twins, same filter against duplicates, same
    /// commit. Anything else than a reading is refused: orders and statuses come from devices and operators alone.
    ///
    /// - Parameter reply: Called on the loop when what was taken is durable, with the refusal of each message in order,
    ///   `nil` for one that was taken or is stored already; or when it is known that nothing becomes durable for now:
    ///   then all of it may be handed in again.
    public func takeIn(
        _ batch: InboundBatch, _ reply: @escaping @Sendable (Result<[Refusal?], ServiceError>) -> Void
    ) {
        if let refusal = refusalOfOrders ?? refusalOfReadings { return reply(.failure(refusal)) }
        let moment = loop.moment
        let surroundings = surroundings
        counters.received += batch.entries.count
        let refusals = batch.entries.map { entry -> Refusal? in
            do throws(Refusal) {
                try takeIn(batch, entry, surroundings, at: moment)
                return nil
            } catch {
                refuse(batch, entry, error, at: moment)
                return error
            }
        }
        whenDurable { reply($0.map { refusals }) }
        commitIfIdle()
    }

    /// Why no readings are taken that nobody keeps from coming again; `nil` when they are.
    ///
    /// While commits fail each attempt would add its dead letters to what waits for the disk.
    private var refusalOfReadings: ServiceError? {
        if let telemetryHold { return .unsuitable(telemetryHold) }
        guard !standing.takesFacts else { return nil }
        if case .failing(let reason, _) = standing { return .journalUnavailable(reason) }
        return .journalUnavailable("the journal repeats a commit that failed")
    }

    private func takeIn(
        _ batch: InboundBatch, _ entry: InboundBatch.Entry, _ surroundings: Surroundings, at moment: Moment
    ) throws(Refusal) {
        let topic = batch.bytes.span.extracting(entry.topic)
        let payload = batch.bytes.span.extracting(entry.payload)
        guard case .report(let report) = try KaiserDecoder.decode(topic: topic, payload: payload, isRetained: false)
        else { throw Self.noReading }
        switch report.message {
        case .sensor, .sensorBatch: try deliver(report, surroundings, at: moment)
        default: throw Self.noReading
        }
    }

    private static let noReading = Refusal(
        .unsupportedTopic, "only readings may come this way: kaiser/…/esp/…/sensor/…/data or …/sensor/batch")
}
