import KaiserProtocol
import TwinCore

extension SimulatedDevice {
    /// Takes `system/heartbeat/ack`.
    ///
    /// An acknowledgement without status or epoch, or with epoch 0, breaks the contract and is ignored. So is another
    /// epoch than the connection's own, until the device is registered.
    mutating func takeAcknowledgement(
        _ message: borrowing ReceivedPayload, at now: Moment, into actions: inout [DeviceAction]
    ) {
        guard let session else { return }
        guard let status = message.text("status") else { return rejectContract("MISSING_STATUS") }
        guard let epoch = message.integer("handover_epoch"), epoch >= 1 else {
            return rejectContract("MISSING_EPOCH")
        }
        guard session.isRegistered && !isOffline || epoch == Int64(handoverEpoch) else {
            return rejectContract("EPOCH_MISMATCH")
        }
        // An approval state is the device's to keep; "offline" and the like say nothing about it.
        let newStanding: Standing
        switch status {
        case "approved", "online": newStanding = .operational
        case "pending_approval": newStanding = .pendingApproval
        case "rejected", "error", "deleted": newStanding = .error
        case "offline": newStanding = standing
        default: return rejectContract("UNKNOWN_STATUS")
        }
        if !specification.hasNetworkTime, let seconds = message.integer("server_time"), seconds > 0 {
            adoptedClock = seconds * 1000 - now.uptime.milliseconds
        }
        acknowledge(as: newStanding, at: now, into: &actions)
    }

    /// Takes `kaiser/{kaiser}/server/status`: a server that says it is gone need not be waited for.
    mutating func takeServerStatus(
        _ message: borrowing ReceivedPayload, at now: Moment, into actions: inout [DeviceAction]
    ) {
        guard let session else { return }
        guard let status = message.text("status"), status == "online" || status == "offline" else {
            refusedMessages += 1
            return
        }
        guard status == "offline" else { return }
        // Right after connecting the broker still delivers what it retained of a server that may be back already.
        let age = now.uptime.milliseconds(since: session.since)
        if !session.isRegistered, age < Firmware.staleServerStatusMilliseconds { return }
        goOffline(at: now, into: &actions)
    }

    /// Gives the server up: every output goes to its default state, which is off unless it was configured otherwise.
    mutating func goOffline(at now: Moment, into actions: inout [DeviceAction]) {
        switch link {
        case .down: link = .down(offlineAt: nil)
        case .up: session?.offlineAt = nil
        }
        // A command may have switched an output on while the device was offline already.
        forceOutputsOff(at: now, into: &actions)
        guard !isOffline else { return }
        driveDefaults(at: now, into: &actions)
        isOffline = true
        counters.offlineEntries += 1
    }

    private mutating func acknowledge(as newStanding: Standing, at now: Moment, into actions: inout [DeviceAction]) {
        if standing != newStanding { hurryDiagnostics(at: now) }
        standing = newStanding
        isOffline = false
        session?.isAcknowledged = true
        session?.offlineAt = now.uptime.advanced(byMilliseconds: Firmware.acknowledgementPatienceMilliseconds)
        switch newStanding {
        case .operational:
            guard session?.isRegistered == false else { return }
            register(at: now, into: &actions)
        case .pendingApproval:
            // The acknowledgement is valid and ends the quick heartbeats, but the device stays in PENDING_APPROVAL, where
            // it measures nothing and takes no command: only "approved" and "online" lead to OPERATIONAL and open the gate.
            session?.isRegistered = false
        case .error:
            // The protocol does not say what a refused device does with its outputs. It can no longer be commanded, so
            // anything but off could not be undone from outside.
            forceOutputsOff(at: now, into: &actions)
            session?.isRegistered = false
        }
    }

    private mutating func register(at now: Moment, into actions: inout [DeviceAction]) {
        session?.isRegistered = true
        completedEpoch = handoverEpoch
        if handoverEpoch > 1 { counters.adoptions += 1 }
        for index in nextReadings.indices { rescheduleReading(index, after: now.uptime) }
        reportOutputs(at: now, into: &actions)
        if awaitsConfiguration {
            tellConfigurationPending(
                "entered_config_pending", reason: "RUNTIME_CONFIG_LOST", trigger: "boot", before: "BOOT", at: now,
                into: &actions)
        }
        askForLibrary(at: now, into: &actions)
        reportStatus(at: now, into: &actions)
    }

    /// Switches on what is configured to be on while nobody commands it.
    private mutating func driveDefaults(at now: Moment, into actions: inout [DeviceAction]) {
        guard !isEmergencyStopped, !isInSafeMode else { return }
        for index in outputs.indices where outputs[index].defaultLevel > 0 && !outputs[index].isEmergencyStopped {
            guard !configuration.isIsolated(outputs[index].gpio, in: outputs[index].subzone) else { continue }
            advanceGreenhouse(to: now)
            guard outputs[index].drive(to: outputs[index].defaultLevel, at: now.uptime) else { continue }
            report(index, at: now, into: &actions)
        }
    }

    private mutating func forceOutputsOff(at now: Moment, into actions: inout [DeviceAction]) {
        for index in outputs.indices where outputs[index].isOn {
            switchOff(index, at: now)
            alert(index, "safety_forced_off", "Output forced to its default state", at: now, into: &actions)
            report(index, at: now, into: &actions)
        }
    }

    private mutating func rejectContract(_ reason: String) {
        refusedMessages += 1
        counters.contractRejects += 1
        counters.lastContractReject = reason
    }
}
