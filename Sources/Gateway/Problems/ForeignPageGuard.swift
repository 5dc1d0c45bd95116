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
        guard let authority = request.head.authority?.lowercased(), !authority.isEmpty else {
            throw Problem.invalid("Host", "missing", expected: "the host this request is meant for")
        }
        guard accepts(host: Self.host(of: authority)) else { throw Problem.misdirected(authority) }
        if let origin = request.headers[.origin] {
            let own = ["http://\(authority)", "https://\(authority)"]
            guard own.contains(origin.lowercased()) else { throw Problem.foreignOrigin(origin) }
        }
        return try await next(request, context)
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
