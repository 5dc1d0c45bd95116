import PostgresHistory
import Testing
import TwinCore

@Suite struct `Rows for a binary COPY` {
    @Test func `are the bytes that PostgreSQL documents`() {
        var writer = CopyWriter(columns: 3)
        writer.beginRow()
        writer.integer4(-2)
        writer.text("é")
        writer.null()
        writer.beginRow()
        writer.boolean(true)
        writer.time(UnixTime(milliseconds: 946_684_800_001))
        writer.double(1.5)
        let golden: [UInt8] =
            Array("PGCOPY\n".utf8) + [0xFF, 13, 10, 0, 0, 0, 0, 0, 0, 0, 0, 0]
            + [0, 3, 0, 0, 0, 4, 0xFF, 0xFF, 0xFF, 0xFE, 0, 0, 0, 2, 0xC3, 0xA9, 0xFF, 0xFF, 0xFF, 0xFF]
            + [0, 3, 0, 0, 0, 1, 1, 0, 0, 0, 8, 0, 0, 0, 0, 0, 0, 3, 0xE8]
            + [0, 0, 0, 8, 0x3F, 0xF8, 0, 0, 0, 0, 0, 0] + [0xFF, 0xFF]
        #expect(writer.rows == 2)
        #expect(writer.finish() == [golden])
    }

    @Test func `come in pieces that are whole together`() {
        var writer = CopyWriter(columns: 1)
        for number in 0..<20_000 {
            writer.beginRow()
            writer.integer8(Int64(number))
        }
        let count = writer.byteCount
        let pieces = writer.finish()
        #expect(pieces.count == 5)
        #expect(pieces.allSatisfy { $0.count < CopyWriter.pieceBytes + 64 })
        #expect(pieces.map(\.count).reduce(0, +) == count + 2)
        #expect(count == 19 + 20_000 * 14)
    }

    @Test func `of every type are read back by a server`() async throws {
        try await withDatabase { link, _ in
            _ = try await link.query(
                """
                CREATE TABLE t (a smallint, b int, c bigint, d real, e float8, f text, g jsonb, h bytea, i timestamptz,
                j boolean, k text)
                """)
            var writer = CopyWriter(columns: 11)
            writer.beginRow()
            writer.integer2(.min)
            writer.integer4(.min)
            writer.integer8(.min)
            writer.float(0.5)
            writer.double(-.infinity)
            writer.text("a\0b")
            writer.binaryJSON(#"{"a": [1]}"#)
            writer.bytes([0, 255])
            writer.time(UnixTime(milliseconds: -1))
            writer.boolean(false)
            writer.null()
            let results = try await link.transaction([
                .copy("COPY t FROM STDIN (FORMAT binary)", writer.finish()), .statement("SELECT * FROM t"),
            ])
            #expect(results[0].affected == 1)
            let row = results[1]
            #expect(try row.integer(0, 0) == Int64(Int16.min))
            #expect(try row.integer(0, 1) == Int64(Int32.min))
            #expect(try row.integer(0, 2) == .min)
            #expect(try row.double(0, 3) == 0.5)
            #expect(try row.double(0, 4) == -.infinity)
            #expect(try row.text(0, 5) == "a\u{FFFD}b")
            #expect(try row.text(0, 6) == #"{"a": [1]}"#)
            #expect(try row.bytes(0, 7) == [0, 255])
            #expect(try row.time(0, 8) == UnixTime(milliseconds: -1))
            #expect(try row.boolean(0, 9) == false)
            #expect(row.isNull(0, 10))
            #expect(try row.text(0, 10) == nil)
        }
    }
}
