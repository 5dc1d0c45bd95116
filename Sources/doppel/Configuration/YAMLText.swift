import Foundation
import Yams

/// A YAML text that was parsed, with the name that problems are reported under.
struct YAMLText {
    /// The largest file that is read, in bytes.
    static let maximumBytes = 262_144

    /// The file's path, as the person gave it.
    let path: String
    /// The one document in it; `nil` when it holds nothing but comments.
    let root: Node?

    /// Parses a text; throws the one problem that the parser stopped at.
    init(_ text: String, path: String) throws(Problems) {
        self.path = path
        guard text.utf8.count <= Self.maximumBytes else {
            throw Problems([Problem(path, "is longer than \(Self.maximumBytes) bytes")])
        }
        do {
            root = try Yams.compose(yaml: text)
        } catch {
            throw Problems([Self.problem(of: error, path: path)])
        }
    }

    /// Reads and parses a file; throws a problem when it cannot be read.
    init(path: String) throws(Problems) {
        let bytes: Data
        do {
            bytes = try Data(contentsOf: URL(fileURLWithPath: path))
        } catch {
            throw Problems([Problem(path, "cannot be read: \(Self.reason(for: path))")])
        }
        guard let text = String(data: bytes, encoding: .utf8) else {
            throw Problems([Problem(path, "is not UTF-8 text")])
        }
        try self.init(text, path: path)
    }

    /// Where a node stands: `path:line:column`, or the path alone for a node without a mark.
    func place(of node: Node) -> String { node.mark.map { "\(path):\($0.line):\($0.column)" } ?? path }

    private static func reason(for path: String) -> String {
        var isDirectory: ObjCBool = false
        let exists = unsafe FileManager.default.fileExists(atPath: path, isDirectory: &isDirectory)
        guard exists else { return "no such file" }
        return isDirectory.boolValue ? "it is a folder" : "permission denied"
    }

    private static func problem(of error: any Error, path: String) -> Problem {
        switch error as? YamlError {
        case .scanner(let context, let problem, let mark, _), .parser(let context, let problem, let mark, _),
            .composer(let context, let problem, let mark, _):
            let detail = [context?.text, problem].compactMap(\.self).joined(separator: ", ")
            return Problem("\(path):\(mark.line):\(mark.column)", "is no YAML: \(detail)")
        case .duplicatedKeysInMapping(let duplicates, let context):
            let names = Set(duplicates).sorted().map { "'\($0)'" }.joined(separator: ", ")
            return Problem("\(path):\(context.mark.line):\(context.mark.column)", "\(names) stands here twice")
        case .reader(let problem, _, _, _):
            return Problem(path, "is no YAML: \(problem)")
        case .no, .memory, .writer, .emitter, .representer, .dataCouldNotBeDecoded, nil:
            return Problem(path, "is no YAML: \(error)")
        }
    }
}

extension Node {
    /// What the node is, in a person's words.
    var kindInWords: String {
        switch self {
        case .mapping: "a group of members"
        case .sequence: "a list"
        case .alias: "an alias"
        case .scalar(let scalar):
            switch type {
            case .null: "nothing"
            case .bool: "a truth value"
            case .int: "the whole number \(scalar.string)"
            case .float: "the number \(scalar.string)"
            default: "the text '\(scalar.string)'"
            }
        }
    }

    /// The node's YAML type.
    var type: Tag.Name { Tag.Name(rawValue: tag.rawValue) }

    /// Whether the node says "nothing" (`~`, `null`, or no value at all).
    var isNull: Bool { type == .null }
}
