/// A file that devices may ask for, compressed and ready to be sent in chunks.
public struct Library: Sendable, Equatable {
    /// The largest library sent, in bytes as sent.
    public static let maximumBytes = 512 * 1024
    /// How many bytes a chunk holds.
    public static let chunkBytes = 1024

    /// Its name: 1 to 32 of `a-z 0-9 _`.
    public let name: String
    /// Its version, for people.
    public let version: String
    /// Its bytes, compressed (RFC 1950).
    public let bytes: [UInt8]
    /// How many bytes it has when unpacked.
    public let unpackedCount: Int
    /// CRC-32 of the bytes as sent.
    public let checksum: UInt32

    /// Puts a library together.
    public init(name: String, version: String, bytes: [UInt8] = [], unpackedCount: Int, checksum: UInt32) {
        self.name = name
        self.version = version
        self.bytes = bytes
        self.unpackedCount = unpackedCount
        self.checksum = checksum
    }
}

/// A library on its way to a device; changed by its facts alone.
public struct LibraryTransfer: Sendable, Equatable, Codable {
    /// What was announced.
    public struct Plan: Sendable, Equatable, Codable {
        /// The transfer's id, echoed by the device.
        public let id: CommandID
        /// The device's request.
        public let request: String
        /// Which library.
        public let name: String
        /// Which version.
        public let version: String
        /// CRC-32 of all bytes; a library that changed meanwhile is not sent on.
        public let checksum: UInt32
        /// How many bytes.
        public let byteCount: Int
        /// How many chunks.
        public let chunkCount: Int

        /// Puts a plan together.
        public init(
            id: CommandID, request: String, name: String, version: String, checksum: UInt32, byteCount: Int,
            chunkCount: Int
        ) {
            self.id = id
            self.request = request
            self.name = name
            self.version = version
            self.checksum = checksum
            self.byteCount = byteCount
            self.chunkCount = chunkCount
        }
    }
}
