import Foundation

/// Where PostgreSQL's programs are, and as whom they run.
struct PostgresPrograms: Sendable {
    private let folder: URL
    /// Who runs the server; `nil` for ourselves.
    private let account: Account?

    private struct Account: Sendable {
        let user: uid_t
        let group: gid_t
    }

    init() throws {
        let versions = URL(filePath: "/usr/lib/postgresql")
        let installed = ((try? FileManager.default.contentsOfDirectory(atPath: versions.path)) ?? [])
            .compactMap { Int($0) }.sorted(by: >).map { versions.appending(path: "\($0)/bin") }
        guard let folder = (installed + Self.path).first(where: { Self.isProgram($0.appending(path: "initdb")) }) else {
            throw ClusterFailure("PostgreSQL's server is not installed; on Debian: apt-get install postgresql")
        }
        self.folder = folder
        account = getuid() == 0 ? Self.account("postgres") ?? Self.account("nobody") : nil
    }

    /// One of PostgreSQL's own programs.
    func path(_ name: String) -> String { folder.appending(path: name).path }

    /// Any program of `PATH`.
    static func installed(_ name: String) throws -> String {
        guard let found = path.map({ $0.appending(path: name) }).first(where: isProgram) else {
            throw ClusterFailure("\(name) is not installed")
        }
        return found.path
    }

    /// The words that run a command as the server's user.
    ///
    /// - Parameter isBound: Whether the kernel ends it, in PostgreSQL's quickest order, with the thread that starts it.
    func asServer(_ command: [String], endingWithUs isBound: Bool = false) -> [String] {
        // setpriv becomes the program it is given, so the number we know is the server's own.
        guard let setpriv = try? Self.installed("setpriv") else { return command }
        var words = [setpriv]
        if let account {
            words += ["--reuid", "\(account.user)", "--regid", "\(account.group)", "--clear-groups"]
        }
        if isBound { words += ["--pdeathsig", "QUIT"] }
        return words.count == 1 ? command : words + ["--"] + command
    }

    /// Lets the server's user own a file.
    func giveToServer(_ file: URL) throws {
        guard let account else { return }
        guard unsafe chown(file.path, account.user, account.group) == 0 else {
            throw ClusterFailure("\(file.path) cannot be given to the server's user")
        }
    }

    private static var path: [URL] {
        let folders = ProcessInfo.processInfo.environment["PATH"] ?? "/usr/bin:/bin"
        return folders.split(separator: ":").map { URL(filePath: String($0)) }
    }

    private static func isProgram(_ file: URL) -> Bool { FileManager.default.isExecutableFile(atPath: file.path) }

    private static func account(_ name: String) -> Account? {
        guard let entry = unsafe getpwnam(name) else { return nil }
        return unsafe Account(user: entry.pointee.pw_uid, group: entry.pointee.pw_gid)
    }
}
