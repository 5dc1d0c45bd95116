import HTTPTypes
import NIOCore
import Testing
import TwinCore
import TwinRuntime

@testable import Gateway

@Suite("Histories as files", .timeLimit(.minutes(4)))
struct DownloadTests {
    private func twins() -> FakeTwins {
        let store = FakeHistory()
        let start = Cellar.time("2026-05-01T00:00:00Z")
        var unusual = Cellar.sample(start.advanced(byMilliseconds: 60_000), -1.5, unit: "=1+1,\"x\"")
        unusual.errorCode = 7
        store.store(
            [Cellar.sample(start, 0.1 + 0.2), unusual, Cellar.sample(start.advanced(byMilliseconds: 120_000), nil)],
            of: Cellar.probe)
        return Cellar.twins(store)
    }

    @Test func aFileOfSamplesIsCSVFromTheOldestToTheNewest() async throws {
        try await converse(twins()) { gateway async throws in
            let answer = try await gateway.get("\(Cellar.path)/history", headers: [.accept: "text/csv"])
            #expect(answer.headers[.contentType] == "text/csv; charset=utf-8; header=present")
            #expect(
                answer.headers[.contentDisposition]
                    == #"attachment; filename="ESP_CE11A2-gpio4-ds18b20-raw.csv""#)
            #expect(
                answer.text == "sensor,event_time,receipt_time,raw,value,unit,quality,error_code,model\r\n"
                    + "4:ds18b20,2026-05-01T00:00:00.000Z,2026-05-01T00:00:00.040Z,0.30000000000000004,"
                    + "0.30000000000000004,°C,good,,\r\n"
                    + "4:ds18b20,2026-05-01T00:01:00.000Z,2026-05-01T00:01:00.040Z,-1.5,-1.5,"
                    + "\"'=1+1,\"\"x\"\"\",good,7,\r\n"
                    + "4:ds18b20,2026-05-01T00:02:00.000Z,2026-05-01T00:02:00.040Z,-1,,°C,good,,\r\n")
        }
    }

    @Test func theSameNamesStandInEachForm() async throws {
        try await converse(twins()) { gateway async throws in
            for query in ["smooth=2&resolution=raw", "resolution=1h&aggregate=last,avg&fill=locf", "resolution=1d"] {
                let path = "\(Cellar.path)/history?\(query)"
                let csv = try await gateway.get("\(path)&format=csv")
                let lines = try await gateway.get("\(path)&format=ndjson")
                #expect(lines.headers[.contentType] == "application/x-ndjson")
                let header = csv.text.prefix { $0 != "\r\n" }.split(separator: ",").map(String.init)
                let first = try JSONValue(parsing: String(lines.text.prefix { $0 != "\n" }))
                #expect(header.sorted() == first.names)
                let page = try await gateway.get("\(path)&order=asc").json
                #expect(page.at("items.0")?.names == first.names.filter { $0 != "sensor" })
            }
        }
    }

    @Test(arguments: [
        ("application/json", HistoryForm.json), ("*/*", .json), ("text/html", .json), ("text/csv", .csv),
        ("application/json;q=0.5, text/csv", .csv), ("application/x-ndjson;q=0.9,text/csv;q=0.1", .ndjson),
        ("text/csv;q=0", .json),
    ])
    func theFormIsWhatIsAcceptedBest(accepted: String, form: HistoryForm) {
        #expect(HistoryForm(accepted: [.accept: accepted]) == form)
    }

    @Test(arguments: ["=1", "+1", "-1", "@x", "\tx", " =1"])
    func noTextIsAFormula(text: String) {
        var bytes: [UInt8] = []
        CSVText.append([.string(text), .number(-1)], to: &bytes)
        #expect(String(decoding: bytes, as: UTF8.self) == "'\(text),-1\r\n")
    }

    /// The head is gone by then; what is left is to end in a way that nobody takes for a good one.
    @Test(arguments: ["csv", "ndjson"]) func aFileThatWasCutShortIsSeenToBe(form: String) async throws {
        let twins = FakeTwins([Cellar.view()], history: EndlessHistory(count: 1_000_000, failsAfter: 1))
        try await serve(twins) { port, _ in
            let line = try await Line(port: port)
            try await line.send(
                "GET \(Cellar.path)/history?format=\(form) HTTP/1.1\r\nHost: localhost\r\n\r\n")
            try await line.expect("transfer-encoding: chunked", ignoringCase: true)
            try await line.expect("666.3333333333334")
            if form == "ndjson" { try await line.expect(#""type":"urn:problem-type:doppel:history-unavailable""#) }
            #expect(await !line.hears("\r\n0\r\n\r\n"))
        }
    }

    @Test func aStoreThatFailsAtOnceIs503() async throws {
        let twins = FakeTwins([Cellar.view()], history: EndlessHistory(count: 10, failsAfter: 0))
        try await converse(twins) { gateway async throws in
            let answer = try await gateway.get("\(Cellar.path)/history?format=csv")
            #expect(answer.status == 503 && answer.problem == "history-unavailable")
        }
    }

    @Test func aFileOfNothingHasItsHeader() async throws {
        try await converse(twins()) { gateway async throws in
            let path = "/api/v1/twins/ESP_CE11A2/sensors/6/history?resolution=1h&aggregate=avg&format=csv"
            let answer = try await gateway.get(path)
            #expect(answer.text == "sensor,start,end,unit,count,avg,filled\r\n")
            #expect(answer.headers[.contentDisposition]?.contains("ESP_CE11A2-gpio6-1h.csv") == true)
        }
    }

    @Test func onlySoManyDownloadAtTheSameTime() async throws {
        let endpoints = Endpoints(service: FakeTwins(), heartbeat: .seconds(15))
        let taken = (0..<GatewayLimits.downloads).compactMap { _ in endpoints.downloadSeats.take() }
        #expect(taken.count == GatewayLimits.downloads && endpoints.downloadSeats.take() == nil)
    }
}
