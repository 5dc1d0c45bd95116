import Foundation

/// A disk of a test's own below one folder: programs that use it find it full, slow or read-only when the test says so.
///
/// It is a file system of its own (`tmpfs`), so a full one is really full, and everything on it goes with the test. A
/// user who may not mount gets a folder whose writes fail as on a full disk, and is told so. What no file system does
/// on demand under open files, being slow or turning read-only, is done by `FaultyDisk`, which programs preload.
final class SmallDisk {
    /// Where the file system is mounted.
    let folder: URL
    /// Whether it is a file system of its own.
    let isMounted: Bool
    private let site: Site
    private let library: URL
    /// Holds the word that says how the disk fares; FaultyDisk.h describes it.
    private let word: URL

    private static let roomy = "1g"
    private static let source = "doppel-disk-"

    /// Makes a disk at a folder of a site, and what programs preload.
    init(at folder: URL, of site: Site) async throws {
        (self.folder, self.site) = (folder, site)
        library = site.folder.appending(path: "libFaultyDisk.so")
        word = site.folder.appending(path: "\(folder.lastPathComponent).disk")
        let built = try BuiltProgram.find().deletingLastPathComponent().appending(path: "libFaultyDisk.so")
        // Beside the tests it may lie where PostgreSQL's user may not read.
        if !FileManager.default.fileExists(atPath: library.path) {
            try FileManager.default.copyItem(at: built, to: library)
        }
        try Data("g0000000\0\0\0\0\0\0\0\0".utf8).write(to: word)
        try FileManager.default.setAttributes([.posixPermissions: 0o666], ofItemAtPath: word.path)
        try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
        try await Self.sweep(site)
        let options = "size=\(Self.roomy),mode=0755"
        isMounted = try await Self.run(
            "mount", ["-t", "tmpfs", "-o", options, "\(Self.source)\(getpid())", folder.path], site)
        if !isMounted {
            print("NOT A REAL FULL DISK: this user may not mount, so writes below \(folder.path) are refused instead.")
        }
    }

    /// What makes a program feel this disk.
    var environment: [String: String] { ["LD_PRELOAD": library.path, "FAULTY_DISK": word.path] }

    /// How many calls of programs were refused or made slow by the preloaded library.
    var felt: UInt64 {
        let bytes = (try? Data(contentsOf: word))?.dropFirst(8) ?? Data()
        return bytes.reversed().reduce(0) { $0 << 8 | UInt64($1) }
    }

    /// Leaves no byte free.
    func fill() async throws {
        guard isMounted else { return try say("f") }
        try await eventually("there is no room below \(folder.path)") {
            let sizes = try FileManager.default.attributesOfFileSystem(forPath: folder.path)
            let (all, free) = (sizes[.systemSize] as? Int64 ?? 0, sizes[.systemFreeSize] as? Int64 ?? 0)
            // Refused when somebody has written meanwhile.
            return try await Self.run("mount", ["-o", "remount,size=\(all - free)", folder.path], site)
        }
    }

    /// Makes room again.
    func makeRoom() async throws {
        guard isMounted else { return try say("g") }
        try await remount("size=\(Self.roomy)")
    }

    /// Refuses every write from now on, also to files that are open.
    func refuseWrites() throws { try say("r") }

    /// Makes each synchronisation take so much longer.
    func slowDown(milliseconds: Int) throws { try say("s\(milliseconds)") }

    /// Ends what ``refuseWrites()`` or ``slowDown(milliseconds:)`` began.
    func heal() throws { try say("g") }

    /// Mounts it for reading only; nobody may have a file open for writing.
    func mountReadOnly() async throws {
        guard isMounted else { return try say("r") }
        try await remount("ro")
    }

    /// Mounts it for writing again.
    func mountForWriting() async throws {
        guard isMounted else { return try say("g") }
        try await remount("rw")
    }

    /// Takes the disk away, with all that is on it.
    func discard() async throws {
        if isMounted { _ = try await Self.run("umount", ["--lazy", folder.path], site) }
    }

    private func remount(_ option: String) async throws {
        try await eventually("\(folder.path) is mounted with \(option)") {
            try await Self.run("mount", ["-o", "remount,\(option)", folder.path], site)
        }
    }

    private func say(_ text: String) throws {
        let file = try FileHandle(forUpdating: word)
        try file.write(contentsOf: Data(text.padding(toLength: 7, withPad: "\0", startingAt: 0).utf8))
        try file.close()
    }

    /// Takes away disks of test runs that were killed.
    private static func sweep(_ site: Site) async throws {
        let mounts = (try? String(contentsOfFile: "/proc/mounts", encoding: .utf8)) ?? ""
        for line in mounts.split(separator: "\n") where line.hasPrefix(source) {
            let words = line.split(separator: " ")
            guard words.count > 1, let owner = Int32(words[0].dropFirst(source.count)), kill(owner, 0) != 0 else {
                continue
            }
            _ = try await run("umount", ["--lazy", String(words[1])], site)
        }
    }

    private static func run(_ name: String, _ arguments: [String], _ site: Site) async throws -> Bool {
        let program = try await site.start(InstalledProgram.find(name), arguments)
        return try await program.ended() == .code(0)
    }
}
