import KaiserProtocol
import TwinCore

extension SimulatedDevice {
    /// Sends `library/request` for the library that the personality wants and that is not installed.
    mutating func askForLibrary(at now: Moment, into actions: inout [DeviceAction]) {
        guard personality.usesDocumentedTopics, let name = personality.library, libraries[name] == nil else { return }
        guard download == nil else { return }
        download = LibraryDownload(
            name: name, phase: .requested,
            deadline: now.uptime.advanced(byMilliseconds: Firmware.downloadPatienceMilliseconds))
        requestLibrary(name, at: now, into: &actions)
    }

    /// Takes `library/download_start`: makes room, or says that there is none.
    mutating func takeLibraryStart(
        _ message: borrowing ReceivedPayload, at now: Moment, into actions: inout [DeviceAction]
    ) {
        guard let id = message.name("download_id"), let name = message.name("library_name"),
            let size = message.integer("total_size"), let count = message.integer("total_chunks"),
            let chunkSize = message.integer("chunk_size"), let checksum = message.integer("crc32")
        else {
            refusedMessages += 1
            return failLibrary("invalid_start", "A member is missing", at: now, into: &actions)
        }
        let isPossible =
            (1...Firmware.maximumLibraryBytes).contains(size) && (1...1024).contains(chunkSize)
            && count == (size + chunkSize - 1) / chunkSize
        guard isPossible, let sum = UInt32(exactly: checksum) else {
            return tellReady(id, isReady: false, at: now, into: &actions)
        }
        let plan = LibraryDownload.Plan(
            id: id, version: message.text("version") ?? "", chunkCount: Int(count), byteCount: Int(size), checksum: sum)
        let deadline = now.uptime.advanced(byMilliseconds: Firmware.chunkPatienceMilliseconds)
        if let download, download.phase == .receiving(plan) {
            // The same transfer again goes on where it was.
            self.download?.deadline = deadline
        } else {
            download = LibraryDownload(name: name, phase: .receiving(plan), deadline: deadline)
        }
        tellReady(id, isReady: true, at: now, into: &actions)
    }

    /// Takes `library/chunk`: keeps it when its checksum is right, and says so either way.
    mutating func takeLibraryChunk(
        _ message: borrowing ReceivedPayload, at now: Moment, into actions: inout [DeviceAction]
    ) {
        guard case .receiving(let plan)? = download?.phase, message.text("download_id") == plan.id else {
            return failLibrary("unknown_download", "No such download", at: now, into: &actions)
        }
        let index = message.integer("chunk_index").flatMap { Int(exactly: $0) } ?? -1
        let bytes = ReceivedBase64.decode(message.text("chunk_data") ?? "")
        let isInRange = (0..<plan.chunkCount).contains(index)
        let isRight =
            bytes.map { Int64(ReceivedChecksum.of($0)) == message.integer("chunk_crc32") && $0.count <= 1024 } ?? false
        let isIntact = isInRange && isRight && !happens(personality.damagedChunks)
        if isIntact {
            download?.chunks[index] = bytes
            download?.retries = 0
        }
        download?.deadline = now.uptime.advanced(byMilliseconds: Firmware.chunkPatienceMilliseconds)
        guard passes(.held) else { return }
        var payload = PayloadWriter()
        payload.add("download_id", plan.id)
        payload.add("chunk_index", max(0, index))
        payload.add("received", isInRange)
        payload.add("crc_valid", isIntact)
        if !isIntact { payload.add("error", isInRange ? "crc_error" : "out_of_range") }
        respond("library/chunk_ack", payload, at: now, into: &actions)
    }

    /// Takes `library/download_complete`: installs what is whole, and names what is missing.
    mutating func takeLibraryEnd(
        _ message: borrowing ReceivedPayload, at now: Moment, into actions: inout [DeviceAction]
    ) {
        guard let download, case .receiving(let plan) = download.phase, message.text("download_id") == plan.id else {
            return confirmInstalled(message, at: now, into: &actions)
        }
        let missing = download.missing(of: plan)
        let isIntact = missing.isEmpty && download.isIntact(plan)
        tellFinished(plan.id, isIntact, missing, at: now, into: &actions)
        if isIntact {
            libraries[download.name] = plan.version
            self.download = nil
            tellInstalled(download.name, plan.version, at: now, into: &actions)
        } else if missing.isEmpty {
            // Every chunk was right and the whole is not: nobody can say which one to repeat.
            self.download = nil
        } else {
            self.download?.deadline = now.uptime.advanced(byMilliseconds: Firmware.chunkPatienceMilliseconds)
        }
    }

    /// Ends patience: asks for the library or for the next chunk again, and in the end gives up.
    mutating func waitForLibrary(at now: Moment, into actions: inout [DeviceAction]) {
        guard var waiting = download, waiting.deadline <= now.uptime else { return }
        waiting.retries += 1
        guard waiting.retries <= Firmware.downloadRetries else {
            download = nil
            return abandon(waiting, at: now, into: &actions)
        }
        switch waiting.phase {
        case .requested:
            waiting.deadline = now.uptime.advanced(byMilliseconds: Firmware.downloadPatienceMilliseconds)
            requestLibrary(waiting.name, at: now, into: &actions)
        case .receiving(let plan):
            waiting.deadline = now.uptime.advanced(byMilliseconds: Firmware.chunkPatienceMilliseconds)
            requestChunk(plan, waiting.missing(of: plan).first, at: now, into: &actions)
        }
        download = waiting
    }
}
