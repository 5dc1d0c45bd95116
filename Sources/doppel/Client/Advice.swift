/// What a failure means to a person who has to act on it now: what happened, what is safe, what to do.
enum Advice {
    /// What a command was about to do; decides what "safe" means when it fails.
    enum Purpose: Sendable, Equatable {
        /// Looking.
        case reading
        /// Switching an output.
        case commanding
        /// Stopping outputs.
        case stopping
        /// Releasing a stop.
        case clearing
        /// Restarting a part of the program.
        case restarting
        /// Processing stored values again.
        case reprocessing
    }

    /// The lines to print for a failure.
    static func lines(for failure: ClientFailure, _ purpose: Purpose) -> [String] {
        switch failure {
        case .unreachable(let url, let reason):
            [
                "\(purpose == .stopping ? "NOT STOPPED: " : "")Doppel cannot be reached at \(url) (\(reason)).",
                safety(ofSilence: purpose),
                purpose == .stopping
                    ? "To do: cut the power on site. Then start Doppel (`doppel serve`) or name its address with --url."
                    : "To do: start Doppel (`doppel serve`), or name its address with --url.",
            ]
        case .refused(let refusal):
            lines(for: refusal, purpose)
        case .incomprehensible(let url, let detail):
            [
                "\(purpose == .stopping ? "NOT KNOWN TO BE STOPPED: " : "")"
                    + "The answer from \(url) is not Doppel's (\(detail)).",
                "To do: check --url; see that client and server have the same version (`doppel --version`).",
            ]
        }
    }

    private static func lines(for refusal: ClientFailure.Refusal, _ purpose: Purpose) -> [String] {
        if let limit = refusal.limit {
            var todo = remedy(for: limit)
            if limit == "second_person", let command = refusal.command { todo += " They add --second \(command)." }
            if let seconds = refusal.retryAfterSeconds { todo += " Asking again may succeed in \(seconds) s." }
            return [
                "Refused by the limit '\(limit)': asks for \(refusal.bound ?? "?"), found \(refusal.actual ?? "?").",
                "Safe: nothing was sent to the device.",
                "To do: \(todo)",
            ]
        }
        var lines = ["\(purpose == .stopping ? "NOT STOPPED: " : "")\(refusal.title)."]
        if !refusal.problems.isEmpty {
            lines += refusal.problems.map { Table.printable("  \($0.path): \($0.detail)") }
        } else if !refusal.members.isEmpty {
            lines += refusal.members.map { Table.printable("  \(option($0.path)): \(inOptions($0.detail))") }
        } else if !refusal.detail.isEmpty {
            lines.append("Why: \(Table.printable(inOptions(refusal.detail))).")
        }
        if let todo = refusal.kind.flatMap(remedy(forKind:)) { lines.append("To do: \(todo)") }
        if let seconds = refusal.retryAfterSeconds { lines.append("To do: ask again in \(seconds) s.") }
        if purpose == .stopping { lines.append("If in doubt, cut the power on site.") }
        return lines
    }

    private static func safety(ofSilence purpose: Purpose) -> String {
        switch purpose {
        case .reading: "Safe: nothing was changed."
        case .commanding: "Safe: nothing is known to have been sent; leases that run end by themselves on the device."
        case .stopping: "Not safe: outputs that are on stay on until their lease ends on the device."
        case .clearing: "Safe: the emergency stop still holds."
        case .restarting: "Safe: at most a part of Doppel was restarted, and outputs are as they were."
        case .reprocessing: "Safe: raw values are never changed. It may have been done; asking again does no harm."
        }
    }

    /// What helps against a problem of a kind; `nil` where the problem's own words say it.
    private static func remedy(forKind kind: String) -> String? {
        switch kind {
        case "revision-changed", "revision-required":
            "nothing was changed. Look with `doppel twin show`, decide again, then repeat the change."
        case "invalid-configuration", "pin-conflict": "nothing was changed. Correct what is named above."
        case "idempotency-key-reused": "nothing was sent. Take a new --key for a new order."
        case "already-answered": "nothing was sent again. Look with `doppel twin show` what the output does."
        case "operation-refused": "see `doppel twin show` for the state of the device."
        default: nil
        }
    }
}
