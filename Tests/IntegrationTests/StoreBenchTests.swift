import Foundation
import Testing
import TwinCore
import TwinRuntime

@testable import doppel

extension WholeProgram {
    /// Short runs that assert that the work was done; rates mean something in a release build on a quiet machine.
    @Suite struct `Benchmarks of the stores` {
        @Test func `the journal and bare inserts store the same rows, in turn`() async throws {
            try await withSite { site in
                let program = try await site.run([
                    "bench", "store", "--part", "sqlite", "--rows", "2500", "--batch", "1000", "--sensors", "50",
                    "--rounds", "2",
                ])
                #expect(program.exit == .code(0), "\(program.tail)")
                let report = try JSON(program.output)
                #expect(report["rows"].number == 2500 && report["batch_rows"].number == 1000)
                let sqlite = report["sqlite"]
                #expect(sqlite["doppel_rounds"].items.count == 2 && sqlite["baseline_rounds"].items.count == 2)
                #expect(try #require(sqlite["doppel_per_second"].number) > 0)
                let ratio = try #require(sqlite["ratio"].number)
                #expect(try #require(sqlite["least_ratio"].number) <= ratio && ratio > 0)
                #expect(sqlite["goal_ratio"].number == 0.7)
                #expect(try #require(sqlite["baseline_cpu_seconds_per_million"].number) > 0)
            }
        }

        @Test func `the feed and a bare COPY bring the same rows, in turn`() async throws {
            try await withSite { site in
                let program = try await site.run([
                    "bench", "store", "--part", "postgres", "--rows", "2500", "--sensors", "50", "--rounds", "2",
                ])
                #expect(program.exit == .code(0), "\(program.tail)")
                // A measurement that does not end with exactly these rows in PostgreSQL fails as a whole.
                let postgres = try JSON(program.output)["postgres"]
                #expect(postgres["doppel_rounds"].items.count == 2 && postgres["baseline_rounds"].items.count == 2)
                #expect(try #require(postgres["doppel_per_second"].number) > 0)
                #expect(try #require(postgres["ratio"].number) > 0)
            }
        }

        @Test func `a kept history is filled once, and every answer counts its month`() async throws {
            try await withSite { site in
                let folder = FileManager.default.temporaryDirectory.appending(path: "kept-\(UUID().uuidString)")
                try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
                defer { try? FileManager.default.removeItem(at: folder) }
                var fillSeconds: [Double?] = []
                for _ in 0..<2 {
                    let program = try await site.run([
                        "bench", "store", "--part", "query", "--history-rows", "1500", "--history-sensors", "2",
                        "--questions", "5", "--keep", "--folder", folder.path,
                    ])
                    #expect(program.exit == .code(0), "\(program.tail)")
                    let query = try JSON(program.output)["query"]
                    fillSeconds.append(query["fill_seconds"].number)
                    #expect(query["rows"].number == 1500 && query["days"].number == 31)
                    #expect(query["questions"].number == 5 && query["goal_p99_ms"].number == 20)
                    // 750 readings in 744 hours: every hour of May has one.
                    #expect(query["buckets_per_answer"].number == 744)
                    #expect(try #require(query["doppel"]["p50_ms"].number) > 0)
                    #expect(try #require(query["baseline"]["p99_ms"].number) > 0)
                    #expect(try #require(query["first_question"]["p50_ms"].number) > 0)
                }
                #expect(fillSeconds[0] != nil && fillSeconds[0] == fillSeconds[1])
            }
        }

        @Test func `a history that does not fit the disk is refused before anything is made`() async throws {
            try await withSite { site in
                let program = try await site.run([
                    "bench", "store", "--part", "query", "--history-rows", "1000000000",
                ])
                #expect(program.exit == .code(2))
                #expect(program.tail.contains("--history-rows"), "\(program.tail)")
            }
        }

        @Test func `the soak benchmark looks at the memory each second and tells its slope`() async throws {
            try await withSite { site in
                let program = try await site.run([
                    "bench", "soak", "--minutes", "0.05", "--warm-up", "0", "--rate", "20", "--devices", "10",
                ])
                #expect(program.exit == .code(0), "\(program.tail)")
                let report = try JSON(program.output)
                #expect(try #require(report["looks"].number) >= 2)
                #expect(report["samples_per_second"].number == 20)
                for memory in [report["resident"], report["anonymous"]] {
                    #expect(try #require(memory["start_mb"].number) > 1)
                    #expect(try #require(memory["least_mb"].number) <= #require(memory["greatest_mb"].number))
                    #expect(
                        memory["slope_mb_per_hour"].number != nil && memory["slope_error_mb_per_hour"].number != nil)
                }
                #expect(report["longest_rollup_slice_ms"].number != nil)
                let (all, anonymous) = (report["resident"]["start_mb"].number, report["anonymous"]["start_mb"].number)
                #expect(try #require(anonymous) < #require(all))
            }
        }

        @Test func `a soak that feeds PostgreSQL says how fast that goes`() async throws {
            try await withSite { site in
                let program = try await site.run([
                    "bench", "soak", "--minutes", "0.05", "--warm-up", "2", "--rate", "20", "--devices", "10", "--feed",
                ])
                #expect(program.exit == .code(0), "\(program.tail)")
                #expect(try #require(try JSON(program.output)["fed_per_second"].number) > 0)
            }
        }

        @Test func `a soak without a feed has no use for a server`() async throws {
            try await withSite { site in
                let program = try await site.run(["bench", "soak", "--folder", "/tmp"])
                #expect(program.exit == .code(64))
                #expect(program.tail.contains("--feed"), "\(program.tail)")
            }
        }
    }
}

/// What the benchmarks of the stores count with.
@Suite struct `The figures of the store benchmarks` {
    private func rounds(_ rates: Double...) -> [RateComparison.Round] {
        rates.map { RateComparison.Round(perSecond: $0, cpuSecondsPerMillion: 1) }
    }

    @Test func `the ratio is the median of the rounds' ratios, not the ratio of the medians`() {
        let comparison = RateComparison(doppel: rounds(50, 80, 30), baseline: rounds(100, 100, 50))
        #expect(comparison.ratio == 0.6 && comparison.leastRatio == 0.5 && comparison.greatestRatio == 0.8)
        #expect(comparison.doppelPerSecond == 50 && comparison.baselinePerSecond == 100)
        #expect(!comparison.meetsGoal)
        #expect(RateComparison(doppel: rounds(70), baseline: rounds(100)).meetsGoal)
    }

    @Test func `a line through points on a line has its slope and no error`() {
        let line = LeastSquares((0..<5).map { (x: Double($0), y: 3 * Double($0) - 1) })
        #expect(abs(line.slope - 3) < 1e-12 && line.slopeError < 1e-12 && abs(line[10] - 29) < 1e-12)
    }

    @Test func `the slope's error is that of the textbook`() {
        // y = 1, 3, 2 at x = 0, 1, 2: slope 0.5, residual sum of squares 1.5, error sqrt(1.5 / 1 / 2).
        let line = LeastSquares([(0, 1), (1, 3), (2, 2)])
        #expect(abs(line.slope - 0.5) < 1e-12 && abs(line.slopeError - 0.75.squareRoot()) < 1e-12)
    }

    @Test func `a single point is a level line, and no points are nothing`() {
        #expect(LeastSquares([(4, 2)]).slope == 0 && LeastSquares([(4, 2)])[9] == 2)
        #expect(LeastSquares([]).slope == 0)
    }

    @Test func `means are those of neighbours, and few points stay as they are`() {
        let means = LeastSquares.means((0..<7).map { (x: Double($0), y: Double($0 * 10)) }, groups: 3)
        #expect(means.map(\.x) == [0.5, 2.5, 4.5] && means.map(\.y) == [5, 25, 45])
        #expect(LeastSquares.means([(1, 2)], groups: 30).count == 1)
    }

    @Test func `the last batch has what is left over`() {
        let shape = StoreShape(rows: 2500, batchRows: 1000, sensors: 1, rounds: 1, seed: 1, folder: nil)
        #expect(shape.batches == [1000, 1000, 500])
    }

    @Test func `a year of readings has twelve whole months, and each reading lies in one`() {
        let fill = HistoryFill(rows: 50_000_000, sensors: 500)
        #expect(fill.readingsPerSensor == 100_000 && fill.days == 365 && fill.months.count == 12)
        #expect(fill.months.map { fill.count(within: $0) }.reduce(0, +) == 100_000)
        #expect(fill.diskBytes > 10_000_000_000)
    }

    @Test func `the same seed gives the same readings, each sensor once a second`() {
        var (one, other) = (StoreLoad(sensors: 3, seed: 7), StoreLoad(sensors: 3, seed: 7))
        let batch = one.batch(7)
        #expect(batch.facts == other.batch(4).facts + other.batch(3).facts)
        #expect(batch.firstSequence == 1 && one.batch(1).firstSequence == 8)
        #expect(batch.facts[0].device == batch.facts[3].device)
        #expect([1, 3, 4].map { one.sensor($0).number } == [1, 3, 1])
    }
}
