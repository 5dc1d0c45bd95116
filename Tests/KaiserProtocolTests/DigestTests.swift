import Testing

@testable import KaiserProtocol

@Suite struct DigestTests {
    @Test func `the digest of some bytes never changes`() {
        #expect(Digest.of(Array("doppel".utf8).span) == DigestTests.known)
    }

    /// Journals hold digests, so the function may never change.
    private static let known: UInt64 = 18_405_226_547_059_559_935

    @Test func `every bit of the input changes about half of the digest`() {
        let input = Array("{\"esp_id\":\"ESP_7C19F2\",\"raw\":348}".utf8)
        let digest = Digest.of(input.span)
        for bit in 0..<(input.count * 8) {
            var flipped = input
            flipped[bit / 8] ^= 1 << (bit % 8)
            let changed = (Digest.of(flipped.span) ^ digest).nonzeroBitCount
            #expect((12...52).contains(changed), "bit \(bit) changes \(changed) bits")
        }
    }

    @Test func `similar payloads and lengths do not collide`() {
        var seen: Set<UInt64> = []
        var count = 0
        for number in 0..<20_000 {
            seen.insert(Digest.of(Array("{\"raw\":\(number)}".utf8).span))
            count += 1
        }
        for length in 0..<100 {
            seen.insert(Digest.of([UInt8](repeating: 0, count: length).span))
            count += 1
        }
        #expect(seen.count == count)
    }
}
