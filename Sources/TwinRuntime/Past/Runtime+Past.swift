public import TwinCore

extension Runtime {
    /// What a look at the past needs of the present: the models in use, and everything up to the instant durable.
    ///
    /// What is not durable yet is waited for; the past holds nothing that a power cut could still take.
    func present(
        before time: UnixTime, _ reply: @escaping @Sendable (Result<Catalogue, ServiceError>) -> Void
    ) {
        let now = loop.moment.time
        guard time <= now else { return reply(.failure(.past(.future(now: now)))) }
        let catalogue = catalogue
        let pending = closing?.batch.facts.first ?? open.batch.facts.first
        guard let pending, pending.moment.time <= time else { return reply(.success(catalogue)) }
        whenDurable { reply($0.map { catalogue }) }
        commitIfIdle()
    }
}

extension RuntimeService {
    /// One twin as it stood at an instant; `nil` when its device had not spoken yet.
    public func twin(_ id: DeviceID, at time: UnixTime) async throws(ServiceError) -> TwinView? {
        let catalogue = try await runtime.reply { $0.present(before: time, $1) }.get()
        do {
            return try await past.twin(id, at: time, catalogue)
        } catch {
            throw .past(error)
        }
    }

    /// One page of twins as they stood at an instant.
    public func twins(_ query: TwinQuery, at time: UnixTime) async throws(ServiceError) -> TwinPage {
        let catalogue = try await runtime.reply { $0.present(before: time, $1) }.get()
        do {
            return try await past.twins(query, at: time, catalogue)
        } catch {
            throw .past(error)
        }
    }
}
