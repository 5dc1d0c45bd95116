import Foundation
import Testing

extension WholeProgram {
    @Suite struct `When something around it fails` {
        @Test func `a killed program takes its broker along`() async throws {
            try await withSite { site in
                let server = try await site.serveReady()
                #expect(site.processes(named: "mosquitto").count == 1)
                try await server.program.kill()
                try await eventually("no broker is left", within: .seconds(10)) {
                    site.processes(named: "mosquitto").isEmpty
                }
            }
        }

        @Test func `a killed broker is started again, and readings go on being stored`() async throws {
            try await withSite { site in
                let server = try await site.serveReady()
                let device = site.device("ESP_7C19F2")
                try await device.join()
                try await device.register(expecting: "online")
                for raw in 2000..<2010 { try await device.measure(raw: raw) }
                try await eventually("the first readings are stored") { try Store(site).count() == 10 }

                let first = try #require(site.processes(named: "mosquitto").first)
                kill(first, SIGKILL)
                try await eventually("another broker runs") {
                    let brokers = site.processes(named: "mosquitto")
                    return brokers.count == 1 && brokers != [first]
                }
                try await server.ready()
                for raw in 2010..<2020 { try await device.measure(raw: raw) }
                try await eventually("the other readings are stored, too") { try Store(site).count() == 20 }
                let path = "/api/v1/twins/\(device.id)/sensors/34/history?limit=100"
                let raws = try await server.http.get(path).json["items"].items.compactMap { $0["raw"].number }
                #expect(raws.sorted() == (2000..<2020).map { Double($0) })
                #expect(try await restarts(of: "process", server) == 1)
                #expect(try await server.interrupt() == .code(0))
            }
        }

        @Test func `a taken port of the interface ends the program with status 2 and names the port`() async throws {
            try await withSite { site in
                let port = try Port.take()
                let squatter = try Listener(port)
                defer { squatter.close() }
                let program = try await site.run(["serve"], ["DOPPEL_HTTP_PORT": "\(port)"])
                #expect(program.exit == .code(2))
                let line = program.lines.last { $0.hasPrefix("Doppel ended: ") || $0.hasPrefix("Doppel did not start") }
                #expect(line?.contains("port \(port) on 127.0.0.1 is taken") == true, "\(program.tail)")
                #expect(line?.contains("ss -ltnp") == true)
                #expect(line?.contains("--http-port, DOPPEL_HTTP_PORT or http.port") == true)
                #expect(line?.contains("restarted 3 times within 30 s, in vain") == true)
                #expect(site.processes(named: "mosquitto") == [])
            }
        }

        @Test func `a taken port of the broker ends the program with status 2 and says what to do`() async throws {
            try await withSite { site in
                let squatter = try Listener(site.brokerPort)
                defer { squatter.close() }
                let program = try await site.run(["serve"])
                #expect(program.exit == .code(2))
                #expect(program.complaints.contains("port \(site.brokerPort) on 127.0.0.1 is taken"), "\(program.tail)")
                #expect(program.complaints.contains("DOPPEL_EMBEDDED_BROKER_PORT"))
            }
        }

        @Test func `a wrong key of the configuration ends it with status 1 and names the nearest one`() async throws {
            try await withSite { site in
                let file = site.folder.appending(path: "doppel.yaml")
                try "http:\n  prot: 8081\n".write(to: file, atomically: true, encoding: .utf8)
                let program = try await site.run(["serve", "--config", file.path])
                #expect(program.exit == .code(1))
                #expect(
                    program.lines.first == "\(file.path):2:3: unknown key 'http.prot'; did you mean 'http.port'?",
                    "\(program.tail)")
                #expect(!FileManager.default.fileExists(atPath: site.data.path))
            }
        }

        @Test func `a second program on the same data folder says who has it, and changes nothing`() async throws {
            try await withSite { site in
                let server = try await site.serveReady()
                let second = try await site.run(
                    ["serve"], ["DOPPEL_EMBEDDED_BROKER_PORT": "\(try Port.take())"])
                #expect(second.exit == .code(2))
                #expect(
                    second.complaints.contains("another doppel (process \(server.program.processID)) is using"),
                    "\(second.tail)")
                #expect(try await server.http.get("/readyz").status == 200)
                #expect(site.processes(named: "mosquitto").count == 1)
            }
        }

        @Test func `without its broker it lives, says what is missing, and is ready when the broker comes`()
            async throws
        {
            try await withSite { site in
                let server = try await site.serve([], site.external)
                let answer = try await server.http.get("/readyz")
                #expect(answer.status == 503)
                #expect(answer.json["detail"].text == "the ingest connection to the broker is down")
                #expect(try await server.http.get("/livez").status == 200)
                #expect(server.program.exit == nil)
                _ = try await site.startBroker()
                try await server.ready()
                #expect(try await server.interrupt() == .code(0))
            }
        }

        @Test func `without the program the client says that nothing was stopped, and ends with status 3`() async throws
        {
            try await withSite { site in
                let port = try Port.take()
                let stop = try await site.run(["stop", "--all"], ["DOPPEL_HTTP_PORT": "\(port)"])
                #expect(stop.exit == .code(3))
                #expect(stop.complaints.hasPrefix("NOT STOPPED: Doppel cannot be reached at http://127.0.0.1:\(port)"))
                #expect(stop.complaints.contains("cut the power"))
            }
        }

        /// How often a node of the supervisor tree was started again.
        private func restarts(of name: String, _ server: Server) async throws -> Int? {
            func find(_ node: JSON) -> JSON? {
                if node["name"].text == name { return node }
                return node["children"].items.lazy.compactMap(find).first
            }
            let root = try await server.http.get("/api/v1/supervision").json
            return find(root)?["restarts"].number.map { Int($0) }
        }
    }
}
