import Foundation

/// The service manager's end of the notify protocol: a datagram socket that words arrive at.
final class NotifySocket: Sendable {
    /// What `NOTIFY_SOCKET` has to be.
    let address: String
    private let descriptor: Int32

    /// Listens at a path, or, where the address begins with `@`, under an abstract name.
    init(_ address: String) throws {
        self.address = address
        descriptor = socket(AF_UNIX, Int32(SOCK_DGRAM.rawValue | SOCK_CLOEXEC.rawValue | SOCK_NONBLOCK.rawValue), 0)
        var socketAddress = sockaddr_un()
        socketAddress.sun_family = sa_family_t(AF_UNIX)
        let name = Array(address.utf8)
        unsafe withUnsafeMutableBytes(of: &socketAddress.sun_path) { path in
            unsafe path.copyBytes(from: name)
            if name.first == UInt8(ascii: "@") { unsafe path[0] = 0 }
        }
        let length = socklen_t(MemoryLayout<sa_family_t>.size + name.count)
        let bound = unsafe withUnsafePointer(to: &socketAddress) { pointer in
            unsafe pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) { unsafe bind(descriptor, $0, length) }
        }
        guard bound == 0 else { throw POSIXError(POSIXErrorCode(rawValue: errno) ?? .EIO) }
    }

    deinit { close(descriptor) }

    /// The datagrams that have arrived since the last look, each as its lines.
    func read() -> [[String]] {
        var datagrams: [[String]] = []
        while true {
            var bytes = [UInt8](repeating: 0, count: 4096)
            let count = unsafe recv(descriptor, &bytes, bytes.count, 0)
            guard count >= 0 else { return datagrams }
            let text = String(decoding: bytes.prefix(count), as: UTF8.self)
            datagrams.append(text.split(separator: "\n").map(String.init))
        }
    }

    /// The lines that have arrived since the last look.
    func lines() -> [String] { read().flatMap(\.self) }
}
