import KaiserProtocol
import Testing
import TwinCore

@Suite struct LibraryDecodingTests {
    @Test(
        arguments: [
            (
                "request", #"{"ts":1,"esp_id":"ESP_7C19F2","library_name":"ph_v2","request_id":"lib-3","reason":"r"}"#,
                .requested(name: "ph_v2", request: "lib-3", reason: "r")
            ),
            (
                "download_ready", #"{"download_id":"d","ready":true,"buffer_allocated":true,"free_heap":9000}"#,
                .ready(download: "d", isReady: true, freeHeapBytes: 9000)
            ),
            (
                "download_ready", #"{"download_id":"d","ready":true,"buffer_allocated":false}"#,
                .ready(download: "d", isReady: false, freeHeapBytes: nil)
            ),
            (
                "chunk_ack", #"{"download_id":"d","chunk_index":511,"received":true,"crc_valid":true}"#,
                .acknowledged(download: "d", chunk: 511, isIntact: true)
            ),
            (
                "chunk_ack", #"{"download_id":"d","chunk_index":0,"received":false,"crc_valid":true}"#,
                .acknowledged(download: "d", chunk: 0, isIntact: false)
            ),
            (
                "chunk_request", #"{"chunk_index":7,"reason":"timeout"}"#,
                .chunkRequested(download: nil, chunk: 7, reason: "timeout")
            ),
            (
                "download_status", #"{"download_id":"d","success":true,"crc_valid":true,"installed":true}"#,
                .finished(download: "d", isSuccess: true, failedChunks: [], error: "")
            ),
            (
                "download_status", #"{"success":false,"error":"crc","request_retransmit":true,"failed_chunks":[3,5]}"#,
                .finished(download: nil, isSuccess: false, failedChunks: [3, 5], error: "crc")
            ),
            (
                "download_status", #"{"success":true,"crc_valid":false}"#,
                .finished(download: nil, isSuccess: false, failedChunks: [], error: "")
            ),
            ("installed", #"{"library_name":"ph_v2"}"#, .installed(name: "ph_v2")),
            ("ready", "{}", .installed(name: nil)),
            (
                "error", #"{"error_type":"memory","error_message":"full"}"#,
                .failed(download: nil, reason: "memory: full")
            ),
            ("error", #"{"error_type":"memory"}"#, .failed(download: nil, reason: "memory")),
            (
                "download_abort", #"{"download_id":"d","reason":"stop"}"#,
                .failed(download: "d", reason: "stop")
            ),
        ] as [(String, String, LibraryMessage)])
    func `each step of a transfer is understood`(topic: String, payload: String, step: LibraryMessage) throws {
        #expect(try message("library/" + topic, payload) == .library(step))
    }

    @Test(
        arguments: [
            ("request", #"{"request_id":"lib-3"}"#, .missingField),
            ("request", #"{"library_name":"ph_v2"}"#, .missingField),
            ("download_ready", #"{"ready":true}"#, .missingField),
            ("download_ready", #"{"download_id":"d"}"#, .missingField),
            ("chunk_ack", #"{"download_id":"d","chunk_index":512,"crc_valid":true}"#, .outOfRange),
            ("chunk_ack", #"{"download_id":"d","chunk_index":1}"#, .missingField),
            ("chunk_ack", #"{"chunk_index":1,"crc_valid":true}"#, .missingField),
            ("chunk_request", #"{"reason":"timeout"}"#, .missingField),
            ("download_status", "{}", .missingField),
            ("download_status", #"{"success":false,"failed_chunks":[-1]}"#, .outOfRange),
            ("download_status", #"{"success":false,"failed_chunks":["3"]}"#, .wrongType),
            ("installed", #"{"library_name":7}"#, .wrongType),
            ("error", #"{"esp_id":"ESP_51E0B7"}"#, .idMismatch),
            ("wish", "{}", .unknownTopic),
        ] as [(String, String, Refusal.Reason)])
    func `a step without its parts is refused`(topic: String, payload: String, reason: Refusal.Reason) {
        #expect(refusal("library/" + topic, payload) == reason)
    }

    @Test func `the list of missing chunks is bounded by the largest library`() {
        func status(_ count: Int) -> String {
            "{\"success\":false,\"failed_chunks\":[" + Array(repeating: "1", count: count).joined(separator: ",") + "]}"
        }
        #expect(refusal("library/download_status", status(512)) == nil)
        #expect(refusal("library/download_status", status(513)) == .tooLarge)
    }
}
