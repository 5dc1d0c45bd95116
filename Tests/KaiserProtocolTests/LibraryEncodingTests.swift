import KaiserProtocol
import Testing
import TwinCore

@Suite struct LibraryEncodingTests {
    private static let address = DeviceAddress(kaiser: .god, device: DeviceID("ESP_7C19F2")!)
    private static let plan = LibraryTransfer.Plan(
        id: CommandID("lib-7"), request: "r \"1\"", name: "ph_v2", version: "1.2", checksum: .max, byteCount: 2500,
        chunkCount: 3, unpackedCount: 9000)

    private func encoded(_ order: LibraryOrder) -> OutboundMessage {
        KaiserEncoder.encode(.transfer(Self.address, order))
    }

    private func text(_ order: LibraryOrder) -> String { String(decoding: encoded(order).payload, as: UTF8.self) }

    @Test func `a transfer begins with everything the device needs`() {
        let message = encoded(.begin(Self.plan))
        #expect(message.topic == "kaiser/god/esp/ESP_7C19F2/library/download_start")
        #expect(message.qos == 1 && !message.isRetained && message.expirySeconds == 60)
        #expect(
            text(.begin(Self.plan)) == """
                {"request_id":"r \\"1\\"","library_name":"ph_v2","version":"1.2","total_size":2500,"total_chunks":3,\
                "chunk_size":1024,"crc32":4294967295,"download_id":"lib-7","encoding":"deflate",\
                "uncompressed_size":9000}
                """)
    }

    @Test func `a chunk carries its bytes and their checksum`() {
        let order = LibraryOrder.chunk(Self.plan, index: 2, bytes: Array("123456789".utf8))
        let message = encoded(order)
        #expect(message.topic == "kaiser/god/esp/ESP_7C19F2/library/chunk")
        #expect(message.qos == 1 && !message.isRetained && message.expirySeconds == 30)
        #expect(
            text(order) == """
                {"download_id":"lib-7","library_name":"ph_v2","chunk_index":2,"total_chunks":3,\
                "chunk_data":"MTIzNDU2Nzg5","chunk_crc32":3421780262}
                """)
    }

    @Test func `a transfer ends with the checksum of the whole`() {
        let message = encoded(.complete(Self.plan))
        #expect(message.topic == "kaiser/god/esp/ESP_7C19F2/library/download_complete")
        #expect(message.qos == 1 && !message.isRetained && message.expirySeconds == 60)
        #expect(
            text(.complete(Self.plan)) == """
                {"download_id":"lib-7","library_name":"ph_v2","total_chunks":3,"crc32":4294967295}
                """)
    }

    // RFC 4648, section 10, and bytes that need the last two letters.
    @Test(arguments: [
        ("", ""), ("f", "Zg=="), ("fo", "Zm8="), ("foo", "Zm9v"), ("foob", "Zm9vYg=="), ("fooba", "Zm9vYmE="),
        ("foobar", "Zm9vYmFy"), ("\u{FB}\u{FF}", "w7vDvw=="), ("~~~???", "fn5+Pz8/"),
    ])
    func `bytes become the text of RFC 4648`(bytes: String, letters: String) {
        let sent = text(.chunk(Self.plan, index: 0, bytes: Array(bytes.utf8)))
        #expect(sent.contains("\"chunk_data\":\"\(letters)\","))
    }

    @Test func `a whole chunk stays far below what a device's client takes`() {
        let bytes = [UInt8](repeating: 255, count: Library.chunkBytes)
        #expect(encoded(.chunk(Self.plan, index: 511, bytes: bytes)).payload.count < 2048)
    }

    @Test func `what is sent is known as our own when it comes back`() throws {
        for order in [LibraryOrder.begin(Self.plan), .chunk(Self.plan, index: 0, bytes: [1]), .complete(Self.plan)] {
            let sent = encoded(order)
            let decoded = try KaiserDecoder.decode(
                topic: Array(sent.topic.utf8).span, payload: sent.payload.span, isRetained: false)
            guard case .order = decoded else {
                Issue.record("\(sent.topic) came back as \(decoded)")
                continue
            }
        }
    }
}
