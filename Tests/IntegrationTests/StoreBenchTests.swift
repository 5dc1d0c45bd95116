import Testing

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

        @Test func `the soak benchmark looks at the memory each second and tells its slope`() async throws {
            try await withSite { site in
                let program = try await site.run([
                    "bench", "soak", "--minutes", "0.05", "--warm-up", "0", "--rate", "20", "--devices", "10",
                ])
                #expect(program.exit == .code(0), "\(program.tail)")
                let report = try JSON(program.output)
                #expect(try #require(report["looks"].number) >= 2)
                #expect(report["samples_per_second"].number == 20)
                #expect(try #require(report["start_mb"].number) > 1)
                #expect(try #require(report["least_mb"].number) <= #require(report["greatest_mb"].number))
                #expect(report["slope_mb_per_hour"].number != nil && report["slope_error_mb_per_hour"].number != nil)
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

    @Test func `the same seed gives the same readings, each sensor once a second`() {
        var (one, other) = (StoreLoad(sensors: 3, seed: 7), StoreLoad(sensors: 3, seed: 7))
        let batch = one.batch(7)
        #expect(batch.facts == other.batch(4).facts + other.batch(3).facts)
        #expect(batch.firstSequence == 1 && one.batch(1).firstSequence == 8)
        #expect(batch.facts[0].device == batch.facts[3].device)
        #expect([1, 3, 4].map { one.sensor($0).number } == [1, 3, 1])
    }
}
