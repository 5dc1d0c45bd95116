import EventLoop
import Foundation
import Logging
import Synchronization
import Testing
import TwinCore
import TwinRuntime

@testable import doppel

/// The watch on a real loop, with real files.
@Suite(.timeLimit(.minutes(4))) final class CatalogueWatchTests: Sendable {
    /// What the watch told the runtime, one after the other.
    private struct Told: Sendable, Equatable {
        var boards: [String]
        var problems: [String]
    }

    /// When the watch told something: taken on the loop's own thread, where no other test is waited for.
    private let toldAt = Mutex<ContinuousClock.Instant?>(nil)

    /// What was told, in order.
    private struct Telling {
        var iterator: AsyncStream<Told>.Iterator

        /// The next telling; waits for it.
        mutating func next() async -> Told? { await iterator.next(isolation: #isolation) }
    }

    private static let silent = Logger(label: "test") { _ in SwiftLogNoOpLogHandler() }

    /// Writes the right files, runs a watch over them, and holds a dialogue: do something, await what is told.
    private func watching(
        _ change: @escaping @Sendable (CatalogueSource) -> CatalogueSource = { $0 },
        _ dialogue: (TemporaryFolder, inout Telling) async throws -> Void
    ) async throws {
        let folder = try TemporaryFolder()
        for (name, text) in ModelFiles.files { try folder.write("twins/\(name)", text) }
        let directory = "\(folder.path)/twins"
        let (stream, told) = AsyncStream.makeStream(of: Told.self)
        let loop = try EventLoop()
        loop.start()
        let (readings, read) = AsyncStream.makeStream(of: Void.self)
        let files = change(.files(in: directory, on: loop))
        let source = CatalogueSource(
            watch: files.watch,
            read: { completion in
                files.read { outcome in
                    completion(outcome)
                    read.yield()
                }
            }, look: files.look)
        let watch = CatalogueWatch(
            on: loop, source: source, inUse: try CatalogueLoader.load(directory: directory), logger: Self.silent
        ) { catalogue, problems in
            self.toldAt.withLock { $0 = .now }
            told.yield(
                Told(
                    boards: catalogue.boards.map(\.name),
                    problems: problems.map { $0.replacing("\(directory)/", with: "") }))
        }
        await withCheckedContinuation { running in
            loop.post { watch.start { if $0 == .running { running.resume() } } }
        }
        // The watch reads once at its start; what comes now it must notice.
        for await _ in readings { break }
        var telling = Telling(iterator: stream.makeAsyncIterator())
        let outcome: Result<Void, any Error>
        do { outcome = .success(try await dialogue(folder, &telling)) } catch { outcome = .failure(error) }
        await withCheckedContinuation { stopped in loop.post { watch.stop { stopped.resume() } } }
        loop.stop()
        loop.join()
        try outcome.get()
    }

    private static let other = ModelFiles.board.replacing("esp32_wroom", with: "other").replacing("wroom32", with: "o")

    @Test func aSavedFileIsInUseSoon() async throws {
        try await watching { folder, told in
            let began = ContinuousClock.now
            try folder.write("twins/boards/other.yaml", Self.other)
            #expect(await told.next() == Told(boards: ["esp32_wroom", "other"], problems: []))
            // The promise is a second; the machine that runs the tests may be busy.
            let toldAt = try #require(toldAt.withLock { $0 })
            #expect(toldAt - began < .seconds(5))
        }
    }

    @Test func aBrokenFileChangesNothingUntilItIsMended() async throws {
        try await watching { folder, told in
            try folder.write("twins/boards/other.yaml", Self.other.replacing("pins: [0, 39]", with: "pins: 39"))
            let form = "must be two whole numbers from 0 to 48, the lower one first"
            #expect(
                await told.next()
                    == Told(boards: ["esp32_wroom"], problems: ["boards/other.yaml:4:7: 'pins' \(form)"]))
            try folder.write("twins/boards/other.yaml", Self.other)
            #expect(await told.next() == Told(boards: ["esp32_wroom", "other"], problems: []))
        }
    }

    @Test func aRemovedFileMendsWhatItBroke() async throws {
        try await watching { folder, told in
            let stray = try folder.write("twins/boards/notes.txt", "")
            #expect(await told.next()?.problems.count == 1)
            try FileManager.default.removeItem(atPath: stray)
            #expect(await told.next() == Told(boards: ["esp32_wroom"], problems: []))
        }
    }

    @Test func aFolderThatIsReplacedIsFollowed() async throws {
        try await watching { folder, told in
            let files = FileManager.default
            try folder.write("new/other.yaml", Self.other)
            try files.moveItem(atPath: "\(folder.path)/twins/boards", toPath: "\(folder.path)/old")
            try files.moveItem(atPath: "\(folder.path)/new", toPath: "\(folder.path)/twins/boards")
            // The shipped site names a board that is not there any more.
            #expect(await told.next()?.problems.first?.contains("there is no board of that name") == true)
            try folder.write("twins/boards/esp32_wroom.yaml", ModelFiles.board)
            #expect(await told.next() == Told(boards: ["esp32_wroom", "other"], problems: []))
        }
    }

    @Test func theWholeFolderMayGoAndComeBack() async throws {
        try await watching { folder, told in
            let files = FileManager.default
            try files.moveItem(atPath: "\(folder.path)/twins", toPath: "\(folder.path)/away")
            #expect(await told.next()?.problems.first?.contains("kinds: is no folder that can be read") == true)
            try folder.write("away/boards/other.yaml", Self.other)
            try files.moveItem(atPath: "\(folder.path)/away", toPath: "\(folder.path)/twins")
            #expect(await told.next() == Told(boards: ["esp32_wroom", "other"], problems: []))
        }
    }

    @Test func whereNothingCanBeWatchedTheFilesAreLookedAt() async throws {
        try await watching({ source in
            CatalogueSource(
                watch: { _, _ in .impossible("no more watches") }, read: source.read, look: source.look)
        }) { folder, told in
            try folder.write("twins/boards/other.yaml", Self.other)
            #expect(await told.next() == Told(boards: ["esp32_wroom", "other"], problems: []))
        }
    }

    @Test func thousandsOfProblemsAreToldInBounds() async throws {
        try await watching { folder, told in
            let wrong = (0..<300).map { "wrong\($0): 1" }.joined(separator: "\n")
            try folder.write("twins/boards/esp32_wroom.yaml", "\(ModelFiles.board)\n\(wrong)")
            let problems = try #require(await told.next()?.problems)
            #expect(problems.count == CatalogueWatch.maximumToldProblems + 1)
            #expect(problems.last == "and 100 more; `doppel models check` lists them all")
        }
    }

    @Test func aStoppedWatchTellsNothing() async throws {
        let folder = try TemporaryFolder()
        for (name, text) in ModelFiles.files { try folder.write("twins/\(name)", text) }
        let loop = try EventLoop()
        let adoptions = Mutex(0)
        let reads = Mutex<[@Sendable (Result<Catalogue, Problems>) -> Void]>([])
        let inUse = Catalogue(sensorKinds: [], actuatorKinds: [], digest: "1")
        // The reading ends after the stop, so its outcome belongs to nobody.
        let source = CatalogueSource(
            watch: { _, _ in .watching {} }, read: { completion in reads.withLock { $0.append(completion) } },
            look: { _ in })
        loop.start()
        let watch = CatalogueWatch(on: loop, source: source, inUse: inUse, logger: Self.silent) { _, _ in
            adoptions.withLock { $0 += 1 }
        }
        await withCheckedContinuation { done in
            loop.post {
                watch.start { _ in }
                // Later than the timer that the start set.
                _ = loop.schedule(afterMilliseconds: CatalogueReload.settleMilliseconds + 1) {
                    watch.stop {}
                    let completions = reads.withLock { $0 }
                    #expect(completions.count == 1)
                    for completion in completions {
                        completion(.success(Catalogue(sensorKinds: [], actuatorKinds: [], digest: "2")))
                    }
                    done.resume()
                }
            }
        }
        loop.stop()
        loop.join()
        #expect(adoptions.withLock { $0 } == 0)
    }
}
