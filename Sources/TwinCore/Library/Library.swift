/// A file that devices may ask for, compressed and ready to be sent in chunks.
public struct Library: Sendable, Equatable {
    /// The largest library sent, in bytes as sent.
    public static let maximumBytes = 512 * 1024
    /// How many bytes a chunk holds.
    public static let chunkBytes = 1024
    /// The most chunks a library has.
    public static let maximumChunks = maximumBytes / chunkBytes

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

    /// How many chunks its bytes fill; the last one may be shorter.
    public var chunkCount: Int { (bytes.count + Self.chunkBytes - 1) / Self.chunkBytes }

    /// One chunk's bytes; `nil` when there is no such chunk.
    public func chunk(_ index: Int) -> [UInt8]? {
        guard (0..<chunkCount).contains(index) else { return nil }
        let start = index * Self.chunkBytes
        return Array(bytes[start..<min(start + Self.chunkBytes, bytes.count)])
    }
}

/// A library on its way to a device; changed by its facts alone.
public struct LibraryTransfer: Sendable, Equatable, Codable {
    /// What was announced.
    public struct Plan: Sendable, Equatable, Codable {
        /// The transfer's id, echoed by the device.
        public let id: CommandID
        /// The device's latest request for it, which the announcement repeats.
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
        /// How many bytes the library has when unpacked.
        public let unpackedCount: Int

        /// Puts a plan together.
        public init(
            id: CommandID, request: String, name: String, version: String, checksum: UInt32, byteCount: Int,
            chunkCount: Int, unpackedCount: Int
        ) {
            self.id = id
            self.request = request
            self.name = name
            self.version = version
            self.checksum = checksum
            self.byteCount = byteCount
            self.chunkCount = chunkCount
            self.unpackedCount = unpackedCount
        }

        /// What is announced to a device that asked for a library.
        init(_ library: Library, id: CommandID, request: String) {
            self.init(
                id: id, request: request, name: library.name, version: library.version, checksum: library.checksum,
                byteCount: library.bytes.count, chunkCount: library.chunkCount, unpackedCount: library.unpackedCount)
        }

        /// Whether a library is still the one that was announced.
        func isOf(_ library: Library) -> Bool {
            name == library.name && checksum == library.checksum && byteCount == library.bytes.count
        }
    }
}
