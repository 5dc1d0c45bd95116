import Foundation

/// A TCP port on 127.0.0.1, asked about with blocking calls; on loopback they answer at once.
struct LoopbackPort: Sendable {
    /// The port, 1 to 65535; 0 only for ``isFree``, which is then about any port.
    let number: Int

    /// Whether a server could listen there now.
    ///
    /// Connections that are only fading away do not count.
    var isFree: Bool {
        withSocket { descriptor in
            var yes: Int32 = 1
            let size = socklen_t(MemoryLayout<Int32>.size)
            guard unsafe setsockopt(descriptor, SOL_SOCKET, SO_REUSEADDR, &yes, size) == 0 else { return false }
            return unsafe withAddress { unsafe bind(descriptor, $0, $1) } == 0 && listen(descriptor, 1) == 0
        }
    }

    /// A port that is free now, chosen by the system; `nil` when there is none.
    static var anyFree: Int? {
        var chosen: Int?
        _ = LoopbackPort(number: 0).withSocket { descriptor in
            guard unsafe LoopbackPort(number: 0).withAddress({ unsafe bind(descriptor, $0, $1) }) == 0 else {
                return false
            }
            var address = sockaddr_in()
            var size = socklen_t(MemoryLayout<sockaddr_in>.size)
            let code = unsafe withUnsafeMutablePointer(to: &address) { pointer in
                unsafe pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) {
                    unsafe getsockname(descriptor, $0, &size)
                }
            }
            if code == 0 { chosen = Int(UInt16(bigEndian: address.sin_port)) }
            return code == 0
        }
        return chosen
    }

    /// Whether a server takes a connection there now.
    var isServed: Bool {
        withSocket { descriptor in unsafe withAddress { unsafe connect(descriptor, $0, $1) } == 0 }
    }

    private func withSocket(_ body: (Int32) -> Bool) -> Bool {
        let descriptor = socket(AF_INET, Int32(SOCK_STREAM.rawValue | SOCK_CLOEXEC.rawValue), 0)
        guard descriptor >= 0 else { return false }
        defer { close(descriptor) }
        return body(descriptor)
    }

    private func withAddress(_ body: (UnsafePointer<sockaddr>, socklen_t) -> Int32) -> Int32 {
        var address = sockaddr_in()
        address.sin_family = sa_family_t(AF_INET)
        address.sin_port = in_port_t(UInt16(number)).bigEndian
        address.sin_addr = in_addr(s_addr: UInt32(0x7f00_0001).bigEndian)
        return unsafe withUnsafePointer(to: &address) { pointer in
            unsafe pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) {
                unsafe body($0, socklen_t(MemoryLayout<sockaddr_in>.size))
            }
        }
    }
}
