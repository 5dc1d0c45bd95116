import Testing
import TwinCore

@testable import Fleet

@Suite struct LibraryTests {
    /// 26 bytes in chunks of ten; checksums by another program (Python's zlib.crc32).
    private static let chunks = [
        (#""chunk_data":"YWJjZGVmZ2hpag==","chunk_crc32":964784186"#),
        (#""chunk_data":"a2xtbm9wcXJzdA==","chunk_crc32":927063556"#),
        (#""chunk_data":"dXZ3eHl6","chunk_crc32":2123944942"#),
    ]

    private static var wanting: DeviceSpecification {
        .bench.with {
            $0.usesDocumentedTopics = true
            $0.library = "ph_v2"
        }
    }

    private func asking(_ specification: DeviceSpecification = wanting, _ script: (DeviceSide, ServerSide) -> Void) {
        dialogue(specification, hiding: Dialogue.chatter + ["actuator", "session", "status"]) { device, server in
            device.connects()
            server.acknowledges()
            device.says("library/request", #""library_name":"ph_v2","request_id":"ESP_7C19F2-b1-ph_v2""#)
            script(device, server)
        }
    }

    private func start(_ server: ServerSide, size: Int = 26, checksum: UInt32 = 1_277_644_989) {
        server.says(
            "library/download_start",
            #"{"request_id":"r","library_name":"ph_v2","version":"2.1","total_size":\#(size),"total_chunks":3,"#
                + #""chunk_size":10,"crc32":\#(checksum),"download_id":"d-1"}"#)
    }

    private func send(_ server: ServerSide, _ index: Int, _ chunk: String? = nil) {
        server.says(
            "library/chunk",
            #"{"download_id":"d-1","chunk_index":\#(index),"total_chunks":3,\#(chunk ?? Self.chunks[index])}"#)
    }

    private func end(_ server: ServerSide) {
        server.says(
            "library/download_complete",
            #"{"download_id":"d-1","library_name":"ph_v2","total_chunks":3,"crc32":1277644989}"#)
    }

    @Test func takesALibraryChunkByChunkAndInstallsIt() {
        asking { device, server in
            start(server)
            device.says("library/download_ready", #""download_id":"d-1","ready":true,"buffer_allocated":true"#)
            for index in [2, 0, 1] {
                send(server, index)
                device.says("library/chunk_ack", #""chunk_index":\#(index),"received":true,"crc_valid":true}"#)
            }
            end(server)
            device.says("library/download_status", #""success":true,"crc_valid":true,"installed":true"#)
            device.says("library/installed", #""library_name":"ph_v2","version":"2.1""#)
            #expect(device.state.libraries == ["ph_v2": "2.1"])
            end(server)
            device.says("library/download_status", #""success":true"#)
            device.losesConnection()
            device.connects()
            server.acknowledges()
            device.saysNothing()
        }
    }

    @Test func saysWhichChunksAreDamagedOrMissing() {
        asking { device, server in
            start(server)
            device.says("library/download_ready")
            send(server, 0, #""chunk_data":"YWJjZGVmZ2hpag==","chunk_crc32":7"#)
            device.says("library/chunk_ack", #""received":true,"crc_valid":false,"error":"crc_error""#)
            send(server, 1, #""chunk_data":"a2xt*","chunk_crc32":927063556"#)
            device.says("library/chunk_ack", #""crc_valid":false"#)
            send(server, 2)
            device.says("library/chunk_ack", #""crc_valid":true"#)
            end(server)
            device.says(
                "library/download_status", #""success":false"#, #""request_retransmit":true,"failed_chunks":[0,1]"#)
            send(server, 0)
            send(server, 1)
            device.mumbles()
            end(server)
            device.says("library/download_status", #""success":true"#)
        }
    }

    @Test func asksAgainForWhatDoesNotComeAndGivesUp() {
        asking { device, server in
            start(server)
            device.says("library/download_ready")
            send(server, 0)
            device.says("library/chunk_ack")
            for _ in 0..<3 {
                server.acknowledges()
                device.waits(30)
                device.says("library/chunk_request", #""download_id":"d-1","chunk_index":1,"reason":"timeout""#)
            }
            server.acknowledges()
            device.waits(30)
            device.says("library/download_abort", #""download_id":"d-1","reason":"timeout""#)
            send(server, 1)
            device.says("library/error", #""error_type":"unknown_download""#)
        }
    }

    @Test func asksAgainForALibraryThatNobodySends() {
        asking { device, server in
            for _ in 0..<3 {
                server.attends(seconds: 60)
                device.says("library/request")
            }
            server.attends(seconds: 60)
            device.says("library/error", #""error_type":"timeout""#)
            device.saysNothing()
        }
    }

    @Test func hasNoRoomForWhatDoesNotAddUp() {
        asking { device, server in
            start(server, size: 99)
            device.says("library/download_ready", #""ready":false"#)
            server.says("library/download_start", #"{"library_name":"x"}"#)
            device.says("library/error", "invalid_start")
        }
    }

    @Test func installsNothingThatIsWrongAsAWhole() {
        asking { device, server in
            start(server, checksum: 7)
            for index in 0..<3 { send(server, index) }
            device.mumbles()
            end(server)
            device.says("library/download_status", #""success":false"#, #""crc_error","request_retransmit":false"#)
            device.saysNothing()
            #expect(device.state.libraries.isEmpty)
        }
    }

    @Test func damagesChunksOnRequest() {
        asking(Self.wanting.with { $0.damagedChunks = 1 }) { device, server in
            start(server)
            device.mumbles()
            send(server, 0)
            device.says("library/chunk_ack", #""crc_valid":false"#)
        }
    }

    @Test func decodesTheExamplesOfItsSources() {
        // RFC 4648, section 10; the check value of CRC-32 for "123456789".
        let examples = [
            "": "", "Zg==": "f", "Zm8=": "fo", "Zm9v": "foo", "Zm9vYg==": "foob", "Zm9vYmE=": "fooba",
            "Zm9vYmFy": "foobar",
        ]
        for (text, bytes) in examples { #expect(ReceivedBase64.decode(text) == Array(bytes.utf8)) }
        for bad in ["Zg", "Z===", "Zg=v", "Zm 9", "Zm9v\n"] { #expect(ReceivedBase64.decode(bad) == nil, "\(bad)") }
        #expect(ReceivedChecksum.of("123456789".utf8) == 0xCBF4_3926)
    }
}
