import HTTPTypes
import Hummingbird

/// How long a client would rather wait than ask again (RFC 7240, `Prefer: wait=5`).
struct Preference {
    /// The seconds that are granted.
    let seconds: Int

    /// `nil` when the client did not say, or said something that is no number of seconds: a preference is not an order.
    init?(_ request: Request) {
        let words = request.headers[values: .prefer].flatMap { $0.split(separator: ",") }
        for word in words {
            let parts = word.split(separator: "=", maxSplits: 1).map { $0.filter { !" \t\"".contains($0) } }
            guard parts.count == 2, parts[0].lowercased() == "wait", let seconds = Int(parts[1]), seconds > 0 else {
                continue
            }
            self.seconds = min(seconds, GatewayLimits.waitSeconds)
            return
        }
        return nil
    }

    /// The same, as the runtime wants it.
    var milliseconds: Int64 { Int64(seconds) * 1000 }
    /// What the answer says about it.
    var headers: HTTPFields { [.preferenceApplied: "wait=\(seconds)"] }
}
