import Foundation
import Testing

@testable import TwinCore

@Suite struct ExponentialTests {
    @Test(arguments: [-708, -20.5, -1, -1e-9, 0, 1e-12, 0.5, 0.693_147, 1, 2, 17.27, 100, 709])
    func `it agrees with the C library`(x: Double) {
        #expect(abs(Exponential.exp(x) / Foundation.exp(x) - 1) < 1e-14)
    }

    @Test(arguments: [1e-300, 0.01, 0.7, 0.999_999, 1, 1.000_001, 1.5, 2, 10, 1e300])
    func `its inverse agrees with the C library`(x: Double) {
        #expect(abs(Exponential.ln(x) - Foundation.log(x)) <= 1e-15 * max(1, abs(Foundation.log(x))))
        #expect(abs(Exponential.power(x, 0.5) / x.squareRoot() - 1) < 1e-13)
    }

    @Test func `the ends of its range are no traps`() {
        #expect(Exponential.exp(.infinity) == .infinity)
        #expect(Exponential.exp(1e9) == .infinity)
        #expect(Exponential.exp(-.infinity) == 0)
        #expect(Exponential.exp(-1e9) == 0)
        #expect(Exponential.exp(.nan).isNaN)
        #expect(Exponential.ln(0).isNaN)
        #expect(Exponential.ln(-1).isNaN)
    }
}
