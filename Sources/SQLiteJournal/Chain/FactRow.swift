import GRDB
import TwinCore

/// One row of `facts`, as it is stored.
struct FactRow {
    let sequence: Int64
    let device: String?
    let kind: String
    let unixMilliseconds: Int64
    let uptimeMilliseconds: Int64
    let body: String

    /// A row to be written.
    init(_ fact: Fact, sequence: Int64, body: String) {
        self.sequence = sequence
        device = fact.device?.description
        kind = fact.event.kind
        unixMilliseconds = fact.moment.time.milliseconds
        uptimeMilliseconds = fact.moment.uptime.milliseconds
        self.body = body
    }

    /// Reads a row that holds the columns of ``SealedTable/facts``, from `first` on.
    ///
    /// - Returns: `nil` when a column holds nothing, or something of another kind, which no undamaged row does.
    init?(_ row: Row, from first: Int = 0) {
        guard let sequence = Int64.fromDatabaseValue(row[first]), let kind = String.fromDatabaseValue(row[first + 2]),
            let unix = Int64.fromDatabaseValue(row[first + 3]), let uptime = Int64.fromDatabaseValue(row[first + 4]),
            let body = String.fromDatabaseValue(row[first + 5])
        else { return nil }
        self.sequence = sequence
        device = String.fromDatabaseValue(row[first + 1])
        self.kind = kind
        unixMilliseconds = unix
        uptimeMilliseconds = uptime
        self.body = body
    }

    /// What the row's seal should be.
    var seal: Int64 {
        var seal = SealedTable.facts.seal
        seal.add(sequence, 1)
        if let device { seal.add(device, 2) }
        seal.add(kind, 3)
        seal.add(unixMilliseconds, 4)
        seal.add(uptimeMilliseconds, 5)
        seal.add(body, 6)
        return seal.value
    }

    /// The hash of a link of the chain that is this fact and follows a link with a hash: SHA-256 over that hash,
    /// the three numbers (64 bits each, highest byte first), and the three texts, each behind its length.
    func hash(after previous: [UInt8]) -> [UInt8] {
        var bytes = previous
        bytes.reserveCapacity(128 + body.utf8.count)
        for number in [sequence, unixMilliseconds, uptimeMilliseconds] { Self.append(number, to: &bytes) }
        // No device has the name "": a site's fact is like no device's.
        for text in [device ?? "", kind, body] {
            Self.append(Int64(text.utf8.count), to: &bytes)
            bytes.append(contentsOf: text.utf8)
        }
        return SHA256.digest(of: bytes)
    }

    private static func append(_ number: Int64, to bytes: inout [UInt8]) {
        for shift in stride(from: 56, through: 0, by: -8) { bytes.append(UInt8(truncatingIfNeeded: number >> shift)) }
    }
}
