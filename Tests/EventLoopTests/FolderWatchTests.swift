import EventLoop
import Foundation
import Testing

extension EventLoopTests {
    @Suite struct FolderWatchTests {
        /// A folder that is gone after the test, and what a watch of it told.
        final class Watched: Sendable {
            let path: String
            let transcript = Transcript(of: FolderChange.self)

            init() throws {
                let above = FileManager.default.temporaryDirectory.path + "/doppel-watch-\(UUID().uuidString)"
                path = above + "/kinds"
                try make()
            }

            deinit { try? FileManager.default.removeItem(atPath: above) }

            var above: String { String(path.dropLast("/kinds".count)) }

            func make() throws {
                try FileManager.default.createDirectory(atPath: path, withIntermediateDirectories: true)
            }

            func write(_ name: String) throws { try Data("x".utf8).write(to: URL(fileURLWithPath: "\(path)/\(name)")) }

            func move(_ name: String, to other: String) throws {
                try #require(unsafe rename("\(path)/\(name)", "\(path)/\(other)") == 0)
            }

            func remove(_ name: String) throws { try FileManager.default.removeItem(atPath: "\(path)/\(name)") }

            func open(on loop: EventLoop) async throws -> FolderWatch {
                try await loop.run { [transcript, path] in
                    try loop.watchFolder(path) {
                        #expect(loop.isOnLoop)
                        transcript.note($0)
                    }
                }
            }

            /// Waits until something is told; what is told before is passed over.
            func awaitChange(_ expected: FolderChange) async {
                while let change = await transcript.line(), change != expected {}
            }

            /// Waits until the folder is told to be lost; what is told before is passed over.
            func awaitLoss() async -> EventLoopError? {
                while let change = await transcript.line() {
                    if case .lost(let error) = change { return error }
                }
                return nil
            }
        }

        @Test func `files that are made, written, renamed and removed are told by name`() async throws {
            try await withLoop { loop in
                let folder = try Watched()
                let watch = try await folder.open(on: loop)
                try folder.write("a.yaml")
                await folder.awaitChange(.changed(name: "a.yaml"))
                try folder.move("a.yaml", to: "b.yaml")
                await folder.awaitChange(.changed(name: "b.yaml"))
                let file = try #require(FileHandle(forWritingAtPath: folder.path + "/b.yaml"))
                try file.write(contentsOf: Data("y".utf8))
                try file.close()
                await folder.awaitChange(.changed(name: "b.yaml"))
                try folder.remove("b.yaml")
                try folder.write("last")
                await folder.awaitChange(.changed(name: "b.yaml"))
                await folder.awaitChange(.changed(name: "last"))
                try await loop.run { watch.close() }
            }
        }

        @Test func `a save by renaming over the file is told by the file's name`() async throws {
            try await withLoop { loop in
                let folder = try Watched()
                try folder.write("ph.yaml")
                _ = try await folder.open(on: loop)
                try folder.write("ph.yaml.new")
                try folder.move("ph.yaml.new", to: "ph.yaml")
                await folder.awaitChange(.changed(name: "ph.yaml"))
            }
        }

        @Test func `a folder that is removed is told as lost, and can be watched again once it is back`() async throws {
            try await withLoop { loop in
                let folder = try Watched()
                for round in 1...3 {
                    let watch = try await folder.open(on: loop)
                    try folder.write("round \(round)")
                    await folder.awaitChange(.changed(name: "round \(round)"))
                    try FileManager.default.removeItem(atPath: folder.path)
                    let error = await folder.awaitLoss()
                    #expect(error?.name == "ENOENT" && error?.operation == "watch folder \(folder.path)")
                    try await loop.run { watch.close() }
                    try folder.make()
                }
            }
        }

        @Test func `a folder that another one takes the place of is told as lost`() async throws {
            try await withLoop { loop in
                let folder = try Watched()
                _ = try await folder.open(on: loop)
                try FileManager.default.moveItem(atPath: folder.path, toPath: folder.path + ".old")
                try folder.make()
                #expect(await folder.awaitLoss() != nil)
                // The new one is told about, the old one is not.
                _ = try await folder.open(on: loop)
                try Data().write(to: URL(fileURLWithPath: folder.path + ".old/stale"))
                try folder.write("fresh")
                #expect(await folder.transcript.line() == .changed(name: "fresh"))
            }
        }

        @Test func `the next watch may be opened as soon as the loss is told`() async throws {
            try await withLoop { loop in
                let folder = try Watched()
                let transcript = folder.transcript
                let path = folder.path
                try await loop.run {
                    _ = try loop.watchFolder(path) { change in
                        guard case .lost = change else { return }
                        #expect(throws: Never.self) {
                            _ = try loop.watchFolder(path) { transcript.note($0) }
                        }
                        transcript.note(change)
                    }
                }
                // The system puts one folder in the place of an empty other one in one step.
                try FileManager.default.createDirectory(atPath: path + ".new", withIntermediateDirectories: true)
                try #require(unsafe rename(path + ".new", path) == 0)
                #expect(await folder.awaitLoss() != nil)
                try folder.write("fresh")
                await folder.awaitChange(.changed(name: "fresh"))
            }
        }

        @Test func `a folder above that is moved is found by checking`() async throws {
            try await withLoop { loop in
                let folder = try Watched()
                let watch = try await folder.open(on: loop)
                try await loop.run { watch.check() }
                try FileManager.default.moveItem(atPath: folder.above, toPath: folder.above + ".moved")
                defer { try? FileManager.default.removeItem(atPath: folder.above + ".moved") }
                try await loop.run { watch.check() }
                guard case .lost? = await folder.transcript.line() else {
                    Issue.record("The first word is not that the folder is lost.")
                    return
                }
                // It is told once.
                try await loop.run { watch.check() }
                _ = try await loop.run { folder.transcript.note(.changed(name: "the end")) }
                #expect(await folder.transcript.line() == .changed(name: "the end"))
            }
        }

        @Test func `a file called like the folder is a change and no loss`() async throws {
            try await withLoop { loop in
                let folder = try Watched()
                _ = try await folder.open(on: loop)
                try folder.write("kinds")
                #expect(await folder.transcript.line() == .changed(name: nil))
            }
        }

        @Test func `nothing is told after the close`() async throws {
            try await withLoop { loop in
                let folder = try Watched()
                let (closed, open) = (try await folder.open(on: loop), try Watched())
                _ = try await open.open(on: loop)
                try await loop.run {
                    closed.close()
                    closed.close()
                }
                try folder.write("a")
                try open.write("b")
                await open.awaitChange(.changed(name: "b"))
                folder.transcript.note(.changed(name: "the end"))
                #expect(await folder.transcript.line() == .changed(name: "the end"))
            }
        }

        @Test func `a closed watch lets go of whom it told`() async throws {
            final class Listener: Sendable {}
            try await withLoop { loop in
                let folder = try Watched()
                weak var remembered: Listener?
                let watch: FolderWatch
                do {
                    let listener = Listener()
                    remembered = listener
                    watch = try await loop.run { [path = folder.path] in
                        try loop.watchFolder(path) { _ in _ = listener }
                    }
                }
                #expect(remembered != nil)
                try await loop.run { watch.close() }
                let deadline = ContinuousClock.now.advanced(by: .seconds(20))
                while remembered != nil, ContinuousClock.now < deadline { await Task.yield() }
                #expect(remembered == nil)
                withExtendedLifetime(watch) {}
            }
        }

        @Test func `what is no folder is refused`() async throws {
            try await withLoop { loop in
                let folder = try Watched()
                try folder.write("file")
                for (path, name) in [("/nowhere", "ENOENT"), ("\(folder.path)/file", "ENOTDIR")] {
                    let error = try await loop.run { () -> EventLoopError? in
                        do throws(EventLoopError) {
                            _ = try loop.watchFolder(path) { _ in Issue.record("There is no folder.") }
                            return nil
                        } catch { return error }
                    }
                    #expect(error?.name == name && error?.operation == "watch folder \(path)")
                }
            }
        }

        @Test func `a stopped loop closes its watches and refuses new ones`() async throws {
            let loop = try EventLoop()
            loop.start()
            let folder = try Watched()
            _ = try await folder.open(on: loop)
            loop.stop()
            loop.join()
            await #expect(throws: EventLoopError.self) { _ = try await folder.open(on: loop) }
        }
    }
}
