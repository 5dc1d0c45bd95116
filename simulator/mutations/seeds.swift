import Synchronization
import World

// Runs `safety` worlds in the order of their seeds until one breaks a promise, and prints which seed, which promise and
// how; the seed 0 when none did.
//
//   seeds HOW_MANY JOBS

guard CommandLine.arguments.count == 3, let most = UInt64(CommandLine.arguments[1]), most > 0,
    let jobs = Int(CommandLine.arguments[2])
else { fatalError("usage: seeds HOW_MANY JOBS") }

let found = Mutex<WorldOutcome?>(nil)
await Proof.run(1...most, options: WorldOptions(profile: .safety), jobs: jobs) { outcome in
    guard !outcome.isPassed else { return true }
    found.withLock { $0 = outcome }
    return false
}
if let outcome = found.withLock({ $0 }), let violation = outcome.violations.first {
    print("\(outcome.seed)\t\(violation.promise.rawValue)\t\(violation)")
} else {
    print("0\tnone\tevery promise was kept")
}
