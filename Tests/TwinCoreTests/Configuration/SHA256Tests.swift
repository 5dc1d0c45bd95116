import Testing
import TwinCore

@Suite struct SHA256Tests {
    /// From the standard's examples (NIST, "SHA-256" and "Additional examples") and FIPS 180-2, appendix B.
    @Test(arguments: [
        ("", "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855"),
        ("abc", "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad"),
        (
            "abcdbcdecdefdefgefghfghighijhijkijkljklmklmnlmnomnopnopq",
            "248d6a61d20638b8e5c026930c3e6039a33ce45964ff2167f6ecedd419db06c1"
        ),
    ])
    func `the standard's texts have the standard's digests`(text: String, digest: String) {
        #expect(SHA256.hexDigest(of: Array(text.utf8)) == digest)
    }

    @Test func `a million letters have the standard's digest`() {
        let letters = [UInt8](repeating: UInt8(ascii: "a"), count: 1_000_000)
        #expect(
            SHA256.hexDigest(of: letters) == "cdc76e5c9914fb9281a1c7e284d73e67f1809a48a497200e046d39ccc7112cd0")
    }

    /// From NIST's additional examples: so many zero bytes.
    @Test(arguments: [
        (55, "02779466cdec163811d078815c633f21901413081449002f24aa3e80f0b88ef7"),
        (56, "d4817aa5497628e7c77e6b606107042bbba3130888c5f47a375e6179be789fbb"),
        (57, "65a16cb7861335d5ace3c60718b5052e44660726da4cd13bb745381b235a1785"),
        (64, "f5a5fd42d16a20302798ef6ed309979b43003d2320d9f0e8ea9831a92759fb4b"),
        (1000, "541b3e9daa09b20bf85fa273e5cbd3e80185aa4ec298e765db87742b70138a53"),
    ])
    func `texts about as long as a block are padded right`(count: Int, digest: String) {
        #expect(SHA256.hexDigest(of: [UInt8](repeating: 0, count: count)) == digest)
    }

    @Test func `the leading bits are the first eight digits`() {
        #expect(SHA256.leadingBits(of: Array("abc".utf8)) == 0xBA78_16BF)
    }

    @Test(arguments: [0, 1, 55, 56, 63, 64, 65, 200]) func theDigestIsTheSamePieceByPiece(_ count: Int) {
        let bytes = (0..<count).map { UInt8($0) }
        for size in [1, 7, 64, 100] {
            var stream = SHA256Stream()
            for start in stride(from: 0, to: count, by: size) { stream.append(bytes[start..<min(start + size, count)]) }
            #expect(stream.hexDigest() == SHA256.hexDigest(of: bytes))
        }
    }
}
