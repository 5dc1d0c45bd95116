import Foundation
import TwinCore

/// The YAML files of one folder of the catalogue, each read once: what is parsed is what is digested.
struct CatalogueFolder {
    /// One file.
    struct File {
        /// Its name within the folder, such as `ph.yaml`.
        let name: String
        /// Its path, as problems name it.
        let path: String
        /// Its text.
        let yaml: YAMLText
        /// SHA-256 of its bytes: 64 hexadecimal digits.
        let digest: String

        /// The first 32 bits of the digest.
        var version: UInt32 { UInt32(digest.prefix(8), radix: 16) ?? 0 }
    }

    /// The most files a folder holds.
    static let maximumFiles = 1000

    /// The files that could be parsed, in the order of their names.
    private(set) var files: [File] = []
    /// What is wrong with the others, and with the folder.
    private(set) var problems: [Problem] = []

    /// Reads a folder; `what` a file in it is called in problems.
    ///
    /// - Parameter isOptional: Whether the folder may be missing or empty.
    init(_ path: String, what: String, isOptional: Bool) {
        guard !isOptional || FileManager.default.fileExists(atPath: path) else { return }
        do throws(Problems) {
            for name in try Self.names(in: path, what: what, isOptional, &problems) { read(name, in: path) }
        } catch {
            problems += error.list
        }
    }

    private static func names(
        in path: String, what: String, _ isOptional: Bool, _ problems: inout [Problem]
    ) throws(Problems) -> [String] {
        let names = try? FileManager.default.contentsOfDirectory(atPath: path)
        guard let names else {
            let remedy = isOptional ? "" : "; 'twins_directory' must name the folder above it"
            throw Problems([Problem(path, "is no folder that can be read\(remedy)")])
        }
        // Editors leave hidden files and copies ending in ~ behind.
        let visible = names.filter { !$0.hasPrefix(".") && !$0.hasSuffix("~") }
            .sorted { $0.utf8.lexicographicallyPrecedes($1.utf8) }
        let wanted = visible.filter { $0.hasSuffix(".yaml") }
        guard wanted.count <= maximumFiles else {
            throw Problems([Problem(path, "holds \(wanted.count) \(what)s; at most \(maximumFiles) are read")])
        }
        for stray in visible where !stray.hasSuffix(".yaml") {
            problems.append(Problem("\(path)/\(stray)", "is no \(what); a \(what)'s file ends in .yaml"))
        }
        if wanted.isEmpty, !isOptional { problems.append(Problem(path, "holds no \(what)")) }
        return wanted
    }

    private mutating func read(_ name: String, in folder: String) {
        let path = "\(folder)/\(name)"
        do throws(Problems) {
            let bytes = try Self.bytes(path)
            let yaml = try YAMLText(bytes: bytes, path: path)
            files.append(File(name: name, path: path, yaml: yaml, digest: SHA256.hexDigest(of: bytes)))
        } catch {
            problems += error.list
        }
    }

    /// A file's bytes; one more than allowed at most, so that the largest file costs no more.
    private static func bytes(_ path: String) throws(Problems) -> [UInt8] {
        // Reading a pipe or a device would wait for whoever writes to it.
        let real = URL(fileURLWithPath: path).resolvingSymlinksInPath().path
        let attributes = try? FileManager.default.attributesOfItem(atPath: real)
        guard let attributes else { throw Problems([Problem(path, "cannot be read: no such file")]) }
        guard attributes[.type] as? FileAttributeType == .typeRegular else {
            throw Problems([Problem(path, "cannot be read: it is no file")])
        }
        guard let handle = FileHandle(forReadingAtPath: path) else {
            throw Problems([Problem(path, "cannot be read: permission denied")])
        }
        defer { try? handle.close() }
        do {
            return Array(try handle.read(upToCount: YAMLText.maximumBytes + 1) ?? Data())
        } catch {
            throw Problems([Problem(path, "cannot be read: \(error.localizedDescription)")])
        }
    }
}

extension YAMLText {
    /// Parses the bytes of a file; throws the one problem that stands in the way.
    init(bytes: [UInt8], path: String) throws(Problems) {
        guard let text = String(validating: bytes, as: UTF8.self) else {
            throw Problems([Problem(path, "is not UTF-8 text")])
        }
        try self.init(text, path: path)
    }
}
