import Synchronization
import TwinCore
import TwinRuntime

/// What devices are to be and are asked, as a test told it.
extension FakeTwins {
    func delete(_ id: DeviceID, by operator: String) async throws(ServiceError) -> TwinView {
        try note("delete \(id) by \(`operator`)", about: id)
    }

    /// Makes the new wish as the runtime does, and keeps it unless it is a rehearsal.
    func configure(_ change: ConfigurationChange) async throws(ServiceError) -> ConfigurationOutcome {
        let view = try note("configure \(change.device)", about: change.device)
        let desired = script.withLock { script in
            script.changes.append(change)
            return script.desired
        }
        switch change.change(desired) {
        case .failure(let problems): throw .invalidConfiguration(problems)
        case .success(let new):
            if !change.isRehearsal { script.withLock { $0.desired = new } }
            return ConfigurationOutcome(view: view, changed: new.zone == desired.zone ? [] : [.zone])
        }
    }

    func operate(_ request: OperationRequest) async throws(ServiceError) -> OperationRecord {
        _ = try note("operate \(request.device)", about: request.device)
        let record = script.withLock { script in
            script.operations.append(request)
            return script.operation
        }
        guard let record else { throw .unsuitable("the test gave no operation") }
        return record
    }

    func finishedOperation(
        _ id: CommandID, of device: DeviceID, withinMilliseconds milliseconds: Int64
    ) async -> OperationRecord? {
        script.withLock { script in
            script.waits.append(milliseconds)
            return [script.laterOperation, script.operation].compactMap { $0 }.first { $0.operation.id == id }
        }
    }

    func setBroadcastToken(_ token: EmergencyToken?, by operator: String) async throws(ServiceError) {
        let failure = script.withLock { script in
            script.broadcastTokens.append(token)
            return script.failure
        }
        if let failure { throw failure }
    }

    func calibrate(_ request: CalibrationRequest) async throws(ServiceError) -> TwinView {
        let failure = script.withLock { script in
            script.calibrations.append(request)
            return script.calibrationFailure
        }
        if let failure, failure.action == request.action { throw failure.error }
        return try note("calibrate \(request.device)", about: request.device)
    }

    func process(_ call: ProcessingCall) async throws(ServiceError) -> [ProcessedMember] {
        let (failure, members) = script.withLock { script in
            script.calls.append(call)
            return (script.failure, script.processed)
        }
        if let failure { throw failure }
        return members
    }

    func reprocess(_ request: ReprocessingRequest) async throws(ServiceError) -> Reprocessing {
        script.withLock { $0.reprocessings.append(request) }
        _ = try note("reprocess \(request.device)", about: request.device)
        return Reprocessing(
            from: request.from, to: request.to ?? Greenhouse.noon, examined: 10, changed: 3,
            model: ModelStamp(version: 0x1A2B, calibration: 2), by: request.by)
    }

    func relays() async -> [RelayView] { seen.relays }

    func models() async -> CatalogueView {
        let seen = seen
        return CatalogueView(catalogue: seen.catalogue, since: Greenhouse.noon, problems: seen.catalogueProblems)
    }
}
