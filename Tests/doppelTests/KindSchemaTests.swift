import Foundation
import Testing
import TwinCore
import Yams

@testable import doppel

/// The schema of kind files, checked with a small reader of the few schema words it uses.
@Suite struct KindSchemaTests {
    private func files() throws -> [(name: String, node: Node)] {
        let folder = "\(Repository.folder)/twins/kinds"
        return try FileManager.default.contentsOfDirectory(atPath: folder).sorted().map { name in
            (name, try #require(try YAMLText(path: "\(folder)/\(name)").root))
        }
    }

    private func schema(for node: Node) -> SchemaNode {
        node.mapping?["kind"]?.string == "sensor" ? KindSchema.sensor : KindSchema.actuator
    }

    @Test func everyShippedFileFitsTheSchema() throws {
        let files = try files()
        #expect(files.count == 36)
        for (name, node) in files { #expect(schema(for: node).complaint(about: node) == nil, "\(name)") }
    }

    @Test(
        arguments: [
            ("unit: °C", "unit: 5"), ("range: [-55, 125]", "range: [-55]"), ("mode: continuous", "mode: often"),
            ("unit: °C", "units: °C"), ("linear: {scale: 0.0625}", "linear: {scala: 0.0625}"),
            ("linear: {scale: 0.0625}", "lineal: {scale: 0.0625}"), ("- offset", "- offsets"),
            ("fair: otherwise", "fair: other"), ("methods: [offset]", "methods: [shift]"),
            ("stale_after_seconds: 180", "stale_after_seconds: soon"), ("decimals: 2", "decimals: 20"),
        ])
    func theSchemaRefusesWhatTheParserRefuses(right: String, wrong: String) throws {
        let text = try Repository.text("twins/kinds/ds18b20.yaml")
        #expect(text.contains(right))
        let yaml = try YAMLText(text.replacing(right, with: wrong), path: "ds18b20.yaml")
        let node = try #require(yaml.root)
        #expect(KindSchema.sensor.complaint(about: node) != nil)
        #expect(!KindFile(yaml, fileName: "ds18b20.yaml").problems.isEmpty)
    }

    @Test func everyStepIsInTheSchemaOnce() throws {
        let names = StepForm.all.map(\.member.name)
        #expect(Set(names).count == names.count)
        #expect(names.count == 17)
        let items = KindSchema.sensor["properties"]?["processing"]?["items"]?["oneOf"]
        guard case .list(let choices)? = items else {
            Issue.record("the steps are no list of choices")
            return
        }
        for name in names {
            #expect(choices.contains { $0["properties"]?[name] != nil }, "\(name)")
        }
    }
}

extension SchemaNode {
    /// A member of a group.
    fileprivate subscript(_ name: String) -> SchemaNode? {
        if case .group(let members) = self { members.first { $0.name == name }?.value } else { nil }
    }

    fileprivate var items: [SchemaNode] { if case .list(let items) = self { items } else { [] } }
    fileprivate var string: String? { if case .text(let text) = self { text } else { nil } }

    private var whole: Int? { if case .integer(let number) = self { number } else { nil } }

    /// What a node breaks; `nil` when it fits.
    fileprivate func complaint(about node: Node) -> String? {
        if let choices = self["oneOf"]?.items {
            return choices.count { $0.complaint(about: node) == nil } == 1 ? nil : "not exactly one choice fits"
        }
        if let word = self["const"]?.string { return node.scalar?.string == word ? nil : "not \(word)" }
        if let words = self["enum"]?.items {
            return words.contains { $0.string == node.scalar?.string } ? nil : "none of the words"
        }
        switch self["type"]?.string {
        case "object": return groupComplaint(node)
        case "array": return listComplaint(node)
        case "integer":
            guard node.type == .int, let number = node.int else { return "no whole number" }
            return (self["minimum"]?.whole).map { $0 > number } == true
                || (self["maximum"]?.whole).map { $0 < number } == true ? "out of bounds" : nil
        case "number":
            guard [.int, .float].contains(node.type), let number = node.float else { return "no number" }
            return self["exclusiveMinimum"] != nil && number <= 0 ? "not above 0" : nil
        case "string": return node.type == .str ? nil : "no text"
        case "null": return node.isNull ? nil : "not empty"
        default: return "a schema without a type"
        }
    }

    private func groupComplaint(_ node: Node) -> String? {
        guard case .mapping(let mapping) = node else { return "no group" }
        for name in self["required"]?.items ?? [] {
            guard mapping.keys.contains(where: { $0.string == name.string }) else { return "misses \(name)" }
        }
        for (name, value) in mapping {
            guard let schema = name.string.flatMap({ self["properties"]?[$0] }) else { return "unknown \(name)" }
            if let complaint = schema.complaint(about: value) { return "\(name.string ?? ""): \(complaint)" }
        }
        return nil
    }

    private func listComplaint(_ node: Node) -> String? {
        guard case .sequence(let items) = node else { return "no list" }
        let least = self["minItems"]?.whole ?? 0
        guard items.count >= least, items.count <= self["maxItems"]?.whole ?? .max else { return "too short or long" }
        return items.compactMap { self["items"]?.complaint(about: $0) }.first
    }
}
