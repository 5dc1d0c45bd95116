import Foundation
import TwinCore

/// Reads the libraries that devices may ask for: the files of `libraries/`, below the folder of the models.
///
/// A file `NAME@VERSION.bin` holds the library of that name and version, unpacked. Each name stands for one version.
enum LibraryFolder {
    /// The most libraries offered.
    static let maximumLibraries = 64
    /// The largest file read, in bytes before packing; no device could hold more.
    static let maximumUnpackedBytes = 4 * 1024 * 1024

    private static let ending = ".bin"

    /// Reads and packs every library, in the order of the files' names.
    ///
    /// - Parameter directory: The folder that holds `libraries/`; a folder without it has no libraries.
    /// - Returns: The libraries that are right, and every problem with the others.
    static func load(directory: String) -> (libraries: [Library], problems: [Problem]) {
        let folder = directory.hasSuffix("/") ? "\(directory)libraries" : "\(directory)/libraries"
        guard FileManager.default.fileExists(atPath: folder) else { return ([], []) }
        guard let names = try? FileManager.default.contentsOfDirectory(atPath: folder) else {
            return ([], [Problem(folder, "is no folder that can be read")])
        }
        // Editors leave hidden files and copies ending in ~ behind.
        let visible = names.filter { !$0.hasPrefix(".") && !$0.hasSuffix("~") }
            .sorted { $0.utf8.lexicographicallyPrecedes($1.utf8) }
        guard visible.count <= maximumLibraries else {
            return ([], [Problem(folder, "holds \(visible.count) files; at most \(maximumLibraries) are read")])
        }
        var libraries: [Library] = []
        var problems: [Problem] = []
        for name in visible {
            let path = "\(folder)/\(name)"
            do throws(Problems) {
                let library = try read(path, fileName: name)
                if let other = libraries.first(where: { $0.name == library.name }) {
                    throw Problems([
                        Problem(path, "'\(library.name)' is offered as version '\(other.version)' already; keep one")
                    ])
                }
                libraries.append(library)
            } catch {
                problems += error.list
            }
        }
        return (libraries, problems)
    }

    private static func read(_ path: String, fileName: String) throws(Problems) -> Library {
        guard let (name, version) = identity(fileName) else {
            throw Problems([
                Problem(
                    path,
                    """
                    is no library; its file is called NAME@VERSION\(ending), NAME of 1 to 32 lower-case letters, \
                    digits and underscores, VERSION of 1 to 32 letters, digits and any of . _ + -
                    """)
            ])
        }
        guard let bytes = contents(path) else { throw Problems([Problem(path, "cannot be read")]) }
        guard !bytes.isEmpty else { throw Problems([Problem(path, "is empty; a library has at least one byte")]) }
        guard bytes.count <= maximumUnpackedBytes else {
            throw Problems([Problem(path, "has more than \(maximumUnpackedBytes) bytes, the most that is packed")])
        }
        let packed = Deflate.pack(bytes)
        guard packed.count <= Library.maximumBytes else {
            let size = "has \(packed.count) bytes when packed; at most \(Library.maximumBytes) can be sent"
            throw Problems([Problem(path, size)])
        }
        return Library(
            name: name, version: version, bytes: packed, unpackedCount: bytes.count, checksum: CRC32.of(packed))
    }

    /// The name and the version that a file's name says; `nil` when it does not say both.
    private static func identity(_ fileName: String) -> (name: String, version: String)? {
        guard fileName.hasSuffix(ending) else { return nil }
        let parts = fileName.dropLast(ending.count).split(separator: "@", omittingEmptySubsequences: false)
        guard parts.count == 2, parts.allSatisfy({ (1...32).contains($0.utf8.count) }) else { return nil }
        let isName = parts[0].utf8.allSatisfy { isDigit($0) || isLowercase($0) || $0 == UInt8(ascii: "_") }
        let isVersion = parts[1].utf8.allSatisfy {
            isDigit($0) || isLowercase($0 | 0x20) || "._+-".utf8.contains($0)
        }
        return isName && isVersion ? (String(parts[0]), String(parts[1])) : nil
    }

    private static func isDigit(_ byte: UInt8) -> Bool { (UInt8(ascii: "0")...UInt8(ascii: "9")).contains(byte) }

    /// Whether a byte is a lower-case letter of ASCII; an upper-case one is after its bit of case was set.
    private static func isLowercase(_ byte: UInt8) -> Bool {
        (UInt8(ascii: "a")...UInt8(ascii: "z")).contains(byte)
    }

    /// A file's bytes, but not many more than may be packed; `nil` when it cannot be read.
    private static func contents(_ path: String) -> [UInt8]? {
        guard let file = FileHandle(forReadingAtPath: path) else { return nil }
        defer { try? file.close() }
        do {
            var bytes: [UInt8] = []
            while bytes.count <= maximumUnpackedBytes,
                let piece = try file.read(upToCount: maximumUnpackedBytes + 1 - bytes.count), !piece.isEmpty
            { bytes += piece }
            return bytes
        } catch { return nil }
    }
}
