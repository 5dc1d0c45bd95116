import EventLoop
import Foundation
import Logging
import PostgresCluster
import PostgresHistory
import TwinCore

/// The PostgreSQL server of a benchmark: one that is there, or a private one with the settings of a small server.
struct BenchPostgres {
    /// What a private server has beside what every private server has.
    private static let settings = [
        "fsync = on", "synchronous_commit = on", "full_page_writes = on", "shared_buffers = 512MB",
        "max_wal_size = 4GB", "checkpoint_timeout = 15min", "wal_compression = on", "jit = off",
    ]

    /// Where the server is.
    struct Place: Sendable {
        /// An address of the server; `nil` to start one.
        var url: String?
        /// Where a private server's files lie; the folder for temporary files if `nil`.
        var folder: String?
        /// Whether they stay there, in a folder `postgres`.
        var isKept = false
    }

    private let server: String
    private let loop: EventLoop

    /// Runs a measurement beside a server.
    static func with<Outcome>(
        _ place: Place, on loop: EventLoop, _ body: (BenchPostgres) async throws -> Outcome
    ) async throws -> Outcome {
        if let url = place.url { return try await body(BenchPostgres(server: url, loop: loop)) }
        guard let folder = place.folder else { return try await with(filesIn: nil, on: loop, body) }
        if place.isKept { return try await with(filesIn: "\(folder)/postgres", on: loop, body) }
        return try await BenchFolder.with(in: folder) { try await with(filesIn: "\($0)/postgres", on: loop, body) }
    }

    private static func with<Outcome>(
        filesIn folder: String?, on loop: EventLoop, _ body: (BenchPostgres) async throws -> Outcome
    ) async throws -> Outcome {
        let cluster = try await PostgresCluster(
            settings: settings, keptIn: folder.map { URL(fileURLWithPath: $0, isDirectory: true) })
        let result: Result<Outcome, any Error>
        do {
            result = .success(try await body(BenchPostgres(server: cluster.url(), loop: loop)))
        } catch {
            result = .failure(error)
        }
        try await cluster.discard()
        return try result.get()
    }

    /// Makes a database with Doppel's schema, and removes it in the end.
    func withEmptyDatabase<Outcome>(_ name: String, _ body: (BenchDatabase) async throws -> Outcome) async throws
        -> Outcome
    {
        let name = "\(name)_\(UUID().uuidString.prefix(8).lowercased())"
        let admin = try BareConnection(url: server)
        try admin.run("CREATE DATABASE \(name)")
        let result: Result<Outcome, any Error>
        do {
            result = .success(try await use(name, body))
        } catch {
            result = .failure(error)
        }
        try admin.run("DROP DATABASE \(name) WITH (FORCE)")
        return try result.get()
    }

    /// Uses a database that stays, and makes it with Doppel's schema if there is none.
    func withKeptDatabase<Outcome>(_ name: String, _ body: (BenchDatabase) async throws -> Outcome) async throws
        -> Outcome
    {
        let admin = try BareConnection(url: server)
        if try admin.run("SELECT 1 FROM pg_database WHERE datname = '\(name)'") == nil {
            try admin.run("CREATE DATABASE \(name)")
        }
        return try await use(name, body)
    }

    private func use<Outcome>(_ name: String, _ body: (BenchDatabase) async throws -> Outcome) async throws -> Outcome {
        guard var parts = URLComponents(string: server) else {
            throw BenchChild.Silence(description: "the address of PostgreSQL is no URL")
        }
        parts.path = "/\(name)"
        let url = parts.string ?? server
        return try await BenchDatabase.withLink(url, loop) { link in
            try await SchemaMigrator(link).migrate()
            return try await body(BenchDatabase(url: url, loop: loop, link: link, bare: try BareConnection(url: url)))
        }
    }
}

/// A database with Doppel's schema, as Doppel uses it and as libpq comes.
struct BenchDatabase {
    /// How long a piece of work may take, in milliseconds.
    private static let deadlineMilliseconds: Int64 = 60_000

    let url: String
    fileprivate let loop: EventLoop
    let link: PostgresLink
    let bare: BareConnection

    /// Uses the database through one more link, and closes that in the end.
    func withNewLink<Outcome>(_ body: (PostgresLink) async throws -> Outcome) async throws -> Outcome {
        try await Self.withLink(url, loop, body)
    }

    fileprivate static func withLink<Outcome>(
        _ url: String, _ loop: EventLoop, _ body: (PostgresLink) async throws -> Outcome
    ) async throws -> Outcome {
        var options = PostgresLinkOptions(address: try PostgresAddress(url: url))
        options.deadlineMilliseconds = deadlineMilliseconds
        let link = PostgresLink(loop: loop, options: options)
        await loop.call { link.start { _ in } }
        let result: Result<Outcome, any Error>
        do {
            result = .success(try await body(link))
        } catch {
            result = .failure(error)
        }
        await withCheckedContinuation { continuation in loop.post { link.stop { continuation.resume() } } }
        return try result.get()
    }
}

extension EventLoop {
    /// Does something on the loop, and waits until it is done.
    func call(_ body: @escaping @Sendable () -> Void) async {
        await withCheckedContinuation { continuation in
            post {
                body()
                continuation.resume()
            }
        }
    }
}
