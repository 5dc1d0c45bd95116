import HTTPTypes
import TwinCore
import TwinRuntime

extension UnixTime {
    /// What an answer says of itself that shows an instant of the past.
    ///
    /// State, staleness and quality are those of the instant; what is known of kinds (units, limits) is today's.
    var rebuiltJSON: JSONValue { ["at": .string(rfc3339), "models": "present"] }
}

extension Problem {
    /// Why the past is not shown.
    static func past(_ failure: PastFailure) -> Problem {
        switch failure {
        case .future(let now):
            .invalid("at", "it has not come yet", expected: "a time up to now, which is \(now.rfc3339)")
        case .notKept(let time):
            Problem(
                status: .badRequest, word: "past-not-kept", title: "What it would take is not kept",
                detail: "states can be rebuilt from \(time.rfc3339) on",
                members: [.init(name: "from", value: JSONValue(time))])
        case .busy: .unavailable("past-busy", "another state of the past is being rebuilt; one is at a time")
        case .tooLong(let milliseconds):
            .unavailable(
                "past-too-long",
                "it was not rebuilt within \(milliseconds / 1000) s; ask for one device, or for fewer at once")
        case .unreadable(let why): .unavailable("past-unreadable", why)
        }
    }
}
