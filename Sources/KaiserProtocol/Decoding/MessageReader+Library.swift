import TwinCore

extension MessageReader {
    /// The most chunks a library has.
    private static let maximumChunks = Library.maximumBytes / Library.chunkBytes
    private static let chunkRange = 0...maximumChunks - 1

    /// Reads a step of the transfer of a library.
    func library(_ step: Topic.LibraryStep, _ bytes: Span<UInt8>) throws(Refusal) -> LibraryMessage {
        try checkDevice(isRequired: false, bytes)
        return switch step {
        case .request: try libraryRequest(bytes)
        case .ready: try libraryReady(bytes)
        case .chunkAcknowledgement: try chunkAcknowledgement(bytes)
        case .chunkRequest: try chunkRequest(bytes)
        case .finished: try downloadStatus(bytes)
        case .installed: try libraryInstalled(bytes)
        case .error: try libraryError(bytes)
        case .abort: try downloadAbort(bytes)
        }
    }

    /// Reads `library/request`.
    private func libraryRequest(_ bytes: Span<UInt8>) throws(Refusal) -> LibraryMessage {
        .requested(
            name: try Self.required(try word("library_name", bytes), "library_name"),
            request: try Self.required(try word("request_id", bytes), "request_id"),
            reason: try freeText("reason", bytes))
    }

    /// Reads `library/download_ready`.
    private func libraryReady(_ bytes: Span<UInt8>) throws(Refusal) -> LibraryMessage {
        let isReady = try Self.required(try object.boolean("ready", in: bytes), "ready")
        let hasRoom = try object.boolean("buffer_allocated", in: bytes) ?? true
        return .ready(
            download: try Self.required(try word("download_id", bytes), "download_id"), isReady: isReady && hasRoom,
            freeHeapBytes: try either("free_heap", "heap_free", Self.counterRange, bytes))
    }

    /// Reads `library/chunk_ack`.
    private func chunkAcknowledgement(_ bytes: Span<UInt8>) throws(Refusal) -> LibraryMessage {
        let isReceived = try object.boolean("received", in: bytes) ?? true
        let isIntact = try Self.required(try object.boolean("crc_valid", in: bytes), "crc_valid")
        return .acknowledged(
            download: try Self.required(try word("download_id", bytes), "download_id"), chunk: try chunk(bytes),
            isIntact: isReceived && isIntact)
    }

    /// Reads `library/chunk_request`.
    private func chunkRequest(_ bytes: Span<UInt8>) throws(Refusal) -> LibraryMessage {
        .chunkRequested(
            download: try word("download_id", bytes), chunk: try chunk(bytes), reason: try freeText("reason", bytes))
    }

    /// Reads `library/download_status`.
    private func downloadStatus(_ bytes: Span<UInt8>) throws(Refusal) -> LibraryMessage {
        let isSuccess = try Self.required(try object.boolean("success", in: bytes), "success")
        let isIntact = try object.boolean("crc_valid", in: bytes) ?? true
        var failed: [Int] = []
        if let list = try object.array("failed_chunks", maximum: Self.maximumChunks, in: bytes) {
            for index in 0..<list.count { failed.append(try list.integer(index, Self.chunkRange, in: bytes)) }
        }
        return .finished(
            download: try word("download_id", bytes), isSuccess: isSuccess && isIntact && failed.isEmpty,
            failedChunks: failed, error: try freeText("error", bytes))
    }

    /// Reads `library/installed` or `library/ready`.
    private func libraryInstalled(_ bytes: Span<UInt8>) throws(Refusal) -> LibraryMessage {
        .installed(name: try word("library_name", bytes))
    }

    /// Reads `library/error`.
    private func libraryError(_ bytes: Span<UInt8>) throws(Refusal) -> LibraryMessage {
        let type = try word("error_type", bytes) ?? ""
        let message = try freeText("error_message", bytes)
        return .failed(
            download: try word("download_id", bytes),
            reason: type.isEmpty || message.isEmpty ? type + message : "\(type): \(message)")
    }

    /// Reads `library/download_abort`.
    private func downloadAbort(_ bytes: Span<UInt8>) throws(Refusal) -> LibraryMessage {
        .failed(download: try word("download_id", bytes), reason: try freeText("reason", bytes))
    }

    private func chunk(_ bytes: Span<UInt8>) throws(Refusal) -> Int {
        try Self.required(try object.integer("chunk_index", Self.chunkRange, in: bytes), "chunk_index")
    }
}
