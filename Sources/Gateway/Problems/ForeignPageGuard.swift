import HTTPTypes
import Hummingbird
import NIOCore

/// Keeps pages of other sites from switching pumps through a browser on this machine.
///
/// There is no authentication yet, so whoever reaches the port may command. A browser reaches it on behalf of any
/// page it shows; two checks close that door. `Host` must be an address, `localhost` or an allowed name: a name that
/// an attacker points here (DNS rebinding) is refused. `Origin`, which browsers send with every request that can
/// change something, must be the same host and port: a form or script of another site is refused.
struct ForeignPageGuard: RouterMiddleware {
    typealias Context = GatewayContext

    /// The names that requests may be addressed to, in lower case.
    private let names: Set<String>

    init(names: [String]) { self.names = Set(names.map { $0.lowercased() }).union(["localhost"]) }

    func handle(
        _ request: Request, context: GatewayContext,
        next: @concurrent (Request, GatewayContext) async throws -> Response
    ) async throws -> Response {
        let problem = problem(authority: request.head.authority, origin: request.headers[.origin])
        if let problem { throw problem }
        return try await next(request, context)
    }

    /// Why a request is refused that is addressed so and comes from a page of that origin; `nil` when it is not.
    func problem(authority: String?, origin: String?) -> Problem? {
        guard let authority = authority?.lowercased(), !authority.isEmpty else {
            return .invalid("Host", "missing", expected: "the host this request is meant for")
        }
        guard accepts(host: Self.host(of: authority)) else { return .misdirected(authority) }
        guard let origin else { return nil }
        let own = ["http://\(authority)", "https://\(authority)"]
        return own.contains(origin.lowercased()) ? nil : .foreignOrigin(origin)
    }

    /// Whether requests may be addressed to a host: an address cannot be pointed here by somebody else.
    func accepts(host: String) -> Bool {
        names.contains(host) || (try? SocketAddress(ipAddress: host, port: 0)) != nil
    }

    /// The host without its port and without an IPv6 address's brackets.
    static func host(of authority: String) -> String {
        if authority.hasPrefix("[") { return String(authority.dropFirst().prefix { $0 != "]" }) }
        return String(authority.prefix { $0 != ":" })
    }
}
