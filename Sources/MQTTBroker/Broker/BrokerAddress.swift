/// Where a broker is and how to log in, as written in a URL: `mqtt://user:password@host:port`, or `mqtts://` with TLS.
///
/// User and password are percent-decoded. The port defaults to 1883, and to 8883 with TLS. An IPv6 address stands in
/// brackets. What else a URL may hold (a path, a query) has no meaning here and is an error.
public struct BrokerAddress: Sendable, Equatable {
    /// The broker's name or address.
    public var host: String
    /// The broker's port.
    public var port: UInt16
    /// Who logs in; `nil` for anonymous.
    public var username: String?
    /// With what password; never printed.
    public var password: String?
    /// Whether the connection is encrypted.
    public var isSecured: Bool

    /// The port of plain MQTT.
    public static let plainPort: UInt16 = 1883
    /// The port of MQTT over TLS.
    public static let securedPort: UInt16 = 8883

    /// Puts an address together.
    public init(
        host: String, port: UInt16, username: String? = nil, password: String? = nil, isSecured: Bool = false
    ) {
        self.host = host
        self.port = port
        self.username = username
        self.password = password
        self.isSecured = isSecured
    }

    /// Reads an address from a URL.
    ///
    /// - Throws: ``BrokerAddressError``, which names the part that is wrong and never repeats the password.
    public init(url: String) throws(BrokerAddressError) {
        let (isSecured, rest) = try Self.scheme(of: url)
        var place = rest
        if place.last == "/" { place = place.dropLast() }
        // The last @ separates: a password may hold others, however much that asks for percent signs.
        if let at = place.lastIndex(of: "@") {
            (username, password) = try Self.login(place[..<at])
            place = place[place.index(after: at)...]
        }
        if let stray = place.first(where: { "/?#".contains($0) }) {
            throw BrokerAddressError("a broker URL ends after the port; it has \"\(stray)\" after the host")
        }
        self.isSecured = isSecured
        (host, port) = try Self.hostAndPort(place, default: isSecured ? Self.securedPort : Self.plainPort)
    }

    private static func scheme(of url: String) throws(BrokerAddressError) -> (Bool, Substring) {
        guard let end = url.firstRange(of: "://") else {
            throw BrokerAddressError("a broker URL begins with mqtt:// or mqtts://")
        }
        let rest = url[end.upperBound...]
        switch url[..<end.lowerBound].lowercased() {
        case "mqtt": return (false, rest)
        case "mqtts": return (true, rest)
        case let other: throw BrokerAddressError("\"\(other)://\" is no broker URL; use mqtt:// or mqtts://")
        }
    }

    private static func login(_ text: Substring) throws(BrokerAddressError) -> (String, String?) {
        let parts = text.split(separator: ":", maxSplits: 1, omittingEmptySubsequences: false)
        let user = try decoded(parts[0], "user name")
        guard !user.isEmpty else { throw BrokerAddressError("the user name before \"@\" is empty") }
        guard parts.count == 2 else { return (user, nil) }
        return (user, try decoded(parts[1], "password"))
    }

    private static func hostAndPort(
        _ text: Substring, default defaultPort: UInt16
    ) throws(BrokerAddressError) -> (String, UInt16) {
        var host = text
        var portText: Substring?
        if text.first == "[" {
            guard let bracket = text.firstIndex(of: "]") else {
                throw BrokerAddressError("the IPv6 address lacks its closing bracket")
            }
            host = text[text.index(after: text.startIndex)..<bracket]
            let after = text[text.index(after: bracket)...]
            guard after.isEmpty || after.first == ":" else {
                throw BrokerAddressError("after \"]\" comes the port or nothing, not \"\(after)\"")
            }
            portText = after.isEmpty ? nil : after.dropFirst()
        } else if let colon = text.firstIndex(of: ":") {
            host = text[..<colon]
            portText = text[text.index(after: colon)...]
        }
        guard !host.isEmpty else { throw BrokerAddressError("the broker URL names no host") }
        guard !host.contains(where: { $0.isWhitespace }) else {
            throw BrokerAddressError("the host \"\(host)\" contains a space")
        }
        guard let portText else { return (String(host), defaultPort) }
        guard portText.allSatisfy({ $0.isASCII && $0.isNumber }), let port = UInt16(portText), port > 0 else {
            throw BrokerAddressError("the port \"\(portText)\" is no number from 1 to 65535")
        }
        return (String(host), port)
    }

    /// Undoes percent-encoding.
    private static func decoded(_ text: Substring, _ what: String) throws(BrokerAddressError) -> String {
        var bytes: [UInt8] = []
        var rest = text.utf8[...]
        while let byte = rest.popFirst() {
            guard byte == UInt8(ascii: "%") else {
                bytes.append(byte)
                continue
            }
            guard let high = rest.popFirst().flatMap(nibble), let low = rest.popFirst().flatMap(nibble) else {
                throw BrokerAddressError("\"%\" in the \(what) is not followed by two hexadecimal digits; write %25")
            }
            bytes.append(high << 4 | low)
        }
        guard let decoded = String(validating: bytes, as: UTF8.self), !decoded.contains("\0") else {
            throw BrokerAddressError("the \(what), percent-decoded, is not text")
        }
        return decoded
    }

    private static func nibble(_ digit: UInt8) -> UInt8? {
        switch digit {
        case UInt8(ascii: "0")...UInt8(ascii: "9"): digit - UInt8(ascii: "0")
        case UInt8(ascii: "a")...UInt8(ascii: "f"): digit - UInt8(ascii: "a") + 10
        case UInt8(ascii: "A")...UInt8(ascii: "F"): digit - UInt8(ascii: "A") + 10
        default: nil
        }
    }
}

extension BrokerAddress: CustomStringConvertible, CustomDebugStringConvertible, CustomReflectable {
    /// The URL, with `***` for the password.
    public var description: String {
        let login = username.map { password == nil ? "\($0)@" : "\($0):***@" } ?? ""
        let place = host.contains(":") ? "[\(host)]" : host
        return "\(isSecured ? "mqtts" : "mqtt")://\(login)\(place):\(port)"
    }

    /// The same as ``description``: a dump must not show the password either.
    public var debugDescription: String { description }
    /// No children: a dump must not show the password either.
    public var customMirror: Mirror { Mirror(self, children: []) }
}

/// What is wrong with a broker URL.
///
/// Never repeats the password.
public struct BrokerAddressError: Error, Sendable, Equatable, CustomStringConvertible {
    /// What is wrong and what would be right, for a person to read.
    public let description: String

    init(_ description: String) { self.description = description }
}
