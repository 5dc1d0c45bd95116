import HTTPTypes
import Testing
import TwinCore
import TwinRuntime

@testable import Gateway

@Suite("What is said about histories over HTTP", .timeLimit(.minutes(4)))
struct HistoryRouteTests {
    static let start = Cellar.time("2026-05-01T00:00:00Z")

    /// A value a minute for five hours, and three other sensors on two other pins.
    static func twins() -> FakeTwins {
        let store = FakeHistory()
        store.store(
            (0..<300).map { Cellar.sample(start.advanced(byMilliseconds: Int64($0) * 60_000), Double($0)) },
            of: Cellar.probe)
        for sensor in Cellar.roms + Cellar.chip { store.store([Cellar.sample(start, 1)], of: sensor) }
        return Cellar.twins(store)
    }

    @Test(arguments: [
        ("resolution=2h", "resolution"), ("aggregate=avg", "aggregate"), ("fill=locf", "fill"),
        ("resolution=raw&fill=linear", "fill"), ("resolution=1h&aggregate=median", "aggregate"),
        ("resolution=1h&aggregate=avg,avg", "aggregate"), ("resolution=1h&aggregate=", "aggregate"),
        ("resolution=1h&fill=zero", "fill"), ("smooth=0", "smooth"), ("smooth=501", "smooth"), ("order=up", "order"),
        ("from=2026-05-02T00:00:00Z&to=2026-05-01T00:00:00Z", "from"), ("address=9x", "address"),
        ("format=xml", "format"), ("format=csv&limit=3", "limit"),
        ("cursor=MTIzKzA", "cursor"), ("colour=red", "colour"), ("from=1777593600", "from"),
        ("to=177759360000", "to"), ("to=0177759360000", "to"), ("from=+777593600000", "from"),
    ])
    func whatDoesNotGoTogetherIsNamed(query: String, member: String) async throws {
        try await converse(Self.twins()) { gateway async throws in
            let answer = try await gateway.get("\(Cellar.path)/history?\(query)")
            #expect(answer.status == 400)
            #expect(answer.members == [member])
        }
    }

    @Test func theFinestThatFitsIsChosenAndSaid() async throws {
        try await converse(Self.twins()) { gateway async throws in
            let path = "\(Cellar.path)/history?resolution=auto"
            for (more, resolution) in [
                ("", "raw"), ("&limit=300", "raw"), ("&limit=299", "5m"), ("&limit=60", "5m"), ("&limit=59", "15m"),
                ("&limit=1", "6h"), ("&aggregate=avg", "1m"), ("&fill=locf&limit=100", "5m"),
                ("&from=2026-05-01T00:00:00Z&to=2026-05-31T00:00:00Z&limit=100", "12h"),
                ("&from=2026-05-01T00:00:00Z&to=2026-05-31T00:00:00Z", "raw"),
            ] {
                #expect(try await gateway.get(path + more).json["resolution"]?.asText == resolution, "\(more)")
            }
            let answer = try await gateway.get("\(path)&limit=60").json
            #expect(answer["from"] == "2026-05-01T00:00:00.000Z")
            #expect(answer["to"] == "2026-05-01T04:59:00.001Z")
            #expect(
                answer.at("sensors.0")?.text == #"{"address":null,"id":"4:ds18b20","type":"ds18b20","unit":"°C"}"#)
            #expect(answer["unit"] == "°C")
            #expect(
                answer.at("items.59")?.text == #"{"avg":2,"count":5,"end":"2026-05-01T00:05:00.000Z","filled":false,"#
                    + #""first":0,"first_time":"2026-05-01T00:00:00.000Z","last":4,"#
                    + #""last_time":"2026-05-01T00:04:00.000Z","max":4,"min":0,"start":"2026-05-01T00:00:00.000Z","#
                    + #""stddev":1.5811388300841898,"sum":10,"unit":"°C"}"#)
        }
    }

    @Test func aCursorIsGoodForItsOwnQuestionOnly() async throws {
        try await converse(Self.twins()) { gateway async throws in
            let path = "\(Cellar.path)/history"
            let cursor = try #require(
                try await gateway.get("\(path)?resolution=1h&limit=2").json["next_cursor"]?.asText)
            #expect(try await gateway.get("\(path)?resolution=1h&limit=1&cursor=\(cursor)").status == 200)
            #expect(try await gateway.get("\(path)?resolution=1h&format=csv&cursor=\(cursor)").members == ["cursor"])
            for other in ["resolution=raw", "resolution=1h&order=asc", "resolution=1h&fill=locf", "resolution=auto"] {
                let answer = try await gateway.get("\(path)?\(other)&cursor=\(cursor)")
                #expect(answer.status == 400 && answer.members == ["cursor"], "\(other)")
                #expect(answer.text.contains("belongs to another question"))
            }
        }
    }

    /// What comes in between two pages does not move the end that was left open.
    @Test func allPagesArePartsOfOneAnswerAlthoughValuesComeIn() async throws {
        let twins = Self.twins()
        try await converse(twins) { gateway async throws in
            let path = "\(Cellar.path)/history?resolution=1h&limit=3&order=asc"
            let first = try await gateway.get(path).json
            twins.store.store([Cellar.sample(Self.start.advanced(byMilliseconds: 86_400_000), 1)], of: Cellar.probe)
            let cursor = try #require(first["next_cursor"]?.asText)
            let second = try await gateway.get("\(path)&cursor=\(cursor)").json
            #expect(second["to"] == first["to"] && second["next_cursor"] == .null)
            #expect(second.at("items.0.start") == "2026-05-01T03:00:00.000Z")
            #expect(second.at("items.1.start") == "2026-05-01T04:00:00.000Z" && second.at("items.2") == nil)
        }
    }

    @Test func whichOfSeveralSensorsIsMeantHasToBeSaid() async throws {
        try await converse(Self.twins()) { gateway async throws in
            let base = "/api/v1/twins/ESP_CE11A2/sensors"
            let kinds = try await gateway.get("\(base)/0/history?resolution=1h")
            #expect(kinds.status == 400 && kinds.members == ["type"])
            #expect(kinds.text.contains("0:sht31_humidity:68, 0:sht31_temp:68"))
            #expect(try await gateway.get("\(base)/0/history?resolution=1h&type=temperature_sht31").status == 200)
            #expect(try await gateway.get("\(base)/0/history").json.at("items.1") != nil)
            let places = try await gateway.get("\(base)/5/statistics")
            #expect(places.status == 400 && places.members == ["address"])
            let one = try await gateway.get("\(base)/5/history?resolution=1h&address=28bb11bb22cc33d4").json
            #expect(one.at("sensors.0.id") == "5:ds18b20:28BB11BB22CC33D4")
            let raw = try await gateway.get("\(base)/5/history?address=28bb11bb22cc33d4").json
            #expect(raw.at("items.0") != nil && raw.at("items.1") == nil)
            #expect(try await gateway.get("\(base)/9/history?resolution=1h").status == 404)
            let fresh = try await gateway.get("\(base)/6/history?resolution=auto").json
            #expect(fresh["items"] == [] && fresh["from"] == .null)
        }
    }

    /// One that only the history knows, such as of a removed device, is no mistake.
    @Test(arguments: ["", "?resolution=1h", "?format=csv"])
    func aSensorThatNobodyKnowsIsNotFoundAndThoseThatThereAreAreNamed(query: String) async throws {
        let twins = Self.twins()
        let gone = Cellar.sensor(40, 7, "co2")
        twins.store.store([Cellar.sample(Self.start, 400)], of: gone)
        try await converse(twins) { gateway async throws in
            let base = "/api/v1/twins/ESP_CE11A2/sensors"
            let answer = try await gateway.get("\(base)/9/history\(query)")
            #expect(answer.status == 404)
            let known = [
                "0:sht31_humidity:68", "0:sht31_temp:68", "4:ds18b20", "5:ds18b20:28AA11BB22CC33D4",
                "5:ds18b20:28BB11BB22CC33D4", "6:ds18b20", "7:co2",
            ]
            #expect(try answer.json["sensors"] == .array(known.map { .string($0) }))
            #expect(answer.text.contains("'ESP_CE11A2' has no sensor on pin 9, and no history of one; it has"))
            let more = query.isEmpty ? "?" : query + "&"
            let typed = try await gateway.get("\(base)/4/history\(more)type=ds18b2O")
            #expect(typed.status == 404 && typed.text.contains("no sensor 'ds18b2O' on pin 4"))
            #expect(try await gateway.get("\(base)/7/history\(query)").status == 200)
            #expect(try await gateway.get("\(base)/6/history\(query)").status == 200)
        }
    }

    @Test func timesMayBeMillisecondsSince1970() async throws {
        try await converse(Self.twins()) { gateway async throws in
            let path = "\(Cellar.path)/history?resolution=1h"
            let first = Self.start.milliseconds
            let counted = try await gateway.get("\(path)&from=\(first)&to=\(first + 3_600_000)").json
            let said = try await gateway.get("\(path)&from=2026-05-01T00:00:00Z&to=2026-05-01T01:00:00Z").json
            #expect(counted == said && counted.at("items.0.count") == 60)
            let refused = try await gateway.get("\(path)&from=\(first / 1000)")
            #expect(
                refused.text.contains("13 digits of milliseconds since 1970; seconds, which have 10 digits, are not"))
            let body = #"{"series":[{"device":"ESP_CE11A2","gpio":4}],"resolution":"1h","from":\#(first)}"#
            #expect(try await gateway.post("/api/v1/history/query", body).status == 200)
        }
    }

    @Test func statisticsAreThoseOfTheTextbook() async throws {
        try await converse(Self.twins()) { gateway async throws in
            let path = "\(Cellar.path)/statistics"
            let answer = try await gateway.get("\(path)?to=2026-05-01T00:08:00Z").json
            #expect(answer["from"] == "2026-05-01T00:00:00.000Z" && answer["to"] == "2026-05-01T00:08:00.000Z")
            #expect(answer["mean"]?.asNumber == 3.5 && answer["count"]?.asInteger == 8)
            #expect(answer["min"]?.asNumber == 0 && answer["max"]?.asNumber == 7 && answer["sum"]?.asNumber == 28)
            #expect(answer["stddev"]?.asNumber.map { abs($0 - 6.0.squareRoot()) < 1e-12 } == true)
            #expect(answer["first"]?.asNumber == 0 && answer["last_time"] == "2026-05-01T00:07:00.000Z")
            #expect(answer["unit"] == "°C" && answer["other_units"] == [])
            let empty = try await gateway.get("\(path)?from=2030-01-01T00:00:00Z").json
            #expect(empty["count"]?.asInteger == 0 && empty["mean"] == .null && empty["unit"] == .null)
            #expect(try await gateway.get("/api/v1/twins/ESP_CE11A2/sensors/6/statistics").json["count"] == 0)
            #expect(try await gateway.get("/api/v1/twins/ESP_CE11A2/sensors/9/statistics").status == 404)
            #expect(try await gateway.get("\(path)?resolution=1h").members == ["resolution"])
        }
    }

    @Test func valuesInAnotherUnitAreCountedApart() async throws {
        let twins = Self.twins()
        let later = Self.start.advanced(byMilliseconds: 86_400_000)
        twins.store.store([Cellar.sample(later, 70, unit: "°F")], of: Cellar.probe)
        try await converse(twins) { gateway async throws in
            let answer = try await gateway.get("\(Cellar.path)/statistics").json
            #expect(answer["unit"] == "°F" && answer["mean"]?.asNumber == 70 && answer["stddev"] == .null)
            #expect(answer.at("other_units.0.unit") == "°C" && answer.at("other_units.0.count") == 300)
        }
    }
}
