import CZlib
import Foundation
import Testing

extension WholeProgram {
    @Suite struct `A library` {
        private let id = "ESP_01B4A2"

        @Test func `reaches the device chunk by chunk, past a damaged one and a kill -9, exactly as its file`()
            async throws
        {
            try await withSite { site in
                let folder = try ModelFolder(site)
                try folder.offer("ph_v2@1.2.0.bin", contents)
                var server = try await site.serveReady([], folder.environment)
                let device = site.device(id)
                try await device.join()
                try await device.register(expecting: "online")
                try await device.request("ph_v1")
                try await eventually("what does not exist is refused") {
                    try await server.http.twin(id)["library"]["refusal"].text == "there is no library 'ph_v1'"
                }
                try await device.request("ph_v2")
                let start = try await device.hear("library/download_start")
                #expect(start["library_name"].text == "ph_v2")
                #expect(start["version"].text == "1.2.0")
                #expect(start["request_id"].text == "want-ph_v2")
                #expect(start["chunk_size"].number == 1024)
                #expect(start["uncompressed_size"].number == Double(contents.count))
                let total = Int(start["total_chunks"].number ?? 0)
                #expect(total == 5)
                var download = Download(start)
                try await device.make(room: download)

                // The second chunk arrives damaged and is sent again.
                try await device.take(0, &download)
                _ = try await device.chunk(1, of: download)
                try await device.acknowledge(1, of: download, isIntact: false)
                try await device.take(1, &download, number: 2)
                try await device.take(2, &download)
                try await eventually("the fourth is under way") {
                    try await server.http.twin(id)["library"]["chunk"].number == 3
                }

                await device.leave()
                try await server.program.kill()
                device.forget()
                server = try await site.serveReady([], folder.environment)
                try await device.join()
                try await device.register(expecting: "online")
                try await device.request("ph_v2")
                let again = try await device.hear("library/download_start")
                #expect(again["download_id"] == start["download_id"])
                try await device.make(room: download)
                for chunk in 3..<total { try await device.take(chunk, &download) }
                #expect(device.heard("library/chunk").map { $0["chunk_index"].number } == [3, 4])

                let end = try await device.hear("library/download_complete")
                #expect(end["crc32"] == start["crc32"])
                #expect(Double(checksum(download.bytes)) == start["crc32"].number)
                #expect(Double(download.bytes.count) == start["total_size"].number)
                #expect(unpacked(download.bytes, count: contents.count) == contents)
                try await device.finish(download)
                try await eventually("the twin knows that it is installed") {
                    let library = try await server.http.twin(id)["library"]
                    return library["phase"].text == "done" && library["installed"].text == "ph_v2"
                }
            }
        }

        /// Bytes of which packing saves little, five chunks long.
        private var contents: [UInt8] {
            var state: UInt64 = 7
            return (0..<4_500).map { _ in
                state = state &* 6_364_136_223_846_793_005 &+ 1_442_695_040_888_963_407
                return UInt8(truncatingIfNeeded: state >> 56)
            }
        }
    }
}

/// What a device has of a library.
private struct Download {
    let id: String
    var bytes: [UInt8] = []

    init(_ start: JSON) { id = start["download_id"].text ?? "" }
}

extension ModelFolder {
    /// Offers a library.
    fileprivate func offer(_ name: String, _ bytes: [UInt8]) throws {
        let place = url.appending(path: "libraries")
        try FileManager.default.createDirectory(at: place, withIntermediateDirectories: true)
        try Data(bytes).write(to: place.appending(path: name))
    }
}

extension RawDevice {
    fileprivate func request(_ name: String) async throws {
        try await say(
            "library/request",
            #"{"esp_id":"\#(id)","library_name":"\#(name)","request_id":"want-\#(name)","reason":"test"}"#)
    }

    fileprivate func make(room download: Download) async throws {
        try await say(
            "library/download_ready",
            #"{"download_id":"\#(download.id)","ready":true,"buffer_allocated":true,"free_heap":90000}"#)
    }

    /// Waits for a chunk, the first time or again, and returns its bytes; they are checked.
    fileprivate func chunk(_ index: Int, of download: Download, number: Int = 1) async throws -> [UInt8] {
        var sent: [JSON] = []
        try await eventually("chunk \(index) comes for the \(number). time") {
            sent = heard("library/chunk").filter { $0["chunk_index"].number == Double(index) }
            return sent.count >= number
        }
        let chunk = sent[number - 1]
        #expect(chunk["download_id"].text == download.id)
        #expect(chunk["total_chunks"].number == 5)
        let bytes = [UInt8](try #require(Data(base64Encoded: chunk["chunk_data"].text ?? "")))
        #expect(Double(checksum(bytes)) == chunk["chunk_crc32"].number)
        return bytes
    }

    /// Keeps a chunk and says so.
    fileprivate func take(_ index: Int, _ download: inout Download, number: Int = 1) async throws {
        download.bytes += try await chunk(index, of: download, number: number)
        try await acknowledge(index, of: download, isIntact: true)
    }

    fileprivate func acknowledge(_ index: Int, of download: Download, isIntact: Bool) async throws {
        try await say(
            "library/chunk_ack",
            #"{"download_id":"\#(download.id)","chunk_index":\#(index),"received":true,"crc_valid":\#(isIntact)}"#)
    }

    fileprivate func finish(_ download: Download) async throws {
        try await say(
            "library/download_status",
            #"{"download_id":"\#(download.id)","success":true,"crc_valid":true,"installed":true}"#)
        try await say("library/installed", #"{"library_name":"ph_v2"}"#)
    }
}

private func checksum(_ bytes: [UInt8]) -> UInt { UInt(unsafe crc32(0, bytes, UInt32(bytes.count))) }

/// Unpacks as a device with zlib does.
private func unpacked(_ bytes: [UInt8], count: Int) -> [UInt8]? {
    var length = uLong(count)
    var result = [UInt8](repeating: 0, count: count)
    let code = unsafe uncompress(&result, &length, bytes, uLong(bytes.count))
    return code == Z_OK ? Array(result.prefix(Int(length))) : nil
}
