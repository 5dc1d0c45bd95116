import Testing
import TwinCore

@testable import TwinRuntime

@Suite struct HistoryBudgetTests {
    /// What follows from measures of a budget of 1,000 bytes and rows of ten.
    private func transcript(_ choice: HistoryBudget.Choice, _ bytes: [Int]) -> [String] {
        var budget = HistoryBudget(bytes: 1_000, choice: choice)
        return bytes.map { bytes in
            let step = budget.measured(WaitingRows(rows: bytes / 10, bytes: bytes, oldest: nil, dropped: 0))
            return "\(bytes) \(step)\(budget.holds ? " held" : "")"
                + (budget.excessRows > 0 ? " drop \(budget.excessRows)" : "")
        }
    }

    @Test func `beyond the budget readings are held until a fifth of it is free`() {
        #expect(
            transcript(.hold, [0, 1_000, 1_001, 1_500, 1_000, 801, 800, 900, 1_000, 1_010, 0])
                == [
                    "0 nothing", "1000 nothing", "1001 began held", "1500 nothing held", "1000 nothing held",
                    "801 nothing held", "800 ended", "900 nothing", "1000 nothing", "1010 began held", "0 ended",
                ])
    }

    @Test func `or the oldest are dropped, no more than there are too many of`() {
        #expect(
            transcript(.dropOldest, [990, 1_001, 1_250, 1_000, 900, 1_100, 790])
                == [
                    "990 nothing", "1001 began drop 1", "1250 nothing drop 25", "1000 nothing", "900 nothing",
                    "1100 nothing drop 10", "790 ended",
                ])
    }

    @Test func `a queue of no rows asks for nothing, whatever it says of its bytes`() {
        var budget = HistoryBudget(bytes: 10, choice: .dropOldest)
        _ = budget.measured(WaitingRows(rows: 0, bytes: 50, oldest: nil, dropped: 0))
        #expect(budget.excessRows == 0)
    }
}
