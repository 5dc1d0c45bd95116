import Testing

extension WholeProgram {
    /// Short runs that assert only that the work was done; times mean something in a release build on a quiet machine.
    @Suite struct `Benchmarks` {
        @Test func `the processing benchmark has every request answered on every way`() async throws {
            try await withSite { site in
                let program = try await site.run(
                    ["bench", "processing", "--rate", "100", "--seconds", "2", "--devices", "5", "--readings", "100"])
                #expect(program.exit == .code(0), "\(program.tail)")
                let report = try JSON(program.output)
                #expect(report["unanswered"].number == 0)
                #expect(report["failed"].number == 0)
                let (alone, beside) = (report["alone"], report["beside_readings"])
                #expect(alone["inside"]["response"]["answers"].number == 200)
                #expect(alone["inside"]["http"]["answers"].number == 200)
                // Three of four questions have one value, which is told on the sensor's own topic, too.
                #expect(alone["inside"]["processed"]["answers"].number == 150)
                #expect(beside["readings_sent"].number == 200)
                #expect(beside["inside"]["response"]["answers"].number == 200)
                #expect(try #require(beside["inside"]["processed"]["answers"].number) > 150)
                for path in [report, report["round_trip"], report["baseline_round_trip"], alone["http_round_trip"]] {
                    let (median, tail) = (try #require(path["p50_ms"].number), try #require(path["p99_ms"].number))
                    #expect(median > 0 && median <= tail, "\(program.output)")
                }
                #expect(try #require(report["ratio"].number) > 0)
            }
        }

        @Test func `the ingest benchmark has every sample stored`() async throws {
            try await withSite { site in
                let program = try await site.run(
                    ["bench", "ingest", "--devices", "10", "--messages", "1000", "--runs", "1"])
                #expect(program.exit == .code(0), "\(program.tail)")
                let report = try JSON(program.output)
                #expect(report["stored_samples"].number == 1000)
                #expect(try #require(report["ratio"].number) > 0)
            }
        }
    }
}
