import EventLoop
public import Foundation
import Synchronization

/// A private PostgreSQL server on a free port of loopback, with all its files in a temporary folder.
///
/// Nothing of the machine's own clusters is touched. It ends with the tests, however they end: discarded, at the end
/// of the process, or by the kernel's hand when the process is killed. The server refuses to run as root, so root runs
/// it as `postgres` or `nobody`.
public final class PostgresCluster: Sendable {
    /// How a server is asked to end.
    public enum Stop: Sendable {
        /// In order: transactions are rolled back, everything is written.
        case fast
        /// At once, as `pg_ctl stop -m immediate` does; the next start recovers.
        case immediate
        /// By SIGKILL of every process.
        case killed
    }

    /// Who owns everything in it.
    public static let user = "doppel"
    /// The owner's password, with all that URLs trip over.
    public static let password = "s3cret/p@ss:w?rd#&%41=x"
    /// One server for all tests of the process that need nothing special; each makes a database of its own.
    public static var shared: PostgresCluster { get async throws { try await Shared.cluster.value } }

    /// Where it listens, on 127.0.0.1.
    public let port: UInt16
    /// All of its files.
    public let folder: URL
    /// Whether it takes encrypted connections, with a certificate for `localhost` that signs itself.
    public let isSecured: Bool
    /// Whether the files stay when it is discarded.
    private let isKept: Bool
    /// What the server's environment has beside what it needs.
    private let extras: [String: String]
    let programs: PostgresPrograms
    private let loop: EventLoop
    private let state = Mutex(State())

    private struct State {
        var server: ChildProcess?
        var hasEnded = true
        var isReady = false
        var log: [String] = []
        var lineCount = 0
        var databases = 0
    }

    /// Makes the files and starts the server.
    ///
    /// - Parameters:
    ///   - settings: Lines for `postgresql.conf`, after those every test wants.
    ///   - kept: A folder whose files are used again if it has some, and stay; `nil` for a temporary one.
    ///   - extras: Variables that only the server gets, beside those it needs.
    public init(
        isSecured: Bool = false, settings: [String] = [], keptIn kept: URL? = nil, extras: [String: String] = [:]
    ) async throws {
        self.isSecured = isSecured
        self.extras = extras
        isKept = kept != nil
        programs = try PostgresPrograms()
        port = try freePort()
        if let kept { try FileManager.default.createDirectory(at: kept, withIntermediateDirectories: true) }
        folder = try kept ?? Leftovers.makeFolder()
        loop = try EventLoop()
        loop.start()
        if !isKept { Leftovers.note(folder: folder) }
        let version = folder.appending(path: "data/PG_VERSION").path
        if !FileManager.default.fileExists(atPath: version) { try await makeFiles(settings) }
        try await start()
    }

    /// The certificate of the server's authority, for `sslrootcert`.
    public var certificate: URL { folder.appending(path: "server.crt") }

    /// The URL of a database, as the owner.
    ///
    /// - Parameter parameters: What comes after the question mark.
    public func url(
        _ database: String = "postgres", host: String = "127.0.0.1", password: String = PostgresCluster.password,
        parameters: String = ""
    ) -> String {
        let encoded = password.addingPercentEncoding(withAllowedCharacters: .alphanumerics) ?? ""
        let query = parameters.isEmpty ? "" : "?\(parameters)"
        return "postgres://\(Self.user):\(encoded)@\(host):\(port)/\(database)\(query)"
    }

    /// Makes an empty database with a name of its own, and returns the name.
    public func makeDatabase() async throws -> String {
        let number = state.withLock { state in
            state.databases += 1
            return state.databases
        }
        _ = try await run("CREATE DATABASE test\(number)")
        return "test\(number)"
    }

    /// Runs SQL through `psql`, and returns what it printed: rows as lines, columns separated by `|`.
    @discardableResult
    public func run(_ sql: String, in database: String = "postgres") async throws -> String {
        try await command(
            programs.path("psql"),
            ["-X", "-q", "-A", "-t", "-v", "ON_ERROR_STOP=1", "-d", url(database), "-c", sql])
    }

    /// Starts the server again, on the same port and files, and waits until it takes connections.
    public func start() async throws {
        state.withLock { state in
            state.hasEnded = false
            state.isReady = false
            state.log = []
        }
        let command = programs.asServer(
            [programs.path("postgres"), "-D", folder.appending(path: "data").path, "-p", "\(port)"],
            endingWithUs: true)
        let specification = ChildSpecification(
            executable: command[0], arguments: Array(command.dropFirst()),
            environment: Self.environment.merging(extras) { $1 }
        ) { line in self.note(line) }
        let child = try await spawn(specification) { _ in self.state.withLock { $0.hasEnded = true } }
        state.withLock { $0.server = child }
        if !isKept { Leftovers.note(folder: folder, server: child.processID) }
        try await until("PostgreSQL takes connections") { state.withLock { $0.isReady || $0.hasEnded } }
        guard state.withLock({ $0.isReady }) else { throw ClusterFailure("PostgreSQL does not start:\n\(log)") }
    }

    /// Ends the server; its files stay.
    public func stop(_ how: Stop = .fast) async throws {
        guard let server = state.withLock({ $0.server.take() }) else { return }
        let signal =
            switch how {
            case .fast: SIGINT
            case .immediate: SIGQUIT
            case .killed: SIGKILL
            }
        let children = ProcessTable.children(of: server.processID)
        if how == .killed { for child in children { kill(child, SIGKILL) } }
        _ = await onLoop { server.signal(signal) }
        try await until("PostgreSQL has ended") { state.withLock { $0.hasEnded } }
        try await until("PostgreSQL's processes have ended") { children.allSatisfy { kill($0, 0) != 0 } }
        if !isKept { Leftovers.note(folder: folder) }
    }

    /// Whether the server runs; one that ran into something may have ended by itself.
    public var isRunning: Bool { state.withLock { !$0.hasEnded } }

    /// Makes every process of the server stand still, as a machine does that hangs.
    public func pause() { signalAll(SIGSTOP) }

    /// Lets the server go on.
    public func resume() { signalAll(SIGCONT) }

    /// Ends the server and removes its files, unless they are kept.
    public func discard() async throws {
        resume()
        try await stop(isKept ? .fast : .immediate)
        loop.stop()
        await Task.detached { [loop] in loop.join() }.value
        guard !isKept else { return }
        try FileManager.default.removeItem(at: folder)
        Leftovers.forget(folder)
    }

    /// What the server wrote of late.
    public var log: String { state.withLock { $0.log.joined(separator: "\n") } }

    /// How many lines it has written in all, also those of servers before the last start.
    public var lineCount: Int { state.withLock { $0.lineCount } }

    /// The lines behind so many, as far as they are of late.
    public func log(after count: Int) -> String {
        state.withLock { $0.log.suffix(max(0, $0.lineCount - count)).joined(separator: "\n") }
    }

    private func signalAll(_ signal: Int32) {
        guard let server = state.withLock({ $0.server?.processID }) else { return }
        kill(server, signal)
        for child in ProcessTable.children(of: server) { kill(child, signal) }
    }

    private func note(_ line: ChildLine) {
        state.withLock { state in
            if state.log.count == 500 { state.log.removeFirst() }
            state.log.append(line.text)
            state.lineCount += 1
            if line.text.hasSuffix("database system is ready to accept connections") { state.isReady = true }
        }
    }

    private func makeFiles(_ settings: [String]) async throws {
        try FileManager.default.setAttributes([.posixPermissions: 0o755], ofItemAtPath: folder.path)
        let secret = folder.appending(path: "password")
        try Data(Self.password.utf8).write(to: secret)
        let data = folder.appending(path: "data").path
        try programs.giveToServer(folder)
        try programs.giveToServer(secret)
        try await command(
            programs.asServer(
                [
                    programs.path("initdb"), "-D", data, "-U", Self.user, "--pwfile", secret.path, "-A",
                    "scram-sha-256", "-E", "UTF8", "--locale=C", "--no-sync",
                ]))
        var lines = [
            "listen_addresses = '127.0.0.1'", "port = \(port)", "unix_socket_directories = '\(folder.path)'",
            "fsync = off", "max_connections = 300", "shared_buffers = 32MB", "lc_messages = 'C'",
            "log_timezone = 'UTC'",
        ]
        if isSecured {
            try await makeCertificate()
            lines += ["ssl = on", "ssl_cert_file = '\(certificate.path)'", "ssl_key_file = '\(key.path)'"]
        }
        let file = URL(filePath: data).appending(path: "postgresql.conf")
        let handle = try FileHandle(forWritingTo: file)
        try handle.seekToEnd()
        try handle.write(contentsOf: Data((lines + settings).map { $0 + "\n" }.joined().utf8))
        try handle.close()
    }

    private var key: URL { folder.appending(path: "server.key") }

    private func makeCertificate() async throws {
        try await command(
            PostgresPrograms.installed("openssl"),
            [
                "req", "-x509", "-newkey", "rsa:2048", "-nodes", "-days", "2", "-subj", "/CN=localhost", "-addext",
                "subjectAltName=DNS:localhost", "-keyout", key.path, "-out", certificate.path,
            ])
        try FileManager.default.setAttributes([.posixPermissions: 0o600], ofItemAtPath: key.path)
        try programs.giveToServer(key)
    }

    private static let environment = ["PATH": "/usr/bin:/bin", "LC_ALL": "C", "TZ": "UTC"]

    @discardableResult
    private func command(_ program: String, _ arguments: [String]) async throws -> String {
        try await command([program] + arguments)
    }

    /// Runs a program to its end, and returns what it wrote.
    @discardableResult
    private func command(_ words: [String]) async throws -> String {
        let record = Record()
        let specification = ChildSpecification(
            executable: words[0], arguments: Array(words.dropFirst()), environment: Self.environment,
            workingDirectory: folder.path
        ) { line in record.lines.withLock { $0.append(line.text) } }
        _ = try await spawn(specification) { exit in record.exit.withLock { $0 = exit } }
        try await until("\(words[0]) has ended") { record.exit.withLock { $0 != nil } }
        let output = record.lines.withLock { $0.joined(separator: "\n") }
        guard record.exit.withLock({ $0 }) == .exited(code: 0) else {
            throw ClusterFailure("\(words[0]) failed:\n\(output)")
        }
        return output
    }

    private func spawn(
        _ specification: ChildSpecification, _ onExit: @escaping @Sendable (ChildExit) -> Void
    ) async throws -> ChildProcess {
        try await onLoop { [loop] in Result { try loop.spawn(specification, onExit: onExit) } }.get()
    }

    private func onLoop<T: Sendable>(_ body: @escaping @Sendable () -> T) async -> T {
        await withCheckedContinuation { continuation in loop.post { continuation.resume(returning: body()) } }
    }
}

/// What a program wrote, and how it ended.
private final class Record: Sendable {
    let lines = Mutex<[String]>([])
    let exit = Mutex<ChildExit?>(nil)
}

/// The one server that tests share.
private enum Shared {
    static let cluster = Task { try await PostgresCluster() }
}

/// What went wrong with a cluster.
public struct ClusterFailure: Error, CustomStringConvertible {
    /// What went wrong, for a person to read.
    public let description: String
    init(_ description: String) { self.description = description }
}

/// Waits until something is the case.
private func until(_ what: String, _ condition: () -> Bool) async throws {
    let end = ContinuousClock.now + .seconds(60)
    while !condition() {
        guard ContinuousClock.now < end else { throw ClusterFailure("not within a minute: \(what)") }
        try await Task.sleep(for: .milliseconds(5))
    }
}
