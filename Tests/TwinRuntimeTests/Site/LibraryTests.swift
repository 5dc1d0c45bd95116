import Testing
import TwinCore

@testable import TwinRuntime

/// A library on its way to a device, chunk by chunk.
@Suite struct LibraryTests {
    /// A library of two chunks and a bit.
    private static let library = Library(
        name: "ph_v2", version: "1.0.0", bytes: (0..<2_100).map { UInt8(truncatingIfNeeded: $0) },
        unpackedCount: 4_000, checksum: 0x1234_5678)

    private static func catalogue(_ library: Library) -> Catalogue {
        Catalogue(sensorKinds: [], actuatorKinds: Catalogue.usual.actuatorKinds, libraries: [library])
    }

    private func say(_ stage: Stage, _ topic: String, _ members: String) {
        stage.hear(from: .first, "library/\(topic)", "{\"esp_id\":\"ESP_7C19F2\",\"ts\":1777600000,\(members)}")
    }

    /// A greenhouse whose first device asked for the library and is ready for it.
    private func begun(_ library: Library = library) throws -> (stage: Stage, id: String) {
        let stage = try Stage.greenhouse(catalogue: Self.catalogue(library))
        say(stage, "request", "\"library_name\":\"ph_v2\",\"request_id\":\"lib-3\",\"reason\":\"missing\"")
        let start = try #require(stage.last("library/download_start"))
        #expect(start.member("total_chunks") == "3")
        #expect(start.member("request_id") == "lib-3")
        let id = try #require(start.member("download_id"))
        say(stage, "download_ready", "\"download_id\":\"\(id)\",\"ready\":true,\"buffer_allocated\":true")
        return (stage, id)
    }

    private func acknowledge(_ stage: Stage, _ id: String, _ chunk: Int, isIntact: Bool = true) {
        say(
            stage, "chunk_ack",
            "\"download_id\":\"\(id)\",\"chunk_index\":\(chunk),\"received\":true,\"crc_valid\":\(isIntact)")
    }

    /// The chunks that left since the last look.
    private func chunks(_ stage: Stage) -> [String?] {
        defer { stage.broker.forget() }
        return stage.broker.publications.filter { $0.topic.hasSuffix("library/chunk") }.map { $0.member("chunk_index") }
    }

    @Test func `each chunk follows the acknowledgement of the one before, a damaged one again`() throws {
        let (stage, id) = try begun()
        #expect(chunks(stage) == ["0"])
        acknowledge(stage, id, 0)
        #expect(chunks(stage) == ["1"])
        acknowledge(stage, id, 1, isIntact: false)
        #expect(chunks(stage) == ["1"])
        acknowledge(stage, id, 1)
        #expect(chunks(stage) == ["2"])
        acknowledge(stage, id, 2)
        #expect(stage.last("library/download_complete")?.member("download_id") == id)
        say(
            stage, "download_status",
            "\"download_id\":\"\(id)\",\"success\":true,\"crc_valid\":true,\"installed\":true")
        #expect(stage.twin()?.device.library.phase == .done)
        #expect(stage.twin()?.device.library.installed == "ph_v2")
        #expect(stage.deadLetters.isEmpty)
    }

    @Test func `a chunk that is not acknowledged is sent again`() throws {
        let (stage, id) = try begun()
        #expect(chunks(stage) == ["0"])
        stage.pass(milliseconds: LibraryTransferState.chunkMilliseconds)
        #expect(chunks(stage) == ["0"])
        acknowledge(stage, id, 0)
        #expect(chunks(stage) == ["1"])
    }

    @Test func `after a restart the transfer goes on where it was`() throws {
        let (before, id) = try begun()
        acknowledge(before, id, 0)
        let stage = try Stage.started(
            on: before.journal.disk, catalogue: Self.catalogue(Self.library), seed: 2)
        stage.beat(.first)
        stage.pass(milliseconds: LibraryTransferState.chunkMilliseconds)
        let again = chunks(stage)
        #expect(!again.contains("0"))
        #expect(again.contains("1"))
        acknowledge(stage, id, 1)
        acknowledge(stage, id, 2)
        #expect(stage.last("library/download_complete")?.member("download_id") == id)
    }

    @Test func `a library that changes on its way is not mixed with what came before`() throws {
        let (stage, id) = try begun()
        let newer = Library(
            name: "ph_v2", version: "1.1.0", bytes: [UInt8](repeating: 7, count: 2_100), unpackedCount: 4_000,
            checksum: 9)
        stage.adopt(
            Catalogue(
                sensorKinds: [], actuatorKinds: Catalogue.usual.actuatorKinds, libraries: [newer], digest: "newer"))
        stage.broker.forget()
        acknowledge(stage, id, 0)
        #expect(chunks(stage) == [])
        guard case .failed = stage.twin()?.device.library.phase else {
            Issue.record("it is \(String(describing: stage.twin()?.device.library.phase))")
            return
        }
    }
}
