import Foundation
import Testing
import TwinCore

@testable import doppel

@Suite struct SchemaTests {
    @Test func theSchemaCheckedInIsTheOneInForce() throws {
        #expect(
            try Repository.text("twins/schema.json") == CatalogueSchema.text,
            "twins/schema.json is stale: doppel models schema --output twins/schema.json")
    }

    @Test func textIsWrittenAsJSON() {
        let node: SchemaNode = [
            "text": "a \"b\" \\ \n\u{1} °", "numbers": [-55, 0.5, 1.0], "flags": [true, false], "none": [], "empty": [:],
            "groups": [["a": 1], ["b": []]],
        ]
        #expect(
            node.json == #"""
                {
                  "text": "a \"b\" \\ \n\u0001 °",
                  "numbers": [-55, 0.5, 1],
                  "flags": [true, false],
                  "none": [],
                  "empty": {},
                  "groups": [
                    {
                      "a": 1
                    },
                    {
                      "b": []
                    }
                  ]
                }
                """#)
    }

    @Test func theSchemaIsJSONAndEveryReferenceLeadsSomewhere() throws {
        let schema = try WireValue(json: Array(CatalogueSchema.text.utf8))
        let references = (schema["oneOf"]?.items ?? []).compactMap { $0["$ref"]?.text }
        #expect(references == ["sensor", "actuator", "board", "site"].map { "#/$defs/\($0)" })
        for reference in references {
            let name = String(reference.dropFirst("#/$defs/".count))
            let kind = schema["$defs"]?[name]?["properties"]?["kind"]
            #expect(kind?["const"]?.text == name || kind?["enum"]?.items == [.text(name)])
        }
    }

    /// Who adds a member to a reader is reminded of the schema.
    @Test func theSchemaKnowsTheMembersThatAreRead() throws {
        #expect(Self.members(of: CatalogueSchema.board) == BoardFile.members)
        #expect(Self.members(of: CatalogueSchema.site) == SiteFile.members)
        let device = try #require(Self.entry("devices", of: CatalogueSchema.site))
        #expect(Self.members(of: device) == SiteFile.deviceMembers)
        #expect(Self.members(of: try #require(Self.entry("sensors", of: device))) == SensorOverride.members)
        #expect(Self.members(of: try #require(Self.entry("actuators", of: device))) == ActuatorOverride.members)
    }

    private static func members(of node: SchemaNode) -> [String] { node["properties"]?.names ?? [] }

    private static func entry(_ name: String, of node: SchemaNode) -> SchemaNode? {
        node["properties"]?[name]?["additionalProperties"]
    }
}

extension SchemaNode {
    fileprivate subscript(name: String) -> SchemaNode? {
        guard case .group(let members) = self else { return nil }
        return members.first { $0.name == name }?.value
    }

    fileprivate var names: [String] {
        guard case .group(let members) = self else { return [] }
        return members.map(\.name)
    }
}
