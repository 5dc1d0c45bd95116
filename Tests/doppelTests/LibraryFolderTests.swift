import CZlib
import Foundation
import Testing
import TwinCore

@testable import doppel

@Suite struct LibraryFolderTests {
    /// A folder with files given by name.
    private func folder(_ files: [String: [UInt8]]) throws -> TemporaryFolder {
        let folder = try TemporaryFolder()
        try folder.write("libraries/.keep", "")
        for (name, bytes) in files {
            try Data(bytes).write(to: URL(fileURLWithPath: "\(folder.path)/libraries/\(name)"))
        }
        return folder
    }

    /// The problems of a folder, as lines.
    private func problems(_ files: [String: [UInt8]]) throws -> [String] {
        let folder = try folder(files)
        let prefix = "\(folder.path)/libraries/"
        return LibraryFolder.load(directory: folder.path).problems.map {
            $0.description.replacingOccurrences(of: prefix, with: "")
        }
    }

    /// Unpacks as a device with zlib does.
    private func unpacked(_ bytes: [UInt8], count: Int) -> [UInt8]? {
        var length = uLong(count)
        var result = [UInt8](repeating: 0, count: count)
        let code = unsafe uncompress(&result, &length, bytes, uLong(bytes.count))
        return code == Z_OK ? Array(result.prefix(Int(length))) : nil
    }

    /// Bytes that do not get smaller by packing.
    private func noise(_ count: Int) -> [UInt8] {
        var state: UInt64 = 1
        return (0..<count).map { _ in
            state = state &* 6_364_136_223_846_793_005 &+ 1_442_695_040_888_963_407
            return UInt8(truncatingIfNeeded: state >> 56)
        }
    }

    @Test func filesBecomeLibrariesInTheOrderOfTheirNames() throws {
        let text = Array(String(repeating: "measure, convert, ", count: 900).utf8)
        let folder = try folder([
            "ph_v2@1.2.0-rc+1.bin": text, "ec@A_1.bin": [7], ".hidden": [], "ec@A_1.bin~": [],
        ])
        for path in [folder.path, folder.path + "/"] {
            let (libraries, problems) = LibraryFolder.load(directory: path)
            #expect(problems.isEmpty)
            #expect(libraries.map(\.name) == ["ec", "ph_v2"] && libraries.map(\.version) == ["A_1", "1.2.0-rc+1"])
            let packed = try #require(libraries.last)
            #expect(packed.bytes.count < text.count && packed.unpackedCount == text.count)
            #expect(unpacked(packed.bytes, count: text.count) == text)
            #expect(packed.checksum == UInt32(unsafe crc32(0, packed.bytes, UInt32(packed.bytes.count))))
            // The two bytes with which a stream of RFC 1950 begins: deflate with a window of 32 KB, best compression.
            #expect(packed.bytes.prefix(2) == [0x78, 0xDA])
        }
    }

    @Test func whatADeviceReceivesIsTheFile() throws {
        let file = noise(3000) + [UInt8](repeating: 65, count: 5000)
        let folder = try folder(["ph_v2@1.bin": file])
        let libraries = LibraryFolder.load(directory: folder.path).libraries
        let moment = Moment(time: UnixTime(milliseconds: 0), uptime: Uptime(milliseconds: 0))
        var state = LibraryTransferState()
        var received: [UInt8] = []
        var message: LibraryMessage? = .requested(name: "ph_v2", request: "r", reason: "")
        while let said = message {
            message = nil
            let decision = state.decide(on: said, libraries: libraries, revision: 1, at: moment)
            for event in decision.events { state.apply(event, at: moment) }
            for order in decision.orders {
                switch order {
                case .begin: message = .ready(download: "lib-1", isReady: true, freeHeapBytes: nil)
                case .chunk(_, let index, let bytes):
                    received += bytes
                    message = .acknowledged(download: "lib-1", chunk: index, isIntact: true)
                case .complete:
                    message = .finished(download: "lib-1", isSuccess: true, failedChunks: [], error: "")
                }
            }
        }
        let plan = try #require(state.plan)
        #expect(state.phase == .done && CRC32.of(received) == plan.checksum)
        #expect(unpacked(received, count: plan.unpackedCount) == file)
    }

    @Test func aFolderThatIsNotThereHasNoLibraries() throws {
        let (libraries, problems) = LibraryFolder.load(directory: "/nowhere/at/all")
        #expect(libraries.isEmpty && problems.isEmpty)
        let folder = try TemporaryFolder()
        try folder.write("libraries", "a file")
        #expect(LibraryFolder.load(directory: folder.path).problems.map(\.text) == ["is no folder that can be read"])
    }

    @Test(arguments: [
        "ph.bin", "ph@1.txt", "PH@1.bin", "@1.bin", "ph@.bin", "ph@1@2.bin", "ph@1 2.bin", "ph@é.bin",
        "abcdefghijklmnopqrstuvwxyz0123456@1.bin", "ph@123456789012345678901234567890123.bin", "README.md",
    ])
    func aNameThatSaysNoNameAndVersionIsAProblem(name: String) throws {
        let lines = try problems([name: [1]])
        #expect(lines.count == 1 && lines[0].hasPrefix("\(name): is no library; its file is called NAME@VERSION.bin"))
    }

    @Test func everyProblemIsListedAndTheRightOnesAreRead() throws {
        let folder = try folder([
            "a@1.bin": [], "b@1.bin": noise(Library.maximumBytes), "c@1.bin": [1], "c@2.bin": [2], "d.txt": [1],
            "e@1.bin": [UInt8](repeating: 0, count: LibraryFolder.maximumUnpackedBytes),
            "f@1.bin": [UInt8](repeating: 0, count: LibraryFolder.maximumUnpackedBytes + 1),
        ])
        try FileManager.default.createDirectory(
            atPath: "\(folder.path)/libraries/g@1.bin", withIntermediateDirectories: true)
        let (libraries, problems) = LibraryFolder.load(directory: folder.path)
        #expect(libraries.map(\.name) == ["c", "e"])
        let expected = [
            "a@1.bin: is empty", "b@1.bin: has 524", "c@2.bin: 'c' is offered as version '1' already",
            "d.txt: is no library", "f@1.bin: has more than 4194304 bytes", "g@1.bin: cannot be read",
        ]
        #expect(problems.count == expected.count)
        for (problem, line) in zip(problems, expected) {
            #expect(problem.description.hasPrefix("\(folder.path)/libraries/\(line)"), "\(problem)")
        }
    }

    @Test func tooManyFilesAreRefusedAsAWhole() throws {
        let names = (0...LibraryFolder.maximumLibraries).map { "l\($0)@1.bin" }
        let lines = try problems(Dictionary(uniqueKeysWithValues: names.map { ($0, [1]) }))
        #expect(lines.count == 1 && lines[0].hasSuffix("holds 65 files; at most 64 are read"))
    }
}
