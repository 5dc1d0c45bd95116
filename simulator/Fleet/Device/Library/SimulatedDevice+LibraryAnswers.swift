import KaiserProtocol
import TwinCore

extension SimulatedDevice {
    /// Sends `library/request`.
    mutating func requestLibrary(_ name: String, at now: Moment, into actions: inout [DeviceAction]) {
        var payload = libraryMessage(at: now)
        payload.add("library_name", name)
        payload.add("request_id", "\(clientID)-b\(bootCount)-\(name)")
        payload.add("reason", "sensor_config_requires_library")
        sendHeld("library/request", payload, into: &actions)
    }

    /// Sends `library/download_ready`.
    mutating func tellReady(_ id: String, isReady: Bool, at now: Moment, into actions: inout [DeviceAction]) {
        var payload = libraryMessage(at: now)
        payload.add("download_id", id)
        payload.add("ready", isReady)
        payload.add("buffer_allocated", isReady)
        payload.add("free_heap", 171_000)
        respondHeld("library/download_ready", payload, at: now, into: &actions)
    }

    /// Sends `library/download_status`.
    mutating func tellFinished(
        _ id: String, _ isIntact: Bool, _ missing: [Int], at now: Moment, into actions: inout [DeviceAction]
    ) {
        var payload = libraryMessage(at: now)
        payload.add("download_id", id)
        payload.add("success", isIntact)
        payload.add("crc_valid", isIntact)
        if isIntact {
            payload.add("installed", true)
        } else {
            payload.add("error", missing.isEmpty ? "crc_error" : "missing_chunks")
            payload.add("request_retransmit", !missing.isEmpty)
            payload.add("failed_chunks", numbers: missing)
        }
        respondHeld("library/download_status", payload, at: now, into: &actions)
    }

    /// Sends `library/installed`.
    mutating func tellInstalled(
        _ name: String, _ version: String, at now: Moment, into actions: inout [DeviceAction]
    ) {
        var payload = libraryMessage(at: now)
        payload.add("library_name", name)
        payload.add("version", version)
        respondHeld("library/installed", payload, at: now, into: &actions)
    }

    /// Answers the end of a transfer that is over: its answer was lost, or there never was one.
    mutating func confirmInstalled(
        _ message: borrowing ReceivedPayload, at now: Moment, into actions: inout [DeviceAction]
    ) {
        guard let id = message.name("download_id"), let name = message.text("library_name"), libraries[name] != nil
        else { return failLibrary("unknown_download", "No such download", at: now, into: &actions) }
        tellFinished(id, true, [], at: now, into: &actions)
    }

    /// Sends `library/error`.
    mutating func failLibrary(
        _ type: String, _ words: String, at now: Moment, into actions: inout [DeviceAction]
    ) {
        guard passes(.free) else { return }
        var payload = libraryMessage(at: now)
        payload.add("error_type", type)
        payload.add("error_message", words)
        respond("library/error", payload, at: now, into: &actions)
    }

    /// Sends `library/chunk_request`, or asks for nothing when only the end is missing.
    mutating func requestChunk(
        _ plan: LibraryDownload.Plan, _ chunk: Int?, at now: Moment, into actions: inout [DeviceAction]
    ) {
        guard let chunk else { return }
        var payload = libraryMessage(at: now)
        payload.add("download_id", plan.id)
        payload.add("chunk_index", chunk)
        payload.add("reason", "timeout")
        sendHeld("library/chunk_request", payload, into: &actions)
    }

    /// Says that a transfer is given up.
    mutating func abandon(_ download: LibraryDownload, at now: Moment, into actions: inout [DeviceAction]) {
        switch download.phase {
        case .requested: failLibrary("timeout", "Nobody sends \(download.name)", at: now, into: &actions)
        case .receiving(let plan):
            var payload = libraryMessage(at: now)
            payload.add("download_id", plan.id)
            payload.add("reason", "timeout")
            sendHeld("library/download_abort", payload, into: &actions)
        }
    }

    private func libraryMessage(at now: Moment) -> PayloadWriter {
        var payload = PayloadWriter()
        payload.add("ts", seconds(at: now))
        payload.add("esp_id", clientID)
        return payload
    }

    private func sendHeld(_ subtopic: String, _ payload: PayloadWriter, into actions: inout [DeviceAction]) {
        if passes(.held) { send(subtopic, payload, into: &actions) }
    }

    private mutating func respondHeld(
        _ subtopic: String, _ payload: PayloadWriter, at now: Moment, into actions: inout [DeviceAction]
    ) {
        if passes(.held) { respond(subtopic, payload, at: now, into: &actions) }
    }
}
