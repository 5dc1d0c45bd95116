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
            "text": "a \"b\" \\ \n\u{1} °", "numbers": [-55, 0.5, 1.0], "flags": [true, false], "none": [],
            "empty": [:], "groups": [["a": 1], ["b": []]],
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
}
