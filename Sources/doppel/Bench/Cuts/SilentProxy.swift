import Foundation
import Glibc
import Synchronization

/// Passes TCP connections on to a port of loopback, until it is told to fall silent: then it closes nothing, and passes
/// nothing on.
///
/// Two threads a connection: a benchmark has a few dozen, and what blocks them blocks nothing else.
final class SilentProxy: Sendable {
    /// How often a silent proxy looks whether it may go on, in microseconds.
    private static let pauseMicroseconds: UInt32 = 5000
    private static let bufferBytes = 65_536

    /// Where it listens.
    let port: Int
    private let target: Int
    private let listener: Int32
    private let isSilent = Mutex(false)
    private let isClosed = Mutex(false)

    /// Listens on a free port of loopback.
    init(to target: Int) throws {
        self.target = target
        listener = socket(AF_INET, Int32(SOCK_STREAM.rawValue), 0)
        let chosen = unsafe Self.withAddress(0) { [listener] address, size -> Int? in
            guard unsafe bind(listener, address, size) == 0, listen(listener, 512) == 0 else { return nil }
            var bound = sockaddr_in()
            var size = size
            let code = unsafe withUnsafeMutablePointer(to: &bound) { pointer in
                unsafe pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) {
                    unsafe getsockname(listener, $0, &size)
                }
            }
            return code == 0 ? Int(UInt16(bigEndian: bound.sin_port)) : nil
        }
        guard let chosen else { throw BenchChild.Silence(description: "the system has no free port for a proxy") }
        port = chosen
        Thread { [self] in accept() }.start()
    }

    /// Falls silent, or goes on with whatever came meanwhile.
    func setSilent(_ isSilent: Bool) { self.isSilent.withLock { $0 = isSilent } }

    /// Takes no more connections; those there are end with their ends.
    func close() {
        isClosed.withLock { $0 = true }
        shutdown(listener, Int32(SHUT_RDWR))
    }

    private func accept() {
        while !isClosed.withLock({ $0 }) {
            waitWhileSilent()
            let near = Glibc.accept(listener, nil, nil)
            guard near >= 0 else { continue }
            waitWhileSilent()
            let far = socket(AF_INET, Int32(SOCK_STREAM.rawValue), 0)
            guard unsafe Self.withAddress(target, { unsafe connect(far, $0, $1) }) == 0 else {
                _ = Glibc.close(near)
                _ = Glibc.close(far)
                continue
            }
            let ends = Mutex(2)
            let done: @Sendable () -> Void = {
                shutdown(near, Int32(SHUT_RDWR))
                shutdown(far, Int32(SHUT_RDWR))
                let isLast = ends.withLock { count in
                    count -= 1
                    return count == 0
                }
                guard isLast else { return }
                _ = Glibc.close(near)
                _ = Glibc.close(far)
            }
            Thread { [self] in pass(near, far, done) }.start()
            Thread { [self] in pass(far, near, done) }.start()
        }
        _ = Glibc.close(listener)
    }

    private func pass(_ source: Int32, _ sink: Int32, _ done: () -> Void) {
        var buffer = [UInt8](repeating: 0, count: Self.bufferBytes)
        while true {
            let count = unsafe recv(source, &buffer, buffer.count, 0)
            waitWhileSilent()
            guard count > 0 else { break }
            var sent = 0
            while sent < count {
                let written = unsafe buffer.withUnsafeBytes { bytes in
                    guard let start = bytes.baseAddress else { return 0 }
                    return unsafe send(sink, start + sent, count - sent, Int32(MSG_NOSIGNAL))
                }
                guard written > 0 else { return done() }
                sent += written
            }
        }
        done()
    }

    private func waitWhileSilent() {
        while isSilent.withLock({ $0 }), !isClosed.withLock({ $0 }) { usleep(Self.pauseMicroseconds) }
    }

    private static func withAddress<T>(_ port: Int, _ body: (UnsafePointer<sockaddr>, socklen_t) -> T) -> T {
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
}
