/// Where the members of an object and the elements of an array are, in bytes that are known to be well-formed JSON.
///
/// Keys that are written with escapes are not found; no server writes any.
struct JSONSlices {
    private let bytes: [UInt8]

    /// Takes the bytes of one well-formed object.
    init(_ bytes: [UInt8]) { self.bytes = bytes }

    /// Where the value of a member of the outermost object is.
    func member(_ name: String) -> Range<Int>? {
        let name = Array(name.utf8)
        var index = afterSpace(0) + 1
        while true {
            index = afterSpace(index)
            guard index < bytes.count, bytes[index] == UInt8(ascii: "\"") else { return nil }
            let keyEnd = end(of: index)
            let isWanted = bytes[(index + 1)..<(keyEnd - 1)].elementsEqual(name)
            let value = afterSpace(afterSpace(keyEnd) + 1)
            let valueEnd = end(of: value)
            if isWanted { return value..<valueEnd }
            index = afterSpace(valueEnd) + 1
        }
    }

    /// Where the elements of the array at a place are.
    func elements(of array: Range<Int>) -> [Range<Int>] {
        var found: [Range<Int>] = []
        var index = afterSpace(array.lowerBound + 1)
        while index < array.upperBound - 1 {
            let end = end(of: index)
            found.append(index..<end)
            index = afterSpace(afterSpace(end) + 1)
        }
        return found
    }

    /// Where the value that begins at `start` ends.
    private func end(of start: Int) -> Int {
        switch bytes[start] {
        case UInt8(ascii: "\""): endOfText(start)
        case UInt8(ascii: "{"), UInt8(ascii: "["): endOfNested(start)
        default: endOfWord(start)
        }
    }

    private func endOfNested(_ start: Int) -> Int {
        var depth = 0
        var index = start
        while index < bytes.count {
            switch bytes[index] {
            case UInt8(ascii: "\""):
                index = endOfText(index)
                continue
            case UInt8(ascii: "{"), UInt8(ascii: "["): depth += 1
            case UInt8(ascii: "}"), UInt8(ascii: "]"):
                depth -= 1
                if depth == 0 { return index + 1 }
            default: break
            }
            index += 1
        }
        return index
    }

    private func endOfWord(_ start: Int) -> Int {
        var index = start
        while index < bytes.count, !Self.endsWord(bytes[index]) { index += 1 }
        return index
    }

    private static func endsWord(_ byte: UInt8) -> Bool {
        switch byte {
        case UInt8(ascii: ","), UInt8(ascii: "}"), UInt8(ascii: "]"): true
        default: isSpace(byte)
        }
    }

    private func endOfText(_ start: Int) -> Int {
        var index = start + 1
        while index < bytes.count, bytes[index] != UInt8(ascii: "\"") {
            index += bytes[index] == UInt8(ascii: "\\") ? 2 : 1
        }
        return index + 1
    }

    private func afterSpace(_ start: Int) -> Int {
        var index = start
        while index < bytes.count, Self.isSpace(bytes[index]) { index += 1 }
        return index
    }

    private static func isSpace(_ byte: UInt8) -> Bool {
        switch byte {
        case UInt8(ascii: " "), 0x09, 0x0A, 0x0D: true
        default: false
        }
    }
}
