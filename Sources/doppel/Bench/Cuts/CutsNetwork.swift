import Foundation
import Glibc

/// The ways between the broker, the server and the devices of `doppel bench cuts`, which can be cut without a word.
protocol CutsNetwork: Sendable {
    /// What the report calls it.
    var name: String { get }
    /// Where the broker listens, as a line of its configuration says it.
    var listener: String { get }
    /// What the broker's command line begins with.
    var brokerPrefix: [String] { get }

    /// Where one side finds the broker.
    func address(of side: CutSide) -> (host: String, port: Int)
    /// Lets nothing through on one side, and closes nothing, or lets everything through again.
    func setCut(_ isCut: Bool, _ side: CutSide) throws
    /// Takes it all away.
    func remove()
}

/// Who is cut off from the broker.
enum CutSide: Int, Sendable, CaseIterable {
    case server, devices
}

/// The broker in a network namespace of its own, with one virtual cable to the server and one to the devices.
///
/// Needs root. The addresses are those that RFC 2544 keeps for benchmarks.
struct NamespaceNetwork: CutsNetwork {
    let name = "namespace"
    private let port: Int
    private let id = getpid()

    /// Lays the cables; `nil` where the system does not let us.
    init?(port: Int) {
        self.port = port
        guard geteuid() == 0 else { return nil }
        do {
            try Self.ip("netns", "add", namespace)
            for side in CutSide.allCases {
                try Self.ip(
                    "link", "add", near(side), "type", "veth", "peer", "name", far(side), "netns", namespace)
                try Self.ip("addr", "add", "\(host(side, 1))/30", "dev", near(side))
                try Self.ip("link", "set", near(side), "up")
                try Self.ip("-n", namespace, "addr", "add", "\(host(side, 2))/30", "dev", far(side))
                try Self.ip("-n", namespace, "link", "set", far(side), "up")
            }
        } catch {
            remove()
            return nil
        }
    }

    /// Only the two cables lead into the namespace.
    var listener: String { "listener \(port)" }
    var brokerPrefix: [String] { ["ip", "netns", "exec", namespace] }

    func address(of side: CutSide) -> (host: String, port: Int) { (host(side, 2), port) }

    /// The broker's end of the cable goes down: to the other end it looks as if nobody answered any more.
    func setCut(_ isCut: Bool, _ side: CutSide) throws {
        try Self.ip("-n", namespace, "link", "set", far(side), isCut ? "down" : "up")
    }

    func remove() {
        // With the namespace go the ends within it, and with each of those the other one, a little later.
        for side in CutSide.allCases { try? Self.ip("link", "del", near(side)) }
        try? Self.ip("netns", "del", namespace)
    }

    private var namespace: String { "doppel-\(id)" }
    private func near(_ side: CutSide) -> String { "dop\(id)n\(side.rawValue)" }
    private func far(_ side: CutSide) -> String { "dop\(id)f\(side.rawValue)" }

    private func host(_ side: CutSide, _ end: Int) -> String {
        "198.\(18 + Int(id) / 250 % 2).\(Int(id) % 250).\(4 * side.rawValue + end)"
    }

    private static func ip(_ arguments: String...) throws {
        let process = Process()
        process.executableURL = URL(fileURLWithPath: "/usr/bin/env")
        process.arguments = ["ip"] + arguments
        process.standardError = FileHandle.nullDevice
        try process.run()
        process.waitUntilExit()
        guard process.terminationStatus == 0 else {
            throw BenchChild.Silence(description: "`ip \(arguments.joined(separator: " "))` failed")
        }
    }
}

/// The broker on loopback behind two proxies that can fall silent; for those who may not lay cables.
struct ProxyNetwork: CutsNetwork {
    let name = "proxy"
    private let port: Int
    private let proxies: [SilentProxy]

    init(port: Int) throws {
        self.port = port
        proxies = try CutSide.allCases.map { _ in try SilentProxy(to: port) }
    }

    var listener: String { "listener \(port) 127.0.0.1" }
    var brokerPrefix: [String] { [] }

    func address(of side: CutSide) -> (host: String, port: Int) { ("127.0.0.1", proxies[side.rawValue].port) }

    func setCut(_ isCut: Bool, _ side: CutSide) { proxies[side.rawValue].setSilent(isCut) }

    func remove() { for proxy in proxies { proxy.close() } }
}
