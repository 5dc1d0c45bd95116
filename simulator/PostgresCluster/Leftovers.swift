import Foundation
import Synchronization

/// What clusters leave behind unless somebody cleans up: folders and servers of this process, and of dead ones.
enum Leftovers {
    private static let prefix = "doppel-postgres-"
    private static let present = Mutex<[URL: Int32?]>([:])

    /// Made once: folders of processes that are gone are removed, and ours will be at the end of the process.
    private static let isPrepared: Bool = {
        let temporary = FileManager.default.temporaryDirectory
        for name in (try? FileManager.default.contentsOfDirectory(atPath: temporary.path)) ?? []
        where name.hasPrefix(prefix) {
            let process = name.dropFirst(prefix.count).prefix { $0.isNumber }
            guard let number = Int32(process), kill(number, 0) != 0, errno == ESRCH else { continue }
            try? FileManager.default.removeItem(at: temporary.appending(path: name))
        }
        return atexit { Leftovers.removeAll() } == 0
    }()

    /// A folder whose name says which process it belongs to.
    static func makeFolder() throws -> URL {
        _ = isPrepared
        let folder = FileManager.default.temporaryDirectory
            .appending(path: "\(prefix)\(getpid())-\(UUID().uuidString.prefix(8))")
        try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: false)
        return folder
    }

    /// Remembers a folder and the server that uses it.
    static func note(folder: URL, server: Int32? = nil) { present.withLock { $0[folder] = .some(server) } }

    static func forget(_ folder: URL) { _ = present.withLock { $0.removeValue(forKey: folder) } }

    private static func removeAll() {
        let all = present.withLock { $0 }
        for case let server? in all.values {
            // What stands still takes no other signal.
            for process in [server] + ProcessTable.children(of: server) { kill(process, SIGCONT) }
            kill(server, SIGQUIT)
        }
        for (folder, server) in all {
            for _ in 0..<500 {
                guard let server, kill(server, 0) == 0 else { break }
                usleep(10_000)
            }
            try? FileManager.default.removeItem(at: folder)
        }
    }
}

/// The system's processes.
enum ProcessTable {
    /// The numbers of a process's children.
    static func children(of parent: Int32) -> [Int32] {
        let processes = (try? FileManager.default.contentsOfDirectory(atPath: "/proc")) ?? []
        return processes.compactMap { Int32($0) }.filter { process in
            let status = (try? String(contentsOfFile: "/proc/\(process)/stat", encoding: .utf8)) ?? ""
            // The name stands in brackets and may hold anything; the state and the parent follow.
            guard let bracket = status.lastIndex(of: ")") else { return false }
            let fields = status[status.index(after: bracket)...].split(separator: " ")
            return fields.count > 1 && Int32(fields[1]) == parent
        }
    }
}

// Below the range from which the system gives ports to clients, and apart from that of the brokers' tests.
private let latestPort = Mutex(UInt16(20_000 + getpid() % 6_000))

/// A port of loopback that nobody listens on, and that no other test of this run gets.
func freePort() throws -> UInt16 {
    try latestPort.withLock { latest in
        for _ in 0..<500 {
            latest += 1
            if canListen(on: latest) { return latest }
        }
        throw ClusterFailure("no port of loopback is free")
    }
}

private func canListen(on port: UInt16) -> Bool {
    #if canImport(Glibc)
    let listener = socket(AF_INET, Int32(SOCK_STREAM.rawValue | SOCK_CLOEXEC.rawValue), 0)
    #else
    let listener = socket(AF_INET, SOCK_STREAM, 0)
    #endif
    defer { _ = close(listener) }
    var address = sockaddr_in()
    address.sin_family = sa_family_t(AF_INET)
    address.sin_port = port.bigEndian
    address.sin_addr = in_addr(s_addr: UInt32(0x7F00_0001).bigEndian)
    return unsafe withUnsafePointer(to: &address) { pointer in
        unsafe pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) {
            unsafe bind(listener, $0, socklen_t(MemoryLayout<sockaddr_in>.size)) == 0
        }
    }
}
