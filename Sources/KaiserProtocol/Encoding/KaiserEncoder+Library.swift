import TwinCore

extension KaiserEncoder {
    /// How a library's bytes are packed: a stream of RFC 1950, which HTTP calls by this word too.
    static let libraryEncoding = "deflate"

    /// `library/download_start`, `library/chunk` and `library/download_complete`.
    ///
    /// Each is sent again when no answer comes, so the broker drops one that was not delivered until then: a device
    /// that was away does not find the same chunk several times.
    static func library(_ order: LibraryOrder, at address: DeviceAddress) -> OutboundMessage {
        switch order {
        case .begin(let plan):
            message("download_start", libraryStart(plan), LibraryTransferState.readyMilliseconds, address)
        case .chunk(let plan, let index, let bytes):
            message("chunk", libraryChunk(plan, index, bytes), LibraryTransferState.chunkMilliseconds, address)
        case .complete(let plan):
            message("download_complete", libraryEnd(plan), LibraryTransferState.checkMilliseconds, address)
        }
    }

    /// Sizes and checksum are those of the bytes as sent; a device that unpacks needs the size afterwards too.
    private static func libraryStart(_ plan: LibraryTransfer.Plan) -> JSONWriter {
        var object = JSONWriter()
        object.member("request_id", plan.request)
        object.member("library_name", plan.name)
        object.member("version", plan.version)
        object.member("total_size", plan.byteCount)
        object.member("total_chunks", plan.chunkCount)
        object.member("chunk_size", Library.chunkBytes)
        object.member("crc32", plan.checksum)
        object.member("download_id", plan.id.description)
        object.member("encoding", libraryEncoding)
        object.member("uncompressed_size", plan.unpackedCount)
        return object
    }

    /// The checksum is that of the chunk's bytes, before they became text.
    private static func libraryChunk(_ plan: LibraryTransfer.Plan, _ index: Int, _ bytes: [UInt8]) -> JSONWriter {
        var object = JSONWriter()
        object.member("download_id", plan.id.description)
        object.member("library_name", plan.name)
        object.member("chunk_index", index)
        object.member("total_chunks", plan.chunkCount)
        object.member("chunk_data", Base64.encode(bytes))
        object.member("chunk_crc32", CRC32.of(bytes))
        return object
    }

    private static func libraryEnd(_ plan: LibraryTransfer.Plan) -> JSONWriter {
        var object = JSONWriter()
        object.member("download_id", plan.id.description)
        object.member("library_name", plan.name)
        object.member("total_chunks", plan.chunkCount)
        object.member("crc32", plan.checksum)
        return object
    }

    private static func message(
        _ name: String, _ object: JSONWriter, _ patienceMilliseconds: Int64, _ address: DeviceAddress
    ) -> OutboundMessage {
        OutboundMessage(
            topic: topic(address, "library/\(name)"), payload: object.finished(), qos: 1,
            expirySeconds: expirySeconds(patienceMilliseconds))
    }
}
