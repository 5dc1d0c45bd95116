package import TwinCore

/// The elements of one JSON array within a payload that has been checked.
///
/// Like ``JSONObject`` it keeps positions, not bytes: every reader gets the bytes it was made of passed in. A `null`
/// among the elements has no type that a reader could want, and is refused.
package struct JSONArray: Sendable {
    /// The member that holds the array, for refusals.
    private let key: JSONKey
    private let elements: [JSONMember]

    /// Reads an array within bytes that have been checked, of at most `maximum` elements.
    init(_ key: JSONKey, _ bytes: Span<UInt8>, at start: Int, maximum: Int) throws(Refusal) {
        self.key = key
        var scanner = JSONScanner(at: start)
        do throws(Refusal) {
            try scanner.scanElements(bytes, maximum: maximum)
        } catch {
            throw Refusal(error.reason, "\(key): \(error.detail)")
        }
        elements = scanner.finished()
    }

    /// How many elements there are.
    package var count: Int { elements.count }

    /// The element at an index below ``count``, an object.
    package func object(_ index: Int, in bytes: Span<UInt8>) throws(Refusal) -> JSONObject {
        let value = elements[index].value
        guard value.kind == .object else { throw wrongType(index, "an object", value) }
        return try JSONObject(bytes, at: value.start)
    }

    /// The element at an index below ``count``, a whole number within a range.
    package func integer(
        _ index: Int, _ range: ClosedRange<Int>, in bytes: Span<UInt8>
    ) throws(Refusal) -> Int {
        let value = elements[index].value
        guard value.kind == .integer else { throw wrongType(index, "a whole number", value) }
        let number = Int(value.integer)
        guard range.contains(number) else {
            throw Refusal(
                .outOfRange, "\(key)[\(index)] is \(number), not \(range.lowerBound) to \(range.upperBound)")
        }
        return number
    }

    /// The element at an index below ``count``, a text.
    package func text(_ index: Int, in bytes: Span<UInt8>) throws(Refusal) -> String {
        let value = elements[index].value
        guard let text = JSONText.text(value, bytes) else { throw wrongType(index, "text", value) }
        return text
    }

    private func wrongType(_ index: Int, _ expected: String, _ found: JSONValue) -> Refusal {
        Refusal(.wrongType, "\(key)[\(index)] must be \(expected), not \(found.kind.name)")
    }
}
