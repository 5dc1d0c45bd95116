import TwinCore

extension MessageReader {
    /// Reads the payload as what its topic says it is.
    func message(_ subject: Topic.Subject, _ bytes: Span<UInt8>) throws(Refusal) -> DeviceMessage {
        switch subject {
        case .sensorData: .sensor(try sensorReport(bytes))
        case .sensorBatch: .sensorBatch(try sensorBatch(bytes))
        case .measurement: .measured(try measureAnswer(bytes))
        case .processingRequest: .processing(try processingRequest(bytes))
        case .heartbeat: .heartbeat(try heartbeat(bytes))
        case .heartbeatMetrics: .metrics(try heartbeatMetrics(bytes))
        case .announcement: .announcement(try announcement(bytes))
        case .will: .will(try will(bytes))
        case .actuatorStatus: .actuatorStatus(try actuatorStatus(bytes))
        case .actuatorResponse: .actuatorResponse(try actuatorResponse(bytes))
        case .actuatorAlert: .actuatorAlert(try actuatorAlert(bytes))
        case .emergencyAcknowledgement: .emergency(try emergencyAcknowledgement(bytes))
        case .emergencyError: .emergency(try emergencyError(bytes))
        case .emergencyResponse: .emergency(try emergencyResponse(bytes))
        case .recovery: .emergency(try recovery(bytes))
        case .diagnostics: .diagnostics(try diagnostics(bytes))
        case .error: .error(try deviceError(bytes))
        case .queuePressure: .queuePressure(try queuePressure(bytes))
        case .status: .status(try status(bytes))
        case .safeMode: .safeMode(try safeMode(bytes))
        case .credentials: .credentials(try credentials(bytes))
        case .busScan: .busScan(try busScan(bytes))
        case .intentOutcome: .intent(try intentOutcome(bytes))
        case .intentLifecycle: .intentLifecycle(try intentLifecycle(bytes))
        case .configurationResponse: .configuration(try configurationAnswer(bytes))
        case .sensorConfiguration: .configuration(try pinConfigurationAnswer(.sensor, bytes))
        case .actuatorConfiguration: .configuration(try pinConfigurationAnswer(.actuator, bytes))
        case .zoneAnswer: .zone(try zoneAnswer(bytes))
        case .subzoneAnswer: .subzone(try subzoneAnswer(bytes))
        case .subzoneStatus: .subzoneStatus(try subzoneStatus(bytes))
        case .systemAnswer: .system(try systemAnswer(bytes))
        case .library(let step): .library(try library(step, bytes))
        }
    }
}
