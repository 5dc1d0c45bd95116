import Testing
import TwinCore

@Suite struct QualityTests {
    @Test func `the worse of two judgements is the later one in the list`() {
        for (index, left) in Quality.allCases.enumerated() {
            for (other, right) in Quality.allCases.enumerated() {
                #expect(Quality.worse(left, right) == (index >= other ? left : right), "\(left) and \(right)")
            }
        }
    }

    @Test func `the words are listed from trust to distrust`() {
        #expect(
            Quality.allCases == [
                .excellent, .good, .fair, .poor, .unknown, .suspect, .stale, .bad, .critical, .error,
            ])
    }

    @Test func `a device may use six words`() {
        #expect(Quality.allCases.filter(\.isWireWord) == [.good, .fair, .poor, .unknown, .suspect, .error])
    }

    @Test func `a fault and an impossible value cannot stand as the latest`() {
        #expect(Quality.allCases.filter { !$0.isPlausible } == [.critical, .error])
    }
}
