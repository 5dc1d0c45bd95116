import TwinCore

/// Reads the models of `twins/` as one whole: all of it is right, or none of it is used.
enum CatalogueLoader {
    /// The folders below the models' own that are read, in the order of reading.
    static let folders = ["kinds", "boards", "sites", "libraries"]

    /// Reads every model below a folder; only `kinds/` must be there.
    ///
    /// The same files give the same catalogue: files are read in the order of their names.
    /// - Parameter directory: The folder that holds `kinds/`.
    /// - Throws: Every problem of every file, with file and line.
    static func load(directory: String) throws(Problems) -> Catalogue {
        var draft = CatalogueDraft(directory: directory)
        draft.readKinds()
        draft.readBoards()
        draft.readSites()
        draft.readLibraries()
        guard draft.problems.isEmpty else { throw Problems(draft.problems) }
        return draft.catalogue
    }
}

/// A catalogue that is being read.
private struct CatalogueDraft {
    private(set) var problems: [Problem] = []

    private let directory: String
    private var sensors: [SensorKind] = []
    private var actuators: [ActuatorKind] = []
    private var boards: [Board] = []
    private var sites: [Site] = []
    private var libraries: [Library] = []
    /// A line for each file, as `sha256sum` prints it.
    private var lines: [String] = []

    init(directory: String) {
        self.directory = directory.hasSuffix("/") ? String(directory.dropLast()) : directory
    }

    var catalogue: Catalogue {
        Catalogue(
            sensorKinds: sensors, actuatorKinds: actuators, boards: boards, sites: sites, libraries: libraries,
            digest: SHA256.hexDigest(of: Array(lines.joined().utf8)))
    }

    mutating func readKinds() {
        var sensorWords: [String: String] = [:]
        var actuatorWords: [String: String] = [:]
        var files: [KindFile] = []
        for source in read("kinds", what: "model", isOptional: false) {
            let file = KindFile(source.yaml, fileName: source.name, version: source.version)
            files.append(file)
            problems += file.problems
            switch file.kind {
            case .sensor(let kind):
                sensors.append(kind)
                claim(file.words, among: &sensorWords)
            case .actuator(let kind):
                actuators.append(kind)
                claim(file.words, among: &actuatorWords)
            case nil: break
            }
        }
        problems += KindReferences.problems(among: files)
    }

    mutating func readBoards() {
        var words: [String: String] = [:]
        for source in read("boards", what: "board", isOptional: true) {
            let file = BoardFile(source.yaml, fileName: source.name)
            problems += file.problems
            if let board = file.board { boards.append(board) }
            claim(file.words, among: &words)
        }
    }

    /// Called after kinds and boards, whose limits a site's must be within.
    mutating func readSites() {
        // Where a kind is wrong, a site that names it is not to blame.
        let known = problems.isEmpty ? catalogue : nil
        var devices: [String: String] = [:]
        var rules = SiteRules()
        for source in read("sites", what: "site", isOptional: true) {
            let file = SiteFile(source.yaml, fileName: source.name, known: known)
            problems += file.problems
            if let site = file.site { sites.append(site) }
            claim(file.words, among: &devices)
            rules.add(file.rules)
        }
        problems += rules.interlockProblems + rules.resetProblems
        // Where a kind or a device is wrong, nobody knows what its outputs draw.
        if problems.isEmpty { problems += rules.drawProblems }
    }

    mutating func readLibraries() {
        let folder = LibraryFolder.load(directory: directory)
        problems += folder.problems
        libraries = folder.libraries
        for library in libraries {
            lines.append("\(SHA256.hexDigest(of: library.bytes))  libraries/\(library.name)@\(library.version)\n")
        }
    }

    private mutating func read(_ name: String, what: String, isOptional: Bool) -> [CatalogueFolder.File] {
        let folder = CatalogueFolder("\(directory)/\(name)", what: what, isOptional: isOptional)
        problems += folder.problems
        lines += folder.files.map { "\($0.digest)  \(name)/\($0.name)\n" }
        return folder.files
    }

    /// Notes each word that is taken already.
    private mutating func claim(_ words: [(word: String, place: String)], among taken: inout [String: String]) {
        for (word, place) in words {
            if let other = taken[word] {
                problems.append(Problem(place, "'\(word)' is a name or alias already, at \(other)"))
            } else {
                taken[word] = place
            }
        }
    }
}
