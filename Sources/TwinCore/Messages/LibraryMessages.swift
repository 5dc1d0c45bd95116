/// What a device says while it takes in a library (`library/…`).
public enum LibraryMessage: Sendable, Equatable, Codable {
    /// It wants one (`library/request`).
    case requested(name: String, request: String, reason: String)
    /// It has made room, or could not (`library/download_ready`).
    case ready(download: String, isReady: Bool, freeHeapBytes: Int?)
    /// It received a chunk, and its checksum was right or not (`library/chunk_ack`).
    case acknowledged(download: String, chunk: Int, isIntact: Bool)
    /// It wants a chunk again (`library/chunk_request`).
    case chunkRequested(download: String?, chunk: Int, reason: String)
    /// It has everything, or says what it lacks (`library/download_status`).
    case finished(download: String?, isSuccess: Bool, failedChunks: [Int], error: String)
    /// It uses the library (`library/installed`, `library/ready`).
    case installed(name: String?)
    /// It gives up (`library/error`, `library/download_abort`).
    case failed(download: String?, reason: String)
}
