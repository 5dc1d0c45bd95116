import Testing
import TwinRuntime

@Suite struct DurationHistogramTests {
    @Test func `percentiles are at most an eighth too high`() {
        var histogram = DurationHistogram()
        for value: UInt64 in 1...10_000 { histogram.record(microseconds: value) }
        #expect(histogram.count == 10_000)
        #expect(histogram.max == 10_000)
        #expect(histogram.sum == 50_005_000)
        for (percent, exact) in [(50.0, 5000.0), (90, 9000), (99, 9900), (1, 100)] {
            let found = Double(histogram.percentile(percent))
            #expect(found >= exact && found <= exact * 1.125, "\(percent) %: \(found)")
        }
        #expect(histogram.percentile(100) == 10_000)
    }

    @Test(arguments: [0, 1, 7, 8, 9, 15, 16, 1000, 65_535, 4_294_967_295] as [UInt64])
    func `one value is its own percentile`(value: UInt64) {
        var histogram = DurationHistogram()
        histogram.record(microseconds: value)
        #expect(histogram.percentile(0) == value)
        #expect(histogram.percentile(50) == value)
        #expect(histogram.max == value)
    }

    @Test func `a value beyond the range is counted as the largest`() {
        var histogram = DurationHistogram()
        histogram.record(microseconds: .max)
        #expect(histogram.max == 4_294_967_295)
        #expect(histogram.percentile(99) == 4_294_967_295)
    }

    @Test func `merged histograms count as if one had seen everything`() {
        var odd = DurationHistogram()
        var even = DurationHistogram()
        var all = DurationHistogram()
        for value: UInt64 in 0..<3000 {
            all.record(microseconds: value)
            if value.isMultiple(of: 2) {
                even.record(microseconds: value)
            } else {
                odd.record(microseconds: value)
            }
        }
        odd.merge(even)
        #expect(odd == all)
        #expect(DurationHistogram().percentile(99) == 0)
    }
}
