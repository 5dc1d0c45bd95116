import TwinCore

/// A library on its way into the device.
struct LibraryDownload: Sendable, Equatable {
    /// Where it stands.
    enum Phase: Sendable, Equatable {
        /// It was asked for. Next: receiving, asked again, given up.
        case requested
        /// It has begun. Next: installed, given up.
        case receiving(Plan)
    }

    /// What the server announced.
    struct Plan: Sendable, Equatable {
        let id: String
        let version: String
        let chunkCount: Int
        let byteCount: Int
        let checksum: UInt32
    }

    /// Its name.
    let name: String
    /// Where it stands.
    var phase: Phase
    /// When patience ends.
    var deadline: Uptime
    /// How often patience ended in this phase.
    var retries = 0
    /// The chunks that arrived intact.
    var chunks: [Int: [UInt8]] = [:]

    /// The lowest chunks that are missing.
    func missing(of plan: Plan) -> [Int] {
        Array((0..<plan.chunkCount).lazy.filter { chunks[$0] == nil }.prefix(Firmware.listedFailures))
    }

    /// Whether all chunks together are what was announced.
    func isIntact(_ plan: Plan) -> Bool {
        let bytes = (0..<plan.chunkCount).flatMap { chunks[$0] ?? [] }
        return bytes.count == plan.byteCount && ReceivedChecksum.of(bytes) == plan.checksum
    }
}
