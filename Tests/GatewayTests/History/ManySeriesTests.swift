import Synchronization
import Testing
import TwinCore

@testable import Gateway

@Suite("Several sensors in one question", .timeLimit(.minutes(4)))
struct ManySeriesTests {
    private static let path = "/api/v1/history/query"

    @Test func eachIsAnsweredInItsPlaceAndAnUnknownOneSpoilsNothing() async throws {
        try await converse(HistoryRouteTests.twins()) { gateway async throws in
            let body = """
                {"series":[{"device":"ESP_CE11A2","gpio":5,"address":"28AA11BB22CC33D4"},
                 {"device":"ESP_00FF00","gpio":4},{"device":"ESP_CE11A2","gpio":0,"type":"sht31_temp","address":68},
                 {"device":"ESP_CE11A2","gpio":0},{"device":"ESP_CE11A2","gpio":4}],
                 "resolution":"1h","aggregate":["avg"],"limit":2}
                """
            let answer = try await gateway.post(Self.path, body).json
            #expect(answer.at("series.0.sensors.0.id") == "5:ds18b20:28AA11BB22CC33D4")
            #expect(answer.at("series.1.error.status") == 404)
            #expect(answer.at("series.1.device") == "ESP_00FF00")
            #expect(answer.at("series.2.sensors.0.id") == "0:sht31_temp:68")
            #expect(answer.at("series.3.error.errors.0.member") == "type")
            #expect(answer.at("series.4.items.1.avg")?.asNumber == 209.5)
            let cursor = try #require(answer.at("series.4.next_cursor")?.asText)
            let next = try await gateway.post(
                Self.path,
                #"{"series":[{"device":"ESP_CE11A2","gpio":4,"cursor":"\#(cursor)"}],"#
                    + #""resolution":"1h","aggregate":"avg","limit":5}"#
            ).json
            #expect(next.at("series.0.items.0.avg")?.asNumber == 149.5)
        }
    }

    @Test(arguments: [
        ("{}", ["series"]), (#"{"series":[]}"#, ["series"]), (#"{"series":[5]}"#, ["series.0"]),
        (#"{"series":[{"device":"x","gpio":99}]}"#, ["series.0.device", "series.0.gpio"]),
        (#"{"series":[{"device":"ESP_CE11A2","gpio":4,"pin":4}]}"#, ["series.0.pin"]),
        (#"{"series":[{"device":"ESP_CE11A2","gpio":4}],"fill":"locf"}"#, ["fill"]),
        (#"{"series":[{"device":"ESP_CE11A2","gpio":4}],"hue":1}"#, ["hue"]),
    ])
    func whatCannotBeReadIsNamedWithItsPlace(body: String, members: [String]) async throws {
        try await converse(HistoryRouteTests.twins()) { gateway async throws in
            let answer = try await gateway.post(Self.path, body)
            #expect(answer.status == 400 && answer.members == members)
        }
    }

    @Test func theWholeAnswerIsBounded() async throws {
        try await converse(HistoryRouteTests.twins()) { gateway async throws in
            let one = #"{"device":"ESP_CE11A2","gpio":4}"#
            let many = (0..<64).map { _ in one }.joined(separator: ",")
            let large = try await gateway.post(Self.path, #"{"series":[\#(many)],"limit":1000}"#)
            #expect(large.status == 400 && large.members == ["limit"])
            #expect(large.text.contains("at most 781 with so many sensors"))
            #expect(try await gateway.post(Self.path, #"{"series":[\#(many)],"limit":1}"#).status == 200)
            let more = try await gateway.post(Self.path, #"{"series":[\#(many),\#(one)],"limit":1}"#)
            #expect(more.members == ["series"])
        }
    }

    @Test func onlySoManyAreReadAtTheSameTimeAndTheOrderHolds() async throws {
        let state = Mutex((now: 0, most: 0))
        let values = try await Endpoints.inOrder(Array(0..<50), atOnce: 4) { number in
            state.withLock { state in
                state.now += 1
                state.most = max(state.most, state.now)
            }
            for _ in 0..<(50 - number) { await Task.yield() }
            state.withLock { $0.now -= 1 }
            return number * 2
        }
        #expect(values == (0..<50).map { $0 * 2 })
        #expect(state.withLock { $0.most } == 4)
    }
}
