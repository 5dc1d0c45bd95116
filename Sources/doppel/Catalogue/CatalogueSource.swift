import EventLoop
import Foundation
import TwinCore

/// Where ``CatalogueWatch`` has the files from.
///
/// Everything is called on the loop, and calls back on the loop.
struct CatalogueSource: Sendable {
    /// What came of an attempt to watch a folder.
    enum Watching: Sendable {
        /// It is watched until this is called.
        case watching(_ end: @Sendable () -> Void)
        /// There is no such folder.
        case missing
        /// The system does not watch it, and why.
        case impossible(String)
    }

    /// Watches the folder of the models (an empty name) or one below it, for changes in itself.
    let watch: @Sendable (_ folder: String, _ onChange: @escaping @Sendable () -> Void) -> Watching
    /// Reads the whole catalogue, off the loop.
    let read: @Sendable (_ completion: @escaping @Sendable (Result<Catalogue, Problems>) -> Void) -> Void
    /// Looks at the files from outside, off the loop.
    let look: @Sendable (_ completion: @escaping @Sendable (CatalogueLook) -> Void) -> Void
}

extension CatalogueSource {
    /// The number by which the system says that there is no such file or folder.
    private static let noSuchFile = "ENOENT"

    /// The files below a folder.
    static func files(in directory: String, on loop: EventLoop) -> Self {
        CatalogueSource(
            watch: { folder, onChange in
                do throws(EventLoopError) {
                    let path = folder.isEmpty ? directory : "\(directory)/\(folder)"
                    let watch = try loop.watchFolder(path) { _ in onChange() }
                    return .watching { watch.close() }
                } catch {
                    return error.name == noSuchFile ? .missing : .impossible(error.description)
                }
            },
            read: { completion in
                loop.work(
                    {
                        Result { () throws(Problems) in try CatalogueLoader.load(directory: directory) }
                    }, completion)
            },
            look: { completion in loop.work({ CatalogueLook(directory) }, completion) })
    }
}

/// How the files look from outside: whoever sees the same twice need not read them again.
struct CatalogueLook: Sendable, Equatable {
    /// One file or folder.
    private struct Entry: Equatable {
        let path: String
        let node: Int
        let bytes: Int
        let changed: Date

        init(_ path: String) {
            // A link's target is what is read.
            let real = URL(fileURLWithPath: path).resolvingSymlinksInPath().path
            let attributes = try? FileManager.default.attributesOfItem(atPath: real)
            self.path = path
            node = (attributes?[.systemFileNumber] as? NSNumber)?.intValue ?? 0
            bytes = (attributes?[.size] as? NSNumber)?.intValue ?? 0
            changed = attributes?[.modificationDate] as? Date ?? .distantPast
        }
    }

    /// The most files that are looked at in one folder.
    static let maximumEntries = 2 * CatalogueFolder.maximumFiles

    private let entries: [Entry]

    /// Looks at a folder of models.
    init(_ directory: String) {
        entries = CatalogueLoader.folders.flatMap { folder in
            let names = (try? FileManager.default.contentsOfDirectory(atPath: "\(directory)/\(folder)")) ?? []
            return names.sorted().prefix(Self.maximumEntries).map { Entry("\(directory)/\(folder)/\($0)") }
        }
    }
}
