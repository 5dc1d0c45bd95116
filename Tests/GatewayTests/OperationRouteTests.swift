import HTTPTypes
import Testing
import TwinCore
import TwinRuntime

@testable import Gateway

@Suite("History, dead letters and operation over HTTP")
struct OperationRouteTests {
    static let path = "/api/v1/twins/ESP_AABB01/sensors/0/history"

    @Test func aHistoryItemCarriesBothTimesAndItsQuality() async throws {
        let twins = FakeTwins([Greenhouse.full()])
        twins.store.change { $0.samples = [Greenhouse.sample(26_214.5, value: 25.001, unit: "°C")] }
        try await converse(twins) { gateway async throws in
            #expect(
                try await gateway.get(Self.path).text == #"{"device":"ESP_AABB01","gpio":0,"sensors":[],"#
                    + #""resolution":"raw","time_zone":"UTC","from":null,"to":null,"order":"desc","unit":"°C","#
                    + #""fill":"none","smooth":null,"#
                    + #""items":[{"event_time":"2025-01-31T11:59:58.000Z","#
                    + #""receipt_time":"2025-01-31T11:59:58.040Z","raw":26214.5,"value":25.001,"unit":"°C","#
                    + #""quality":"good","error_code":null,"model":null}],"next_cursor":null}"#)
        }
    }

    @Test func aHistoryItemNamesTheModelThatMadeIt() async throws {
        let twins = FakeTwins([Greenhouse.full()])
        var sample = Greenhouse.sample(1, value: 2, unit: "°C")
        sample.model = ModelStamp(version: 0x1A2B3C4D, calibration: 2)
        twins.store.change { $0.samples = [sample] }
        try await converse(twins) { gateway async throws in
            let both = try await gateway.get(Self.path).json
            #expect(both.at("items.0.model") == "1a2b3c4d+2")
            let one = try await gateway.get("\(Self.path)?type=temperature_sht31").json
            #expect(one.at("items.0.model") == "sht31_temp@1a2b3c4d+2")
        }
    }

    @Test func theWindowReachesTheStoreWithTheCanonicalKind() async throws {
        let twins = FakeTwins([Greenhouse.full()])
        try await converse(twins) { gateway async throws in
            let query = "type=temperature_sht31&from=2025-01-31T11:00:00Z&to=2025-01-31T13:00:00.5%2B01:00&limit=9"
            #expect(try await gateway.get("\(Self.path)?\(query)").status == 200)
        }
        let query = try #require(twins.store.seen.queries.first)
        #expect(query.type == "sht31_temp")
        #expect(query.from == Greenhouse.noon.advanced(byMilliseconds: -3_600_000))
        #expect(query.to == Greenhouse.noon.advanced(byMilliseconds: 500))
        #expect(query.limit == 10)
    }

    @Test func pagesOfAHistoryNeitherRepeatNorSkipSamplesOfOneTime() async throws {
        let twins = FakeTwins([Greenhouse.full()])
        let ages: [Int64] = [1000, 2000, 2000, 2000, 2000, 2000, 3000]
        twins.store.change { script in
            script.samples = ages.enumerated().map {
                Greenhouse.sample(Double($0.offset), value: nil, unit: "", ago: $0.element)
            }
        }
        try await converse(twins) { gateway async throws in
            var raws: [Double] = []
            var cursor = ""
            for _ in 0..<10 {
                let page = try await gateway.get("\(Self.path)?limit=2\(cursor)").json
                guard case .array(let items)? = page["items"] else { break }
                raws += items.compactMap { $0["raw"]?.asNumber }
                guard let next = page["next_cursor"]?.asText else { break }
                cursor = "&cursor=\(next)"
            }
            #expect(raws == [0, 1, 2, 3, 4, 5, 6])
        }
    }

    @Test func aStoreThatCannotAnswerIs503() async throws {
        let twins = FakeTwins([Greenhouse.full()])
        twins.store.change { $0.failure = JournalFailure("database is locked") }
        try await converse(twins) { gateway async throws in
            for path in [Self.path, "/api/v1/dead-letters"] {
                let answer = try await gateway.get(path)
                #expect(answer.status == 503)
                #expect(answer.problem == "history-unavailable")
                #expect(answer.headers[.retryAfter] == "5")
            }
        }
    }

    @Test func deadLettersAreShownWithTheirBytesAndCounts() async throws {
        let twins = FakeTwins()
        twins.store.change { script in
            let text = DeadLetter(
                refusal: Refusal(.wrongType, "raw is a string"), topic: "kaiser/god/esp/ESP_AABB01/sensor/4/data",
                payload: Array(#"{"raw":"1"}"#.utf8), payloadLength: 11, receiptTime: Greenhouse.noon)
            let bytes = DeadLetter(
                refusal: Refusal(.invalidUTF8, "byte 0"), topic: "x", payload: [0xFF, 0x00], payloadLength: 9000,
                receiptTime: Greenhouse.noon)
            script.letters = DeadLetterReport(
                counts: [(.wrongType, 3), (.invalidUTF8, 1)], items: [text, bytes])
        }
        try await converse(twins) { gateway async throws in
            let answer = try await gateway.get("/api/v1/dead-letters")
            #expect(
                answer.text == #"{"counts":{"invalid_utf8":1,"wrong_type":3},"items":[{"reason":"wrong_type","#
                    + #""detail":"raw is a string","topic":"kaiser/god/esp/ESP_AABB01/sensor/4/data","#
                    + #""payload":"{\"raw\":\"1\"}","payload_base64":"eyJyYXciOiIxIn0=","payload_length":11,"#
                    + #""receipt_time":"2025-01-31T12:00:00.000Z"},{"reason":"invalid_utf8","detail":"byte 0","#
                    + #""topic":"x","payload":null,"payload_base64":"/wA=","payload_length":9000,"#
                    + #""receipt_time":"2025-01-31T12:00:00.000Z"}]}"#)
            let one = try await gateway.get("/api/v1/dead-letters?limit=1").json
            #expect(one.at("items.1") == nil)
        }
    }

    @Test func livenessDoesNotDependOnReadiness() async throws {
        let twins = FakeTwins()
        twins.change { $0.missing = "broker not connected" }
        try await converse(twins) { gateway async throws in
            #expect(try await gateway.get("/livez").text == #"{"status":"live"}"#)
            let answer = try await gateway.get("/readyz")
            #expect(answer.status == 503)
            #expect(try answer.json["detail"] == "broker not connected")
            twins.change { $0.missing = nil }
            #expect(try await gateway.get("/readyz").text == #"{"status":"ready"}"#)
        }
    }

    @Test func measurementsAreGroupedByNameAndEscaped() async throws {
        let twins = FakeTwins()
        twins.change { script in
            script.measurements = [
                Measurement(
                    "doppel_messages_total", help: "Messages, by \\ topic.\nAll.", kind: .counter,
                    labels: [("topic", #"a"b\c"#)], value: 3),
                Measurement("doppel_loop_lag_seconds", help: "Lag.", kind: .gauge, value: 0.0125),
                Measurement(
                    "doppel_messages_total", help: "Messages.", kind: .counter, labels: [("topic", "d"), ("qos", "1")],
                    value: 12_000_000),
                Measurement("doppel_nothing", help: "None.", kind: .gauge, value: .nan),
            ]
        }
        try await converse(twins) { gateway async throws in
            let answer = try await gateway.get("/metrics")
            #expect(answer.headers[.contentType] == "text/plain; version=0.0.4; charset=utf-8")
            #expect(
                answer.text == #"""
                    # HELP doppel_messages_total Messages, by \\ topic.\nAll.
                    # TYPE doppel_messages_total counter
                    doppel_messages_total{topic="a\"b\\c"} 3
                    doppel_messages_total{topic="d",qos="1"} 12000000
                    # HELP doppel_loop_lag_seconds Lag.
                    # TYPE doppel_loop_lag_seconds gauge
                    doppel_loop_lag_seconds 0.0125
                    # HELP doppel_nothing None.
                    # TYPE doppel_nothing gauge
                    doppel_nothing NaN

                    """#)
        }
    }

    @Test func theSupervisorTreeIsShownWhole() async throws {
        try await converse(FakeTwins()) { gateway async throws in
            let root = try await gateway.get("/api/v1/supervision").json
            #expect(root["name"] == "root")
            #expect(root["last_failure"] == .null)
            #expect(
                root.at("children.0")?.text
                    == #"{"backlog":2,"breaker":"half_open","budget":{"period_seconds":60,"restarts":3},"#
                    + #""children":[],"condition":"failing","condition_reason":"disk full","#
                    + #""health":"commits fail","last_failure":"it ended","name":"journal","#
                    + #""oldest_backlog_seconds":0.25,"path":"root/journal","restarts":1,"#
                    + #""since_uptime_seconds":1.5,"state":"failing"}"#)
        }
    }

    @Test(arguments: [("gateway", "gateway"), ("root%2Fbroker%2Fprocess", "root/broker/process")])
    func aPartIsRestartedByNameOrPath(segment: String, node: String) async throws {
        let twins = FakeTwins()
        try await converse(twins) { gateway async throws in
            let answer = try await gateway.post("/api/v1/supervision/\(segment)/restart")
            #expect(answer.status == 202)
            #expect(try answer.json["name"] == "root")
            #expect(try await gateway.post("/api/v1/supervision/gateway/restart", #"{"now":true}"#).members == ["now"])
            #expect(try await gateway.get("/api/v1/supervision/gateway/restart").status == 405)
        }
        #expect(twins.seen.asked == ["restart \(node) by http:unknown"])
    }

    @Test func aPartThatIsNotThereIsAnsweredWithThoseThatAre() async throws {
        let twins = FakeTwins()
        twins.change { $0.failure = .unknownPart("pump", known: ["root", "root/gateway"]) }
        try await converse(twins) { gateway async throws in
            let answer = try await gateway.post("/api/v1/supervision/pump/restart")
            #expect(answer.status == 404)
            #expect(answer.problem == "not-found")
            #expect(try answer.json["detail"] == "no part is called 'pump'; the parts are root, root/gateway")
            #expect(try answer.json["nodes"]?.text == #"["root","root/gateway"]"#)
        }
    }

    @Test func aPartThatCannotBeRestartedAloneSaysWhatToDoInstead() async throws {
        let twins = FakeTwins()
        twins.change { $0.failure = .unsuitable("'twins' cannot be restarted by itself: restart all") }
        try await converse(twins) { gateway async throws in
            let answer = try await gateway.post("/api/v1/supervision/twins/restart")
            #expect(answer.status == 409)
            #expect(try answer.json["detail"] == "'twins' cannot be restarted by itself: restart all")
        }
    }

    @Test func thePageRunsOnlyItsOwnScriptAndSaysWhatDoppelIsNot() async throws {
        try await converse(FakeTwins()) { gateway async throws in
            let page = try await gateway.get("/")
            #expect(page.status == 200)
            #expect(page.headers[.contentType] == "text/html; charset=utf-8")
            let policy = try #require(page.headers[.contentSecurityPolicy])
            let nonce = try #require(policy.firstMatch(of: /script-src 'nonce-([0-9a-f]{32})'/)?.1)
            #expect(page.text.contains("<script nonce=\"\(nonce)\">"))
            #expect(policy.contains("frame-ancestors 'none'"))
            #expect(page.text.contains("not a certified safety function"))
            #expect(page.text.contains("ISO 13850") && page.text.contains("IEC 60204-1"))
            #expect(page.text.contains(#""sensor.sampled""#) && !page.text.contains("KINDS"))
            #expect(try await gateway.get("/").headers[.contentSecurityPolicy] != policy)
        }
    }
}
