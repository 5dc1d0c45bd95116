/// Where a PostgreSQL server is and how to log in, as written in a URL that libpq takes:
/// `postgres://user:password@host:port/database?sslmode=verify-full&connect_timeout=5`.
///
/// Several hosts, Unix sockets (`postgres:///database?host=/run/postgresql`) and every parameter of libpq are allowed;
/// what libpq does not know is an error. What the URL leaves open libpq takes from where it always does: the
/// environment (`PGPASSWORD` …), a password file, its defaults.
public struct PostgresAddress: Sendable, Equatable {
    /// One connection parameter under libpq's name, percent-decoded.
    struct Parameter: Sendable, Equatable {
        let name: String
        let value: String
    }

    /// How long a connection may take to come up when the URL does not say it, in seconds.
    public static let defaultConnectSeconds: Int64 = 5
    /// What a person would have to write.
    public static let form = "postgres://[user[:password]@]host[:port]/database[?sslmode=require&…]"
    /// The parameters whose values are never printed.
    static let secretParameters: Set<String> = ["password", "sslpassword"]

    /// What a connection has unless the URL says otherwise; the rest are libpq's defaults.
    ///
    /// A server that has gone without a word is noticed within a minute even while nobody asks it anything.
    private static let defaults = [
        ("application_name", "doppel"), ("client_encoding", "UTF8"), ("keepalives_idle", "30"),
        ("keepalives_interval", "10"), ("keepalives_count", "3"), ("tcp_user_timeout", "30000"),
    ]

    /// What the URL says, in libpq's order.
    let parameters: [Parameter]
    /// What must not be printed, as it was written and as it was meant.
    let secrets: [String]

    /// Reads an address from a URL.
    ///
    /// - Throws: ``PostgresAddressError``, which says what is wrong and never repeats a password.
    public init(url: String) throws(PostgresAddressError) {
        let form = try PostgresURL(url)
        let parameters = try form.parameters()
        try Self.check(parameters)
        self.parameters = parameters
        let meant = parameters.filter { Self.secretParameters.contains($0.name) }.map(\.value)
        secrets = (meant + form.writtenSecrets).filter { !$0.isEmpty }
    }

    /// What the URL says about a parameter; `nil` for nothing.
    public subscript(_ name: String) -> String? { parameters.first { $0.name == name }?.value }

    /// How long a connection may take to come up, in milliseconds.
    ///
    /// libpq heeds `connect_timeout` only where it blocks, so whoever connects heeds it. Less than two seconds counts
    /// as two, as it does there.
    var connectMilliseconds: Int64 {
        let seconds = self["connect_timeout"].flatMap { Int64($0) } ?? 0
        return (seconds > 0 ? max(seconds, 2) : Self.defaultConnectSeconds) * 1_000
    }

    /// The parameters to connect with.
    ///
    /// - Parameter turn: How many attempts failed before. Several hosts are tried from another one each time: libpq
    ///   goes to the next host when one refuses, but waits for a silent one until the attempt's time is over.
    func connectionParameters(turn: Int) -> [Parameter] {
        let hosts = (self["hostaddr"] ?? self["host"] ?? "").split(separator: ",", omittingEmptySubsequences: false)
        var all = parameters.map { parameter in
            guard hosts.count > 1, ["host", "hostaddr", "port"].contains(parameter.name) else { return parameter }
            let items = parameter.value.split(separator: ",", omittingEmptySubsequences: false)
            guard items.count == hosts.count else { return parameter }
            let first = turn % items.count
            return Parameter(
                name: parameter.name, value: (items[first...] + items[..<first]).joined(separator: ","))
        }
        for (name, value) in Self.defaults where self[name] == nil {
            all.append(Parameter(name: name, value: value))
        }
        return all
    }

    /// A text without any password in it.
    func redact(_ text: String) -> String { Self.redact(text, secrets) }

    static func redact(_ text: String, _ secrets: [String]) -> String {
        // The longest first, so that a secret within another one leaves nothing of it.
        secrets.filter { !$0.isEmpty }.sorted { $0.utf8.count > $1.utf8.count }
            .reduce(text) { text, secret in
                text.split(separator: secret, omittingEmptySubsequences: false).joined(separator: "***")
            }
    }

    private static func check(_ parameters: [Parameter]) throws(PostgresAddressError) {
        for parameter in parameters {
            let value = parameter.value
            switch parameter.name {
            case "port":
                for port in value.split(separator: ",") where (UInt16(port) ?? 0) == 0 || port.first == "+" {
                    throw PostgresAddressError(
                        "a port is no number from 1 to 65535; if what stands before \"@\" holds one of / ? : @ %, "
                            + "write it percent-encoded (%2F %3F %3A %40 %25)")
                }
            case "connect_timeout":
                guard let seconds = Int32(value), seconds >= 0 else {
                    throw PostgresAddressError("connect_timeout is a number of seconds, not \"\(value)\"")
                }
            case "sslmode":
                try oneOf("disable", "allow", "prefer", "require", "verify-ca", "verify-full", for: parameter)
            case "target_session_attrs":
                try oneOf(
                    "any", "read-write", "read-only", "primary", "standby", "prefer-standby", for: parameter)
            case "client_encoding":
                guard ["utf8", "utf-8", "unicode"].contains(value.lowercased()) else {
                    throw PostgresAddressError("client_encoding is always UTF8 here; leave it out")
                }
            case "replication":
                throw PostgresAddressError("replication connections take no queries; leave \"replication\" out")
            case "service":
                throw PostgresAddressError("service files are not read; write the parameters into the URL")
            default: break
            }
        }
    }

    private static func oneOf(_ words: String..., for parameter: Parameter) throws(PostgresAddressError) {
        guard !words.contains(parameter.value) else { return }
        throw PostgresAddressError(
            "\(parameter.name)=\(parameter.value) is unknown; it is one of \(words.joined(separator: ", "))")
    }
}

extension PostgresAddress: CustomStringConvertible, CustomDebugStringConvertible, CustomReflectable {
    /// The URL, with `***` for every password.
    public var description: String {
        let login = self["user"].map { self["password"] == nil ? "\($0)@" : "\($0):***@" } ?? ""
        let (inPlace, place) = hostText
        let stated = inPlace.union(["user", "dbname"]).union(self["user"] == nil ? [] : ["password"])
        let query = parameters.filter { !stated.contains($0.name) }.map { parameter in
            "\(parameter.name)=\(Self.secretParameters.contains(parameter.name) ? "***" : parameter.value)"
        }
        let tail = query.isEmpty ? "" : "?\(query.joined(separator: "&"))"
        return redact("postgres://\(login)\(place)/\(self["dbname"] ?? "")\(tail)")
    }

    /// The same as ``description``: a dump must not show a password either.
    public var debugDescription: String { description }
    /// No children: a dump must not show a password either.
    public var customMirror: Mirror { Mirror(self, children: []) }

    /// The hosts as a URL has them, and which parameters are said by that.
    private var hostText: (said: Set<String>, text: String) {
        // A folder of a Unix socket can stand in the query only.
        guard let host = self["host"], !host.contains("/") else { return ([], "") }
        let hosts = host.split(separator: ",", omittingEmptySubsequences: false)
        let ports = (self["port"] ?? "").split(separator: ",", omittingEmptySubsequences: false)
        let texts = hosts.enumerated().map { index, host in
            let port = ports.count == 1 ? ports[0] : index < ports.count ? ports[index] : ""
            return (host.contains(":") ? "[\(host)]" : String(host)) + (port.isEmpty ? "" : ":\(port)")
        }
        return (["host", "port"], texts.joined(separator: ","))
    }
}

/// What is wrong with a PostgreSQL URL.
///
/// Never repeats a password.
public struct PostgresAddressError: Error, Sendable, Equatable, CustomStringConvertible {
    /// What is wrong and what would be right, for a person to read.
    public let description: String

    init(_ description: String) { self.description = description }
}
