import Glibc

/// The service manager that started the program, told how it goes in systemd's notify protocol (`sd_notify(3)`).
///
/// A word is one datagram to the socket that `NOTIFY_SOCKET` names; nothing comes back, and nobody waits.
struct ServiceManager: Sendable {
    /// What it can be told.
    enum Word: Sendable, Equatable {
        /// Everything runs.
        case ready
        /// The end has begun.
        case stopping
        /// Everything answers.
        case watchdog
        /// One line for a person.
        case status(String)

        /// As the protocol writes it.
        fileprivate var line: String {
            switch self {
            case .ready: "READY=1"
            case .stopping: "STOPPING=1"
            case .watchdog: "WATCHDOG=1"
            case .status(let text):
                "STATUS=" + Table.printable(String(text.prefix(ServiceManager.maximumStatusCharacters)))
            }
        }
    }

    /// Why words cannot be sent.
    enum Failure: Error, Equatable, CustomStringConvertible {
        /// The address is none of the protocol's.
        case address(String)
        /// The system refused, with its error number.
        case refused(String, Int32)

        var description: String {
            switch self {
            case .address(let text):
                "NOTIFY_SOCKET is '\(text)', expected an absolute path or '@' and a name, of at most "
                    + "\(ServiceManager.maximumAddressBytes) bytes"
            case .refused(let address, let number):
                "the service manager at '\(address)' cannot be told: \(unsafe String(cString: strerror(number)))"
            }
        }
    }

    /// The longest status line, in characters.
    static let maximumStatusCharacters = 200
    /// The longest address, in bytes: `sun_path` without its end.
    static let maximumAddressBytes = 107
    /// What the service manager says in the environment; meant for this process and not for its children.
    static let variables = ["NOTIFY_SOCKET", "WATCHDOG_USEC", "WATCHDOG_PID"]

    /// Where it listens: a path, or `@` and the name of an abstract socket.
    let address: String
    /// How often it wants to hear that everything answers, in milliseconds: twice in the time after which it acts;
    /// `nil` when it does not want to, or wants it of another process.
    let watchdogMilliseconds: Int64?

    /// Reads the environment; `nil` when no service manager asks to be told.
    ///
    /// - Throws: ``Failure/address(_:)`` where it names no socket.
    init?(environment: [String: String], processID: Int32) throws(Failure) {
        guard let address = environment["NOTIFY_SOCKET"], !address.isEmpty else { return nil }
        guard address.first == "/" || address.first == "@", (2...Self.maximumAddressBytes).contains(address.utf8.count)
        else { throw .address(address) }
        self.address = address
        let isForUs = environment["WATCHDOG_PID"].map { $0 == "\(processID)" } ?? true
        let microseconds = environment["WATCHDOG_USEC"].flatMap { Int64($0) } ?? 0
        watchdogMilliseconds = isForUs && microseconds > 0 ? max(1, microseconds / 2_000) : nil
    }

    /// Sends words in one datagram, without waiting.
    func tell(_ words: [Word]) throws(Failure) {
        let bytes = Array(words.map(\.line).joined(separator: "\n").utf8)
        let descriptor = socket(AF_UNIX, Int32(SOCK_DGRAM.rawValue | SOCK_CLOEXEC.rawValue), 0)
        guard descriptor >= 0 else { throw .refused(address, errno) }
        defer { close(descriptor) }
        let flags = Int32(MSG_NOSIGNAL) | Int32(MSG_DONTWAIT)
        let sent = unsafe withSocketAddress { unsafe sendto(descriptor, bytes, bytes.count, flags, $0, $1) }
        guard sent == bytes.count else { throw .refused(address, errno) }
    }

    private func withSocketAddress(_ body: (UnsafePointer<sockaddr>, socklen_t) -> Int) -> Int {
        var socketAddress = sockaddr_un()
        socketAddress.sun_family = sa_family_t(AF_UNIX)
        let name = Array(address.utf8)
        unsafe withUnsafeMutableBytes(of: &socketAddress.sun_path) { path in
            unsafe path.copyBytes(from: name)
            // An abstract name begins with a zero byte, and ends where the length says.
            if name.first == UInt8(ascii: "@") { unsafe path[0] = 0 }
        }
        guard let offset = MemoryLayout<sockaddr_un>.offset(of: \.sun_path) else {
            preconditionFailure("sockaddr_un has no path")
        }
        let length = socklen_t(offset + name.count)
        return unsafe withUnsafePointer(to: &socketAddress) { pointer in
            unsafe pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) { unsafe body($0, length) }
        }
    }
}
