import Foundation
import Synchronization

/// A socket that listens on loopback and never accepts: the kernel's queue for it can be filled.
@safe final class DeafListener: @unchecked Sendable {
    let port: UInt16
    private let listener: Int32
    private var fillers: [Int32] = []

    /// Listens, and connects until the queue is full, so that the next connection hangs.
    init() throws {
        (listener, port) = try listeningSocket(backlog: 0)
        for _ in 0..<8 {
            let filler = socket(AF_INET, streamKind, 0)
            _ = fcntl(filler, F_SETFL, O_NONBLOCK)
            _ = unsafe withLoopback(port) { unsafe connect(filler, $0, $1) }
            fillers.append(filler)
        }
    }

    /// Closes everything; the connection that hangs is refused at its next attempt.
    func close() {
        _ = Foundation.close(listener)
        for filler in fillers { _ = Foundation.close(filler) }
        fillers = []
    }
}

// Below the range from which the system gives ports to clients, so that nobody gets one in between.
private let latestPort = Mutex(UInt16(12_000 + getpid() % 6_000))

/// A port of loopback that nobody listens on, and that no other test of this run gets.
func freePort() throws -> UInt16 {
    try latestPort.withLock { latest in
        for _ in 0..<500 {
            latest += 1
            guard let listener = try? listeningSocket(on: latest, backlog: 1) else { continue }
            _ = close(listener.descriptor)
            return latest
        }
        throw POSIXError(.EADDRINUSE)
    }
}

/// Whether somebody listens.
func canConnect(to port: UInt16) -> Bool {
    let client = socket(AF_INET, streamKind, 0)
    defer { _ = close(client) }
    return unsafe withLoopback(port) { unsafe connect(client, $0, $1) } == 0
}

/// How many connections to a port this process has open; other tests of the process have other ports.
func openConnections(to port: UInt16) throws -> Int {
    try FileManager.default.contentsOfDirectory(atPath: "/proc/self/fd").count { name in
        guard let descriptor = Int32(name) else { return false }
        var peer = sockaddr_in()
        var length = socklen_t(MemoryLayout<sockaddr_in>.size)
        let result = unsafe withUnsafeMutablePointer(to: &peer) { pointer in
            unsafe pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) {
                unsafe getpeername(descriptor, $0, &length)
            }
        }
        return result == 0 && peer.sin_family == sa_family_t(AF_INET) && UInt16(bigEndian: peer.sin_port) == port
    }
}

#if canImport(Glibc)
// A broker that another test starts would otherwise inherit a port's listener, and keep the port.
private let streamKind = Int32(SOCK_STREAM.rawValue | SOCK_CLOEXEC.rawValue)
#else
private let streamKind = SOCK_STREAM
#endif

/// A socket that listens on a port; 0 is any that is free.
private func listeningSocket(on wanted: UInt16 = 0, backlog: Int32) throws -> (descriptor: Int32, port: UInt16) {
    let listener = socket(AF_INET, streamKind, 0)
    guard unsafe withLoopback(wanted, { unsafe bind(listener, $0, $1) }) == 0, listen(listener, backlog) == 0 else {
        let code = POSIXErrorCode(rawValue: errno) ?? .EIO
        _ = close(listener)
        throw POSIXError(code)
    }
    var address = sockaddr_in()
    var length = socklen_t(MemoryLayout<sockaddr_in>.size)
    let result = unsafe withUnsafeMutablePointer(to: &address) { pointer in
        unsafe pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) {
            unsafe getsockname(listener, $0, &length)
        }
    }
    guard result == 0 else { throw POSIXError(POSIXErrorCode(rawValue: errno) ?? .EIO) }
    return (listener, UInt16(bigEndian: address.sin_port))
}

private func withLoopback<T>(_ port: UInt16, _ body: (UnsafePointer<sockaddr>, socklen_t) -> T) -> T {
    var address = sockaddr_in()
    address.sin_family = sa_family_t(AF_INET)
    address.sin_port = port.bigEndian
    address.sin_addr = in_addr(s_addr: UInt32(0x7F00_0001).bigEndian)
    return unsafe withUnsafePointer(to: &address) { pointer in
        unsafe pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) {
            unsafe body($0, socklen_t(MemoryLayout<sockaddr_in>.size))
        }
    }
}
