import TwinCore

extension Runtime {
    /// Why nothing that has to be durable can be asked for now; `nil` when it can.
    var refusalOfOrders: ServiceError? {
        guard phase == .running else { return .notRunning }
        return overflow.map { .journalUnavailable($0) }
    }

    /// The twin that an order is for; without one the caller is told why.
    func twin<Value>(
        for id: DeviceID, orElse reply: @Sendable (Result<Value, ServiceError>) -> Void
    ) -> DeviceTwin? {
        if let refusal = refusalOfOrders {
            reply(.failure(refusal))
            return nil
        }
        guard let twin = directory.assumeIsolated({ $0.twin(id) }) else {
            reply(.failure(.unknownDevice(id)))
            return nil
        }
        return twin
    }

    /// Calls back when everything decided so far is durable, or is known not to be for now.
    func whenDurable(_ reply: @escaping @Sendable (Result<Void, ServiceError>) -> Void) {
        open.waiters.append { reply($0.mapError { .journalUnavailable($0.description) }) }
    }

    /// Replies with a twin as it stands when everything decided so far is durable.
    func reply(with twin: DeviceTwin, _ reply: @escaping @Sendable (Result<TwinView, ServiceError>) -> Void) {
        whenDurable { result in
            self.assumeIsolated { runtime in reply(result.map { runtime.view(of: twin) }) }
        }
    }
}
