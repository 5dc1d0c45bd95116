import OrderedCollections
import TwinCore

extension Runtime {
    /// Takes one step of a sensor's calibration; `reply` when it is durable.
    func calibrate(
        _ request: CalibrationRequest, _ reply: @escaping @Sendable (Result<TwinView, ServiceError>) -> Void
    ) {
        guard let twin = twin(for: request.device, orElse: reply) else { return }
        let moment = loop.moment
        let surroundings = surroundings
        let decided = twin.assumeIsolated {
            $0.calibrate(request.action, request.sensor, by: request.by, surroundings, at: moment)
        }
        switch decided {
        case nil: return reply(.failure(.unknownSensor(request.device, request.sensor)))
        case .failure(let refusal): return reply(.failure(.unsuitable(refusal.text)))
        case .success(let decision): take(decision, from: twin)
        }
        arm(twin)
        self.reply(with: twin, reply)
        commitIfIdle()
    }

    /// Processes a raw value and stores nothing.
    ///
    /// - Parameter askedAt: When it was asked, by the loop's nanoseconds.
    func process(_ call: ProcessingCall, askedAt: UInt64) -> Result<[ProcessedMember], ServiceError> {
        defer { counters.processing.record(.http, nanoseconds: loop.uptimeNanoseconds - askedAt) }
        let moment = loop.moment
        let surroundings = surroundings
        let twin = call.device.flatMap { id in directory.assumeIsolated { $0.twin(id) } }
        let result: Result<[ProcessedMember], Refusal>
        if let twin {
            result = twin.assumeIsolated {
                $0.process(call.type, call.raw, gpio: call.gpio, surroundings, at: moment)
            }
        } else {
            do throws(Refusal) {
                result = .success(try catalogue.process(call.type, raw: call.raw))
            } catch {
                result = .failure(error)
            }
        }
        return result.mapError { .unprocessable($0.detail) }
    }

    /// Processes stored raw values of a sensor again; `reply` when that is done and noted.
    ///
    /// The journal does it in blocks between its commits, so readings go on being stored meanwhile.
    func reprocess(
        _ request: ReprocessingRequest, _ reply: @escaping @Sendable (Result<Reprocessing, ServiceError>) -> Void
    ) {
        guard let twin = twin(for: request.device, orElse: reply) else { return }
        guard let sensor = twin.assumeIsolated({ $0.sensors[request.sensor] }) else {
            return reply(.failure(.unknownSensor(request.device, request.sensor)))
        }
        guard
            let kind = catalogue.sensorKind(
                request.sensor.type, for: request.sensor, of: request.device), kind.inputs == nil
        else {
            return reply(
                .failure(.unsuitable("no model turns raw values of '\(request.sensor.type)' into values by themselves"))
            )
        }
        let context = twin.assumeIsolated { $0.reprocessingContext(of: sensor, request.sensor, kind) }
        guard !isReprocessing else {
            return reply(
                .failure(.unsuitable("the values of another sensor are being processed again; ask when it is done")))
        }
        isReprocessing = true
        // What a replay would still read must stay as it was: a snapshot of all of it comes first.
        snapshotsAsked.append(twin)
        open.waiters.append { result in
            self.assumeIsolated { runtime in
                switch result {
                case .failure(let failure):
                    runtime.isReprocessing = false
                    reply(.failure(.journalUnavailable(failure.description)))
                case .success:
                    runtime.recompute(
                        request, kind, context, through: runtime.open.batch.firstSequence - 1, twin, reply)
                }
            }
        }
        commitIfIdle()
    }

    private func recompute(
        _ request: ReprocessingRequest, _ kind: SensorKind, _ context: ProcessingContext, through sequence: UInt64,
        _ twin: DeviceTwin, _ reply: @escaping @Sendable (Result<Reprocessing, ServiceError>) -> Void
    ) {
        let to = request.to ?? loop.moment.time.advanced(byMilliseconds: 1)
        let query = RecomputationQuery(
            device: request.device, sensor: request.sensor, from: request.from, to: to, through: sequence)
        let compute: @Sendable (Sample) -> Sample = { sample in
            var own = context
            own.celsius = sample.companionCelsius
            return sample.reprocessed(kind, context: own) ?? sample
        }
        journal.recompute(query, compute) { result in
            self.assumeIsolated { runtime in
                runtime.isReprocessing = false
                switch result {
                case .failure(let failure): reply(.failure(.unsuitable(failure.description)))
                case .success(let receipt):
                    runtime.note(
                        Reprocessing(
                            from: request.from, to: to, examined: receipt.examined, changed: receipt.changed,
                            model: ModelStamp(
                                version: kind.version, calibration: context.calibration?.number ?? 0),
                            by: request.by), of: request.sensor, twin, reply)
                }
            }
        }
    }

    private func note(
        _ report: Reprocessing, of sensor: SensorKey, _ twin: DeviceTwin,
        _ reply: @escaping @Sendable (Result<Reprocessing, ServiceError>) -> Void
    ) {
        let moment = loop.moment
        take(twin.assumeIsolated { $0.reprocessed(report, of: sensor, at: moment) }, from: twin)
        whenDurable { reply($0.map { report }) }
        commitIfIdle()
    }
}
