import CPostgreSQL

/// A PostgreSQL URL as it was written.
///
/// libpq reads it. What libpq misunderstands when a password was not percent-encoded is looked for before, because
/// libpq then takes pieces of the password for a host, a port or a database, and prints them.
struct PostgresURL {
    private let url: String
    /// The passwords, still percent-encoded.
    let writtenSecrets: [String]

    init(_ url: String) throws(PostgresAddressError) {
        guard let scheme = ["postgres://", "postgresql://"].first(where: { url.hasPrefix($0) }) else {
            throw PostgresAddressError(
                "a PostgreSQL URL begins with postgres:// and looks like \(PostgresAddress.form)")
        }
        guard !url.utf8.contains(0) else { throw PostgresAddressError("the PostgreSQL URL holds a NUL character") }
        self.url = url
        let rest = url.dropFirst(scheme.count)
        let authority = rest.prefix { !"/?".contains($0) }
        let after = rest[authority.endIndex...]
        guard authority.count(where: { $0 == "@" }) <= 1, !after.contains("@") else {
            throw PostgresAddressError(
                "an \"@\" stands where none can be: in user, password and parameters write it %40 "
                    + "(and / as %2F, ? as %3F, % as %25)")
        }
        var secrets: [String] = []
        if let at = authority.firstIndex(of: "@"), let colon = authority[..<at].firstIndex(of: ":") {
            secrets.append(String(authority[authority.index(after: colon)..<at]))
        }
        try Self.checkPercents(authority, "before the database's name")
        let database = after.prefix { $0 != "?" }
        let query = after[database.endIndex...].dropFirst()
        try Self.checkPercents(database, "in the database's name")
        for (index, piece) in query.split(separator: "&", omittingEmptySubsequences: false).enumerated()
        where !query.isEmpty {
            let sides = piece.split(separator: "=", omittingEmptySubsequences: false)
            guard sides.count == 2, !sides[0].isEmpty else {
                throw PostgresAddressError(
                    "parameter \(index + 1) after \"?\" is not written name=value (in a value write = as %3D, & as %26)"
                )
            }
            if PostgresAddress.secretParameters.contains(String(sides[0])) { secrets.append(String(sides[1])) }
            try Self.checkPercents(piece, "in parameter \(index + 1) after \"?\"")
        }
        writtenSecrets = secrets
    }

    /// What the URL says, as libpq reads it.
    func parameters() throws(PostgresAddressError) -> [PostgresAddress.Parameter] {
        var complaint: UnsafeMutablePointer<CChar>?
        let options = unsafe PQconninfoParse(url, &complaint)
        guard var option = unsafe options else {
            defer { unsafe PQfreemem(complaint) }
            let text = unsafe complaint.map { unsafe String(cString: $0) } ?? "libpq is out of memory"
            throw PostgresAddressError(PostgresAddress.redact(trimmed(text), writtenSecrets))
        }
        defer { unsafe PQconninfoFree(options) }
        var parameters: [PostgresAddress.Parameter] = []
        while let name = unsafe option.pointee.keyword {
            if let value = unsafe option.pointee.val {
                parameters.append(
                    PostgresAddress.Parameter(
                        name: unsafe String(cString: name), value: unsafe String(cString: value)))
            }
            unsafe option += 1
        }
        return parameters
    }

    private static func checkPercents(_ text: Substring, _ place: String) throws(PostgresAddressError) {
        var rest = text.utf8[...]
        while let byte = rest.popFirst() {
            guard byte == UInt8(ascii: "%") else { continue }
            let digits = rest.prefix(2)
            guard digits.count == 2, digits.allSatisfy({ Character(UnicodeScalar($0)).isHexDigit }),
                !digits.elementsEqual("00".utf8)
            else {
                throw PostgresAddressError(
                    "\"%\" \(place) is not followed by the two hexadecimal digits of a character; write %25 for itself")
            }
            rest = rest.dropFirst(2)
        }
    }
}

/// A text of libpq in one line, without the line breaks that it ends with.
func trimmed(_ text: String) -> String {
    text.split(separator: "\n").map { $0.drop { $0 == "\t" } }.joined(separator: "; ")
}
