import HTTPTypes
import Testing
import TwinCore
import TwinRuntime

@testable import Gateway

@Suite("Twins of the past over HTTP")
struct PastRouteTests {
    private static let time = "2026-05-01T08:00:00.000Z"
    private static let rebuilt: JSONValue = ["at": .string(time), "models": "present"]

    @Test func aTwinOfThePastIsShownLikeALiveOneAndSaysSo() async throws {
        let twins = FakeTwins([Greenhouse.full()])
        try await converse(twins) { gateway async throws in
            let live = try await gateway.get("/api/v1/twins/ESP_AABB01")
            let past = try await gateway.get("/api/v1/twins/ESP_AABB01?at=2026-05-01T08:00:00Z")
            #expect(past.status == 200)
            #expect(past.json == live.json.adding([.init(name: "rebuilt", value: Self.rebuilt)]))
            #expect(live.headers[.eTag] != nil && past.headers[.eTag] == nil)
            let list = try await gateway.get("/api/v1/twins?at=2026-05-01T10:00:00%2B02:00&limit=5")
            #expect(list.json["items"] == [live.json])
            #expect(list.json["rebuilt"] == Self.rebuilt)
        }
        #expect(twins.seen.asked == ["ESP_AABB01 at \(Self.time)", "twins at \(Self.time)"])
    }

    @Test func aDeviceThatHadNotSpokenIs404() async throws {
        try await converse(FakeTwins()) { gateway async throws in
            let answer = try await gateway.get("/api/v1/twins/ESP_AABB01?at=\(Self.time)")
            #expect(answer.status == 404)
            #expect(answer.problem == "not-found")
        }
    }

    @Test(arguments: [
        (PastFailure.future(now: UnixTime(milliseconds: 0)), 400, "invalid-request"),
        (.notKept(from: UnixTime(milliseconds: 0)), 400, "past-not-kept"), (.busy, 503, "past-busy"),
        (.tooLong(milliseconds: 20_000), 503, "past-too-long"), (.unreadable("the disk"), 503, "past-unreadable"),
    ])
    func whatCannotBeShownIsExplained(_ failure: PastFailure, status: Int, word: String) async throws {
        let twins = FakeTwins([Greenhouse.full()])
        twins.change { $0.failure = .past(failure) }
        try await converse(twins) { gateway async throws in
            for path in ["/api/v1/twins", "/api/v1/twins/ESP_AABB01"] {
                let answer = try await gateway.get("\(path)?at=\(Self.time)")
                #expect(answer.status == status)
                #expect(answer.problem == word)
            }
            #expect(try await gateway.get("/api/v1/twins?at=yesterday").members == ["at"])
        }
    }
}
