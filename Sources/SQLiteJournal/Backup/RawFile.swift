import Foundation
import TwinRuntime

/// An open file that is read and written in whole pieces, and says in words what went wrong.
final class RawFile {
    let path: String
    private let descriptor: Int32
    /// Why the last writing failed; `nil` while none did.
    private(set) var writingFailure: JournalFailure?

    /// Opens a file that is there.
    init(reading path: String) throws(JournalFailure) {
        self.path = path
        descriptor = unsafe open(path, O_RDONLY | O_CLOEXEC)
        guard descriptor >= 0 else { throw Self.failure("open", path) }
    }

    /// Opens an empty file for one writer, who removes it or gives it its final name.
    ///
    /// A leftover of a writer that was killed is used again.
    init(writing path: String) throws(JournalFailure) {
        self.path = path
        descriptor = unsafe open(path, O_RDWR | O_CREAT | O_CLOEXEC, 0o600)
        guard descriptor >= 0 else { throw Self.failure("make", path) }
        guard flock(descriptor, LOCK_EX | LOCK_NB) == 0 else {
            throw JournalFailure("\(path) is being written by another doppel. Wait for it, or name another file.")
        }
        guard ftruncate(descriptor, 0) == 0 else { throw Self.failure("empty", path) }
    }

    deinit { _ = Foundation.close(descriptor) }

    /// Makes an empty file that its owner alone may read, unless there is one; SQLite gives its log the same rights.
    static func make(_ path: String) throws(JournalFailure) {
        let descriptor = unsafe open(path, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0o600)
        guard descriptor >= 0 || errno == EEXIST else { throw failure("make", path) }
        if descriptor >= 0 { _ = Foundation.close(descriptor) }
    }

    /// How long the file is, in bytes.
    func length() throws(JournalFailure) -> Int64 {
        var status = stat()
        guard unsafe fstat(descriptor, &status) == 0 else { throw Self.failure("look at", path) }
        return Int64(status.st_size)
    }

    /// Reads on; fewer bytes than asked for only at the end of the file.
    func read(_ count: Int) throws(JournalFailure) -> [UInt8] {
        var bytes = [UInt8](repeating: 0, count: count)
        var filled = 0
        while filled < count {
            let got = unsafe bytes.withUnsafeMutableBytes { buffer in
                unsafe Foundation.read(descriptor, buffer.baseAddress! + filled, count - filled)
            }
            if got < 0, errno == EINTR { continue }
            guard got >= 0 else { throw Self.failure("read", path) }
            if got == 0 { break }
            filled += got
        }
        bytes.removeLast(count - filled)
        return bytes
    }

    /// Writes on, or at a place.
    func write(_ bytes: [UInt8], at offset: Int64? = nil) throws(JournalFailure) {
        if let offset, lseek(descriptor, off_t(offset), SEEK_SET) < 0 { throw Self.failure("write", path) }
        var done = 0
        while done < bytes.count {
            let put = unsafe bytes.withUnsafeBytes { buffer in
                unsafe Foundation.write(descriptor, buffer.baseAddress! + done, buffer.count - done)
            }
            if put < 0, errno == EINTR { continue }
            guard put > 0 else {
                let failure = Self.failure("write", path)
                writingFailure = failure
                throw failure
            }
            done += put
        }
    }

    /// Sees to it that what was written survives a power cut.
    func synchronise() throws(JournalFailure) {
        guard fsync(descriptor) == 0 else { throw Self.failure("write", path) }
    }

    /// Sees to it that names in a folder survive a power cut.
    static func synchronise(folder: String) throws(JournalFailure) {
        try RawFile(reading: folder).synchronise()
    }

    /// Gives a file another name, in place of what has it.
    static func rename(_ path: String, to name: String) throws(JournalFailure) {
        guard unsafe Foundation.rename(path, name) == 0 else { throw failure("rename", path) }
    }

    /// Gives files to the owner of a folder, where root works in it; otherwise they have the right owner already.
    static func give(_ paths: [String], toOwnerOf folder: String) throws(JournalFailure) {
        guard geteuid() == 0 else { return }
        var status = stat()
        guard unsafe stat(folder, &status) == 0 else { throw failure("look at", folder) }
        for path in paths {
            guard unsafe chown(path, status.st_uid, status.st_gid) == 0 else { throw failure("give away", path) }
        }
    }

    /// Removes a file, if there is one.
    static func remove(_ path: String) { _ = unsafe unlink(path) }

    /// Whether something has this name.
    static func exists(_ path: String) -> Bool { unsafe access(path, F_OK) == 0 }

    /// Whether this names a file, rather than a folder, a device or a pipe.
    static func isOrdinary(_ path: String) -> Bool { status(path).map { $0.st_mode & S_IFMT == S_IFREG } ?? false }

    /// Whether both names stand for one file.
    static func areSame(_ one: String, _ other: String) -> Bool {
        guard let one = status(one), let other = status(other) else { return false }
        return one.st_dev == other.st_dev && one.st_ino == other.st_ino
    }

    private static func status(_ path: String) -> stat? {
        var status = stat()
        return unsafe stat(path, &status) == 0 ? status : nil
    }

    private static func failure(_ activity: String, _ path: String) -> JournalFailure {
        let code = errno
        let reason: String =
            switch code {
            case ENOSPC, EDQUOT: "the disk is full. Free some space, or name another disk."
            case EROFS: "its file system is read-only. Mount it for writing, or name another folder."
            case EACCES, EPERM: "this user may not. Give it the right, or name another folder."
            case ENOENT: "there is no such file or folder."
            default: unsafe String(cString: strerror(code)) + "."
            }
        return JournalFailure("cannot \(activity) \(path): \(reason)")
    }
}
