import Foundation

/// A copy of the repository's models at a site, to be changed as an editor changes files.
struct ModelFolder {
    let url: URL

    init(_ site: Site) throws {
        url = site.folder.appending(path: "twins")
        try FileManager.default.copyItem(at: Site.repository.appending(path: "twins"), to: url)
    }

    /// What makes a Doppel use it.
    var environment: [String: String] { ["DOPPEL_TWINS_DIRECTORY": url.path] }

    /// A file's text.
    func text(_ path: String) throws -> String {
        try String(contentsOf: url.appending(path: path), encoding: .utf8)
    }

    /// Saves files together: each is written beside its place, then all are renamed into place, one right after the
    /// other.
    ///
    /// - Returns: When the last one was in place, in milliseconds since 1970.
    @discardableResult
    func save(_ files: [(path: String, text: String)]) throws -> Int64 {
        let places = files.map { url.appending(path: $0.path) }
        let beside = places.map { $0.deletingLastPathComponent().appending(path: ".\($0.lastPathComponent).new") }
        for (file, place) in zip(files, beside) { try Data(file.text.utf8).write(to: place) }
        for (new, place) in zip(beside, places) {
            // The system's own call: nothing happens between the two files but this.
            guard unsafe rename(new.path, place.path) == 0 else {
                throw POSIXError(POSIXErrorCode(rawValue: errno) ?? .EIO)
            }
        }
        return Int64(Date.now.timeIntervalSince1970 * 1000)
    }
}
