import Foundation
import Testing

extension WholeProgram {
    @Suite struct `The supervisor tree` {
        @Test func `the gateway answers the request that restarts it, and is back`() async throws {
            try await withSite { site in
                let port = try Port.take()
                let server = try await site.serveReady([], ["DOPPEL_HTTP_PORT": "\(port)"])
                let answer = try await server.http.post("/api/v1/supervision/root%2Fgateway/restart")
                #expect(answer.status == 202)
                #expect(Self.node("gateway", answer.json)["state"].text == "stopping")
                try await eventually("the gateway is back") {
                    let gateway = Self.node("gateway", try await server.http.get("/api/v1/supervision").json)
                    return gateway["state"].text == "running" && gateway["restarts"].number == 1
                }
                let told = try await site.run(["supervision"], ["DOPPEL_HTTP_PORT": "\(port)"])
                #expect(told.exit == .code(0))
                #expect(told.output.contains("  gateway    running  1"), "\(told.output)")
                let refused = try await site.run(["supervision", "restart", "twins"], ["DOPPEL_HTTP_PORT": "\(port)"])
                #expect(refused.exit == .code(1))
                #expect(refused.complaints.contains("'twins' cannot be restarted by itself"), "\(refused.tail)")
                #expect(try await server.interrupt() == .code(0))
            }
        }

        @Test func `the embedded broker is restarted by its name, and everything connects again`() async throws {
            try await withSite { site in
                let server = try await site.serveReady()
                let first = try #require(site.processes(named: "mosquitto").first)
                #expect(try await server.http.post("/api/v1/supervision/process/restart").status == 202)
                try await eventually("another broker runs") {
                    let brokers = site.processes(named: "mosquitto")
                    return brokers.count == 1 && brokers != [first]
                }
                try await server.ready()
                let root = try await server.http.get("/api/v1/supervision").json
                #expect(Self.node("process", root)["restarts"].number == 1)
                #expect(try await server.interrupt() == .code(0))
            }
        }

        @Test func `connections that are down are not called running, and neither is what is above them`() async throws
        {
            try await withSite { site in
                let server = try await site.serve([], site.external)
                let root = try await server.http.get("/api/v1/supervision").json
                #expect(root["state"].text == "failing")
                #expect(Self.node("broker", root)["state"].text == "failing")
                #expect(Self.node("control", root)["condition"].text == "failing")
                #expect(Self.node("control", root)["breaker"].text == "closed")
                #expect(Self.node("gateway", root)["state"].text == "running")
                _ = try await site.startBroker()
                try await server.ready()
                #expect(try await server.http.get("/api/v1/supervision").json["state"].text == "running")
            }
        }

        @Test func `a service manager hears when it runs, that it answers, and that it ends`() async throws {
            try await withSite { site in
                let socket = try NotifySocket("@doppel-test-\(UUID().uuidString)")
                let server = try await site.serveReady(
                    [], ["NOTIFY_SOCKET": socket.address, "WATCHDOG_USEC": "200000"])
                var lines: [String] = []
                try await eventually("the watchdog is fed") {
                    lines += socket.lines()
                    return lines.count { $0 == "WATCHDOG=1" } >= 3
                }
                #expect(lines.first == "READY=1")
                #expect(lines.contains("STATUS=7 of 7 parts run"), "\(lines)")
                _ = socket.lines()
                #expect(try await server.interrupt() == .code(0))
                lines = socket.lines()
                #expect(lines.contains("STOPPING=1"), "\(lines)")
                #expect(lines.count { $0 == "READY=1" } == 0)
            }
        }

        /// A node of the tree.
        private static func node(_ name: String, _ root: JSON) -> JSON {
            func find(_ node: JSON) -> JSON? {
                if node["name"].text == name { return node }
                return node["children"].items.lazy.compactMap(find).first
            }
            return find(root) ?? .null
        }
    }
}
