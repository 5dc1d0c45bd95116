import Testing
import TwinCore

@Suite struct BucketTests {
    private func bucket(_ values: [Double]) -> Bucket {
        let points = values.enumerated().map {
            Bucket.Point(time: UnixTime(milliseconds: Int64($0.offset)), value: $0.element)
        }
        var bucket = Bucket(start: UnixTime(milliseconds: 0), unit: "°C", points[0])
        for point in points.dropFirst() { bucket.add(point) }
        return bucket
    }

    @Test func knowsWhatTheTextbookKnows() {
        let bucket = bucket([2, 4, 4, 4, 5, 5, 7, 9])
        #expect(bucket.count == 8 && bucket.mean == 5 && bucket.sum == 40)
        #expect(bucket.minimum == 2 && bucket.maximum == 9)
        #expect(abs(bucket.squaredDeviations - 32) < 1e-12)
        #expect(abs(bucket.sumOfSquares - 232) < 1e-12)
        #expect(bucket.standardDeviation.map { abs($0 - (32.0 / 7).squareRoot()) < 1e-12 } == true)
        #expect(self.bucket([1]).standardDeviation == nil)
    }

    /// The difference of two plain sums would have no correct digit here.
    @Test func keepsItsDigitsWhereValuesAreLargeAndCloseTogether() {
        let values = (0..<1_000).map { 1e9 + Double($0 % 2) }
        #expect(abs(bucket(values).squaredDeviations - 250) < 1e-6)
    }

    @Test func partsMergeIntoTheWholeInAnyOrder() {
        let values = (0..<100).map { Double(($0 * 37) % 101) / 7 }
        let points = values.enumerated().map {
            Bucket.Point(time: UnixTime(milliseconds: Int64($0.offset)), value: $0.element)
        }
        let parts = [points[60...], points[..<10], points[10..<60]].map { part in
            var bucket = Bucket(start: UnixTime(milliseconds: 0), unit: "°C", part[part.startIndex])
            for point in part.dropFirst() { bucket.add(point) }
            return bucket
        }
        var merged = parts[0]
        for part in parts.dropFirst() { merged.merge(part) }
        let whole = bucket(values)
        #expect(merged.count == whole.count && merged.minimum == whole.minimum && merged.maximum == whole.maximum)
        #expect(merged.first == whole.first && merged.last == whole.last)
        #expect(abs(merged.mean - whole.mean) < 1e-12)
        #expect(abs(merged.squaredDeviations - whole.squaredDeviations) < 1e-9)
    }
}
