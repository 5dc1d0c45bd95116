import TwinCore

extension Runtime {
    /// Changes what a device is to be; `reply` when the wish is durable.
    ///
    /// The device is told when it can be.
    package func configure(
        _ change: ConfigurationChange,
        _ reply: @escaping @Sendable (Result<ConfigurationOutcome, ServiceError>) -> Void
    ) {
        guard let twin = twin(for: change.device, orElse: reply) else { return }
        let (state, revision) = twin.assumeIsolated { ($0.state, $0.revision) }
        guard state.status != .deleted else {
            return reply(.failure(.unsuitable("\(change.device) was removed; approve it before you configure it")))
        }
        // The revision rises with every word of the device; what must not have changed is the wish.
        if let seen = change.seenRevision, seen < state.configuration.desiredRevision || seen > revision {
            return reply(.failure(.revisionChanged(revision)))
        }
        let present = state.configuration.desired
        var wish: ConfigurationWish
        switch change.change(present) {
        case .failure(let problems): return reply(.failure(.invalidConfiguration(problems)))
        case .success(let found): wish = found
        }
        wish.desired = catalogue.bounding(wish.desired, of: change.device)
        let problems = state.configuration.problems(of: wish.desired)
        guard problems.isEmpty else { return reply(.failure(.invalidConfiguration(ConfigurationProblems(problems)))) }
        let changed = Desired.differences(present, wish.desired)
        let moment = loop.moment
        let validUntil = change.validSeconds.map { moment.time.advanced(byMilliseconds: Int64($0) * 1000) }
        guard !change.isRehearsal else {
            let view = twin.assumeIsolated { $0.rehearsal(of: wish, by: change.by, validUntil, at: moment) }
            return reply(
                .success(
                    ConfigurationOutcome(
                        view: TwinView(snapshot: view, moment: moment, catalogue: catalogue), changed: changed)))
        }
        let surroundings = surroundings
        take(
            twin.assumeIsolated { $0.configure(wish, by: change.by, validUntil, surroundings, at: moment) },
            from: twin)
        arm(twin)
        self.reply(with: twin) { result in
            reply(result.map { ConfigurationOutcome(view: $0, changed: changed) })
        }
        commitIfIdle()
    }
    /// Compiles the limits of the models in use into the wishes: devices hold what the firmware can hold of them.
    ///
    /// What was not carried out in time stays so, whatever the models say.
    func boundWishes(at moment: Moment) {
        let surroundings = surroundings
        for twin in directory.assumeIsolated({ $0.all() }) {
            let state = twin.assumeIsolated { $0.state }
            guard state.status != .deleted, !state.configuration.desired.actuators.isEmpty else { continue }
            let desired = catalogue.bounding(state.configuration.desired, of: twin.id) { gpio in
                state.configuration.properties[.actuator(gpio)]?.state == .expired
            }
            guard desired != state.configuration.desired else { continue }
            let wish = ConfigurationWish(desired: desired, touched: [])
            take(twin.assumeIsolated { $0.configure(wish, by: "models", nil, surroundings, at: moment) }, from: twin)
            arm(twin)
        }
    }
}
