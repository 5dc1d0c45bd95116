import Foundation

/// Two descriptors that are connected to each other.
struct DescriptorPair {
    let near: Int32
    let far: Int32

    /// Two ends of a socket.
    static func sockets() -> DescriptorPair {
        var ends: [Int32] = [0, 0]
        let result = unsafe socketpair(AF_UNIX, Int32(SOCK_STREAM.rawValue), 0, &ends)
        precondition(result == 0, "No socket pair: \(errno).")
        return DescriptorPair(near: ends[0], far: ends[1])
    }

    /// A pipe: the near end writes, the far end reads.
    static func pipe() -> DescriptorPair {
        var ends: [Int32] = [0, 0]
        let result = unsafe Glibc.pipe(&ends)
        precondition(result == 0, "No pipe: \(errno).")
        return DescriptorPair(near: ends[1], far: ends[0])
    }
}

/// Writes a text; whether all of it went.
@discardableResult
func send(_ text: String, to descriptor: Int32) -> Bool {
    let bytes = Array(text.utf8)
    return unsafe write(descriptor, bytes, bytes.count) == bytes.count
}

/// Reads what is there; the empty text when there is nothing, or the end was reached.
func receive(from descriptor: Int32) -> String {
    var bytes = [UInt8](repeating: 0, count: 1024)
    let count = unsafe read(descriptor, &bytes, bytes.count)
    return String(decoding: bytes.prefix(max(0, count)), as: UTF8.self)
}

/// How many entries a folder under /proc/self has.
func countOfProcess(_ folder: String) -> Int {
    (try? FileManager.default.contentsOfDirectory(atPath: "/proc/self/\(folder)").count) ?? 0
}
