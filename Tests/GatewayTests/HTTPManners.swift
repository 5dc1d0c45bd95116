import Foundation
import HTTPTypes
import Testing
import TwinCore
import TwinRuntime

@testable import Gateway

@Suite("What every route has in common")
struct HTTPManners {
    static let endpoints = Endpoints(service: FakeTwins(), heartbeat: .seconds(15))

    @Test func aPathThatIsNoRouteIsAProblem() async throws {
        try await converse(FakeTwins()) { gateway async throws in
            for path in ["/api/v1/nothing", "/api/v2/twins", "/twins"] {
                let answer = try await gateway.get(path)
                #expect(answer.status == 404)
                #expect(answer.problem == "not-found")
                #expect(try answer.json["request_id"]?.asText == answer.headers[.requestID])
            }
        }
    }

    @Test func aMethodThatAPathDoesNotTakeIs405WithThoseItTakes() async throws {
        try await converse(FakeTwins()) { gateway async throws in
            let wrong = try await gateway.ask(.delete, "/api/v1/emergency-stop")
            #expect(wrong.status == 405)
            #expect(wrong.problem == "method-not-allowed")
            #expect(wrong.headers[.allow] == "GET, POST")
            let read = try await gateway.get("/api/v1/emergency-stop/clear")
            #expect(read.status == 405)
            #expect(read.headers[.allow] == "POST")
            let head = try await gateway.ask(.head, "/livez")
            #expect(head.status == 405)
            #expect(head.text.isEmpty)
        }
    }

    @Test func everyPathAnswersEveryMethod() async throws {
        let routes = Self.endpoints.routes
        try await converse(FakeTwins()) { gateway async throws in
            for route in routes {
                let answer = try await gateway.ask(.trace, route.path)
                #expect(answer.status == 405, "\(route.path)")
            }
        }
    }

    @Test(arguments: ["http://evil.example", "null", "http://localhost:8081", "https://localhost.evil.example"])
    func aPageOfAnotherOriginSwitchesNothing(origin: String) async throws {
        let twins = FakeTwins()
        twins.change { $0.record = Greenhouse.record(.accepted) }
        try await converse(twins) { gateway async throws in
            let answer = try await gateway.post(
                CommandRouteTests.path, #"{"command":"ON"}"#, headers: [.origin: origin])
            #expect(answer.status == 403)
            #expect(answer.problem == "foreign-origin")
            let approval = try await gateway.post("/api/v1/twins/ESP_AABB01/approve", headers: [.origin: origin])
            #expect(approval.status == 403)
        }
        #expect(twins.seen.requests.isEmpty)
        #expect(twins.seen.asked.isEmpty)
    }

    @Test func ourOwnPageMayAsk() async throws {
        let twins = FakeTwins()
        try await converse(twins) { gateway async throws in
            let body = #"{"scope":"all","reason":"smoke"}"#
            let answer = try await gateway.post(
                "/api/v1/emergency-stop", body, headers: [.origin: "http://localhost"])
            #expect(answer.status == 200)
        }
    }

    @Test(arguments: [
        ("127.0.0.1:8080", true), ("[::1]:8080", true), ("localhost:8080", true), ("192.168.1.9", true),
        ("Greenhouse.local:8080", true), ("evil.example:8080", false), ("127.0.0.1.evil.example", false),
        ("localhost.evil.example", false), ("greenhouse.local.evil.example", false),
    ])
    func aNameThatSomebodyPointedHereIsRefused(authority: String, isAccepted: Bool) {
        let guarding = ForeignPageGuard(names: ["greenhouse.local"])
        #expect(guarding.accepts(host: ForeignPageGuard.host(of: authority.lowercased())) == isAccepted)
    }

    @Test func everyRouteAndKindOfEventIsInTheDocument() throws {
        let file = URL(filePath: #filePath).deletingLastPathComponent()
            .appending(path: "../../docs/openapi.yaml").standardizedFileURL
        let lines = try String(contentsOf: file, encoding: .utf8).split(separator: "\n").map(String.init)
        var documented: Set<String> = []
        var path = ""
        for line in lines {
            if line.hasPrefix("  /"), line.hasSuffix(":") { path = String(line.dropFirst(2).dropLast()) }
            if let method = line.wholeMatch(of: /\ {4}(get|post|put|patch|delete):/)?.1 {
                documented.insert("\(method.uppercased()) \(path)")
            }
        }
        #expect(documented == Set(Self.endpoints.routes.map { "\($0.method.rawValue) \($0.path)" }))
        for kind in Fact.kinds { #expect(lines.contains { $0.contains(kind) }, "\(kind)") }
    }
}
