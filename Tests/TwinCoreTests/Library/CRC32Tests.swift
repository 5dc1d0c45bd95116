import Testing
import TwinCore

@Suite struct CRC32Tests {
    // The first is the check value of the CRC catalogue; the others are from zlib's crc32().
    @Test(
        arguments: [
            ("123456789", 0xCBF4_3926), ("", 0), ("a", 0xE8B7_BE43), ("The quick brown fox", 0xB74574DE),
        ] as [(String, UInt32)])
    func `the checksum is zlib's`(text: String, checksum: UInt32) {
        #expect(CRC32.of(text.utf8) == checksum)
    }
}
