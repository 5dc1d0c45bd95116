package import TwinCore

extension Runtime {
    /// Hangs a tag on an output: it is switched off at once, and nothing energises it until the tag is gone.
    package func lockOut(
        _ request: LockoutRequest, _ reply: @escaping @Sendable (Result<TwinView, ServiceError>) -> Void
    ) {
        if phase == .running, overflow != nil,
            let twin = directory.assumeIsolated({ $0.twin(request.output.device) })
        {
            // The tag cannot be kept now. Its OFF leaves all the same.
            switchOffUnrecorded(twin, by: request.name) { $0 == request.output.gpio }
        }
        guard let twin = twin(for: request.output.device, orElse: reply) else { return }
        let moment = loop.moment
        let tag = Lockout(name: request.name, reason: request.reason, seconds: request.seconds, at: moment)
        change(request.output, of: twin, reply) { state, context in
            if let hung = state.lockout, hung.name != tag.name { return .failure(.unsuitable(Self.foreign(hung))) }
            return .success(state.decideLockout(tag, in: context, at: moment))
        }
    }

    /// Takes a tag away.
    package func removeLockout(
        of output: OutputAddress, by name: String,
        _ reply: @escaping @Sendable (Result<TwinView, ServiceError>) -> Void
    ) {
        guard let twin = twin(for: output.device, orElse: reply) else { return }
        change(output, of: twin, reply) { state, _ in
            guard let hung = state.lockout else { return .success(ActuatorDecision()) }
            guard hung.name == name else { return .failure(.unsuitable(Self.foreign(hung))) }
            return .success(state.decideLockoutRemoval(by: name))
        }
    }

    private static func foreign(_ tag: Lockout) -> String {
        "the tag of '\(tag.name)' hangs on it (\(tag.reason)); only '\(tag.name)' takes it away, or it falls off at "
            + tag.endTime.rfc3339
    }

    private func change(
        _ output: OutputAddress, of twin: DeviceTwin,
        _ reply: @escaping @Sendable (Result<TwinView, ServiceError>) -> Void,
        _ decide: @Sendable (ActuatorState, ActuatorContext) -> Result<ActuatorDecision, ServiceError>
    ) {
        let (surroundings, moment) = (surroundings, loop.moment)
        let result = twin.assumeIsolated { $0.change(output.gpio, surroundings, at: moment, decide) }
        switch result {
        case nil: reply(.failure(.unknownActuator(output.device, output.gpio)))
        case .failure(let error): reply(.failure(error))
        case .success(let decision):
            take(decision, from: twin)
            arm(twin)
            self.reply(with: twin, reply)
            commitIfIdle()
        }
    }
}
