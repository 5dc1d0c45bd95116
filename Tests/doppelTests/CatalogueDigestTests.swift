import Testing
import TwinCore

@testable import doppel

@Suite struct CatalogueDigestTests {
    private func digest(_ change: (inout [String: String]) -> Void = { _ in }) throws -> String {
        var files = ModelFiles.files
        change(&files)
        return try #require(try ModelFiles.load(files).catalogue).stamp.digest
    }

    @Test func theSameFilesHaveTheSameDigest() throws {
        #expect(try digest() == (try digest()))
        #expect(try digest().utf8.count == 64)
    }

    @Test(arguments: ["kinds/ph.yaml", "kinds/pump.yaml", "boards/esp32_wroom.yaml", "sites/north.yaml"])
    func everyFileCounts(name: String) throws {
        #expect(try digest() != (try digest { $0[name]? += "\n# a remark" }))
    }

    @Test func namesCount() throws {
        let other = try digest {
            $0["sites/south.yaml"] = $0.removeValue(forKey: "sites/north.yaml")?.replacing("north", with: "south")
        }
        #expect(try digest() != other)
    }

    @Test func filesThatAreNotReadDoNotCount() throws {
        let other = try digest {
            $0["kinds/.ph.yaml.swp"] = "x"
            $0["kinds/ph.yaml~"] = "x"
            $0["README.md"] = "x"
        }
        #expect(try digest() == other)
    }
}
