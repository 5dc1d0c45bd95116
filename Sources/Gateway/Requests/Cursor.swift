import FoundationEssentials

/// A text that a client hands back to get the next page, and need not understand.
enum Cursor {
    /// Wraps what the next page needs to know.
    static func encode(_ text: String) -> String {
        Data(text.utf8).base64EncodedString()
            .replacing("+", with: "-").replacing("/", with: "_").replacing("=", with: "")
    }

    /// Unwraps it; `nil` for a text that no page ever ended with.
    static func decode(_ text: String) -> String? {
        let standard = text.replacing("-", with: "+").replacing("_", with: "/")
        let padding = String(repeating: "=", count: (4 - standard.utf8.count % 4) % 4)
        return Data(base64Encoded: standard + padding).flatMap { String(validating: $0, as: UTF8.self) }
    }
}
