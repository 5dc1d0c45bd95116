import Foundation
import Synchronization

/// TCP ports of loopback for servers of tests.
enum Port {
    // Below the range from which the system gives ports to clients, so that nobody gets one in between.
    private static let latest = Mutex(29_000 + Int(getpid()) % 3_000)

    /// A port on which nobody listens, and which no other test of this run gets.
    static func take() throws -> Int {
        try latest.withLock { latest in
            for _ in 0..<500 {
                latest += 1
                if let listener = try? Listener(latest) {
                    listener.close()
                    return latest
                }
            }
            throw POSIXError(.EADDRINUSE)
        }
    }

    /// Whether somebody takes connections.
    static func isServed(_ port: Int) -> Bool {
        let client = socket(AF_INET, streamKind, 0)
        defer { _ = close(client) }
        return connectToLoopback(client, port) == 0
    }
}

/// Connects a socket, or begins to where it does not block.
@discardableResult
func connectToLoopback(_ socket: Int32, _ port: Int) -> Int32 {
    unsafe withLoopback(port) { unsafe connect(socket, $0, $1) }
}

/// A socket that listens on loopback and never answers.
final class Listener: Sendable {
    private let descriptor: Int32

    /// Listens.
    ///
    /// - Throws: When somebody else does.
    init(_ port: Int) throws {
        descriptor = socket(AF_INET, streamKind, 0)
        var yes: Int32 = 1
        unsafe _ = setsockopt(descriptor, SOL_SOCKET, SO_REUSEADDR, &yes, socklen_t(MemoryLayout<Int32>.size))
        let bound = unsafe withLoopback(port) { unsafe bind(descriptor, $0, $1) }
        guard bound == 0, listen(descriptor, 1) == 0 else {
            let code = POSIXErrorCode(rawValue: errno) ?? .EADDRINUSE
            _ = Foundation.close(descriptor)
            throw POSIXError(code)
        }
    }

    /// Frees the port; once.
    func close() { _ = Foundation.close(descriptor) }
}

#if canImport(Glibc)
private let streamKind = Int32(SOCK_STREAM.rawValue | SOCK_CLOEXEC.rawValue)
#else
private let streamKind = SOCK_STREAM
#endif

private func withLoopback<T>(_ port: Int, _ body: (UnsafePointer<sockaddr>, socklen_t) -> T) -> T {
    var address = sockaddr_in()
    address.sin_family = sa_family_t(AF_INET)
    address.sin_port = in_port_t(UInt16(port)).bigEndian
    address.sin_addr = in_addr(s_addr: UInt32(0x7f00_0001).bigEndian)
    return unsafe withUnsafePointer(to: &address) { pointer in
        unsafe pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) {
            unsafe body($0, socklen_t(MemoryLayout<sockaddr_in>.size))
        }
    }
}
