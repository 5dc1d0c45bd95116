import OrderedCollections
import TwinCore

extension DeviceTwin {
    /// Decides on one value of the device, and on what follows from it: a virtual sensor's value, an answer.
    func receive(
        _ report: SensorReport, digest: UInt64, _ surroundings: Surroundings, at moment: Moment
    ) -> Result<Decision, Refusal> {
        let named = surroundings.catalogue.sensorKind(report.type)
        let key = SensorKey(gpio: report.gpio, type: named?.name ?? report.type, address: report.address)
        let kind = surroundings.catalogue.sensorKind(key.type, for: key, of: id)
        guard let twin = sensor(key) else {
            return .failure(Refusal(.tooManySensors, "\(id) shows more than \(Self.maximumSensors) sensors"))
        }
        let celsius = kind?.companion == nil ? nil : celsius(for: key, kind, at: moment)
        let words = kind?.processing.usesRegisters == true ? siblingWords(of: key) : nil
        let result = twin.assumeIsolated {
            $0.receive(report, kind: kind, celsius: celsius, siblingWords: words, digest: digest, at: moment)
        }
        switch result {
        case .failure(let refusal):
            if twin.assumeIsolated({ $0.state.count == 0 }) { forget(key) }
            return .failure(refusal)
        case .success(let decided):
            var decision = Decision()
            if state.status != .online {
                decision = enact(state.decideOnSpeech(at: moment), surroundings, at: moment)
            }
            for event in decided.events { decision.facts.append(fact(key, event, at: moment)) }
            if let kind { follow(decided.sample, of: key, kind, report, &decision, surroundings, at: moment) }
            return .success(decision)
        }
    }

    /// What follows from a sample: values of virtual sensors, and the answer that the device was promised.
    private func follow(
        _ sample: Sample, of key: SensorKey, _ kind: SensorKind, _ report: SensorReport, _ decision: inout Decision,
        _ surroundings: Surroundings, at moment: Moment
    ) {
        for use in surroundings.catalogue.virtualUses(of: kind.name) {
            let partner = SensorKey(gpio: key.gpio, type: use.partner, address: key.address)
            guard let humidity = sensors[partner]?.assumeIsolated({ $0.state.latest }),
                let virtual = Sample(virtual: use.kind, temperature: sample, humidity: humidity)
            else { continue }
            let own = SensorKey(gpio: key.gpio, type: use.kind.name, address: key.address)
            guard let twin = sensor(own) else { continue }
            twin.assumeIsolated { $0.apply(.sampled(virtual), at: moment) }
            decision.facts.append(fact(own, .sampled(virtual), at: moment))
        }
        guard surroundings.tellsProcessed, report.isRaw, sample.model != nil, let value = sample.value,
            let twin = sensors[key], twin.assumeIsolated({ $0.mayBeTold(at: moment) })
        else { return }
        decision.requests.append(
            .tellProcessed(
                ProcessedValue(
                    address: state.address, gpio: key.gpio, type: key.type, value: value, unit: sample.unit,
                    quality: sample.quality, eventTime: sample.eventTime)))
    }

    /// Answers a device that asked for a raw value to be processed; nothing is stored.
    func answer(_ request: ProcessingRequest, _ surroundings: Surroundings, at moment: Moment) -> Decision {
        var decision = enact(state.decideOnSpeech(at: moment), surroundings, at: moment)
        let values = process(
            request.type, request.raw, gpio: request.gpio, address: request.address, surroundings, at: moment)
        var answer = ProcessingAnswer(
            address: state.address, gpio: request.gpio, request: request.request, values: [], error: nil)
        switch values {
        case .failure(let refusal):
            answer = ProcessingAnswer(
                address: state.address, gpio: request.gpio, request: request.request, values: [],
                error: refusal.detail)
        case .success(let members):
            answer = ProcessingAnswer(
                address: state.address, gpio: request.gpio, request: request.request, values: members, error: nil)
            if let only = members.first, members.count == 1 {
                decision.requests.append(
                    .tellProcessed(
                        ProcessedValue(
                            address: state.address, gpio: request.gpio,
                            type: surroundings.catalogue.sensorKind(request.type)?.name ?? request.type,
                            value: only.value, unit: only.unit, quality: only.quality, eventTime: moment.time)))
            }
        }
        decision.requests.append(.answerProcessing(answer))
        return decision
    }

    /// Processes a raw value with what is known of the sensor on a pin.
    ///
    /// Of several sensors of the kind on one bus it has to be the one that is named: each has its own calibration.
    func process(
        _ type: String, _ raw: Double, gpio: GPIO, address: BusAddress = .none, _ surroundings: Surroundings,
        at moment: Moment
    ) -> Result<[ProcessedMember], Refusal> {
        let kind = surroundings.catalogue.sensorKind(type)
        let alike = sensors.keys.filter { $0.gpio == gpio && $0.type == kind?.name }
        let known = alike.first { $0.address == address } ?? (address == .none && alike.count == 1 ? alike[0] : nil)
        var context = ProcessingContext()
        if let known, let twin = sensors[known] {
            let celsius = celsius(for: known, kind, at: moment)
            let words = siblingWords(of: known)
            context = twin.assumeIsolated { $0.state.context(for: kind, celsius: celsius, siblingWords: words) }
        }
        do throws(Refusal) {
            return .success(try surroundings.catalogue.process(type, raw: raw, in: context))
        } catch {
            return .failure(error)
        }
    }

    /// Takes one step of a sensor's calibration; `nil` when there is no such sensor.
    func calibrate(
        _ action: CalibrationAction, _ key: SensorKey, by name: String, _ surroundings: Surroundings, at moment: Moment
    ) -> Result<Decision, CalibrationRefusal>? {
        guard let twin = sensors[key] else { return nil }
        let kind = surroundings.catalogue.sensorKind(key.type, for: key, of: id)
        let celsius = celsius(for: key, kind, at: moment)
        let decided = twin.assumeIsolated {
            $0.state.decide(on: action, kind: kind, celsius: celsius, by: name, at: moment)
        }
        return decided.map { events in
            var decision = Decision()
            for event in events {
                twin.assumeIsolated { $0.apply(event, at: moment) }
                decision.facts.append(fact(key, event, at: moment))
            }
            return counted(decision, at: moment)
        }
    }

    /// Gives up guided calibrations that nobody finished in time.
    func expireCalibrations(at moment: Moment) -> Decision {
        var decision = Decision()
        for (key, twin) in sensors {
            for event in twin.assumeIsolated({ $0.state.calibration.decideOnTime(at: moment) }) {
                twin.assumeIsolated { $0.apply(event, at: moment) }
                decision.facts.append(fact(key, event, at: moment))
            }
        }
        return decision
    }

    /// Takes in that a sensor's stored values were processed again.
    func reprocessed(_ report: Reprocessing, of key: SensorKey, at moment: Moment) -> Decision {
        guard let twin = sensors[key] else { return Decision() }
        twin.assumeIsolated { $0.apply(.reprocessed(report), at: moment) }
        var decision = Decision()
        decision.facts.append(fact(key, .reprocessed(report), at: moment))
        return counted(decision, at: moment)
    }

    /// The temperature that a sensor's processing uses, in °C; `nil` when nobody can say it.
    func celsius(for key: SensorKey, _ kind: SensorKind?, at moment: Moment) -> Double? {
        guard let rule = kind?.companion else { return nil }
        let named = state.configuration.desired.sensors[key]?.temperatureFrom
        return rule.celsius(
            for: key, named: named, among: sensors.values.lazy.map { $0.assumeIsolated { $0.state } }, at: moment)
    }

    /// What stored raw values of a sensor are processed again with; each brings its own temperature.
    func reprocessingContext(of twin: SensorTwin, _ key: SensorKey, _ kind: SensorKind) -> ProcessingContext {
        let words = siblingWords(of: key)
        return twin.assumeIsolated { $0.state.context(for: kind, siblingWords: words) }
    }

    /// Calibration words that another sensor of the same chip knows.
    private func siblingWords(of key: SensorKey) -> BoschWords? {
        for (other, twin) in sensors where other != key && other.gpio == key.gpio && other.address == key.address {
            if let words = twin.assumeIsolated({ $0.state.words }) { return words }
        }
        return nil
    }

    private func fact(_ key: SensorKey, _ event: SensorEvent, at moment: Moment) -> Fact {
        Fact(device: id, moment: moment, event: .sensor(key, event))
    }
}
