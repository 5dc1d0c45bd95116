public import TwinCore

extension RuntimeService {
    /// Changes what a device is to be.
    public func configure(_ change: ConfigurationChange) async throws(ServiceError) -> ConfigurationOutcome {
        try await runtime.reply { $0.configure(change, $1) }.get()
    }

    /// Asks a device to do something beside switching outputs.
    public func operate(_ request: OperationRequest) async throws(ServiceError) -> OperationRecord {
        try await runtime.reply { $0.operate(request, $1) }.get()
    }

    /// The operation as it stands, or when it has ended or the time is up.
    public func finishedOperation(
        _ id: CommandID, of device: DeviceID, withinMilliseconds milliseconds: Int64
    ) async -> OperationRecord? {
        await runtime.reply { $0.finishedOperation(id, of: device, withinMilliseconds: milliseconds, $1) }
    }

    /// Sets the secret that broadcasts carry.
    public func setBroadcastToken(_ token: EmergencyToken?, by name: String) async throws(ServiceError) {
        try await runtime.reply { $0.setBroadcastToken(token, by: name, $1) }.get()
    }

    /// The relays that were heard, by name.
    public func relays() async -> [RelayView] { await runtime.relays() }
}

extension RuntimeService {
    /// Takes one step of a sensor's calibration.
    public func calibrate(_ request: CalibrationRequest) async throws(ServiceError) -> TwinView {
        try await runtime.reply { $0.calibrate(request, $1) }.get()
    }

    /// Processes a raw value and stores nothing.
    public func process(_ call: ProcessingCall) async throws(ServiceError) -> [ProcessedMember] {
        try await runtime.process(call, askedAt: runtime.loop.uptimeNanoseconds).get()
    }

    /// Processes stored raw values of a sensor again.
    public func reprocess(_ request: ReprocessingRequest) async throws(ServiceError) -> Reprocessing {
        try await runtime.reply { $0.reprocess(request, $1) }.get()
    }

    /// The models in use.
    public func models() async -> CatalogueView { await runtime.models() }
}
