import HTTPTypes
import Hummingbird
import TwinCore

/// Reads the caller's key for an order (`Idempotency-Key`): the same key gets the same answer, and no second command.
enum IdempotencyKey {
    /// The key; `nil` when there is none.
    ///
    /// - Throws: ``Problem`` for a key that is not kept as it is: one that is silently cut or dropped would protect
    ///   nobody from a second command.
    static func read(_ request: Request) throws(Problem) -> String? {
        let given = request.headers[values: .idempotencyKey]
        guard let key = given.first else { return nil }
        let printable = UInt8(ascii: " ")...UInt8(ascii: "~")
        guard given.count == 1, (1...CommandOrder.maximumKeyBytes).contains(key.utf8.count),
            key.utf8.allSatisfy(printable.contains)
        else {
            throw .invalid(
                "Idempotency-Key", given.count > 1 ? "given twice" : "'\(key.prefix(100))' is not usable",
                expected: "one key of 1 to \(CommandOrder.maximumKeyBytes) printable ASCII characters")
        }
        return key
    }
}

extension HTTPField.Name {
    /// The caller's name for an order (draft-ietf-httpapi-idempotency-key-header).
    static let idempotencyKey = HTTPField.Name("Idempotency-Key")!
}
