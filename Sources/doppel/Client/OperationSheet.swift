import ArgumentParser
import TwinCore

/// Operations and what became of them, as lines for a person.
enum OperationSheet {
    /// How long the server waits for an answer at most, in seconds.
    static let maximumWaitSeconds = 30

    /// Accepts a time to wait.
    static func checkWait(_ seconds: Int) throws {
        guard (0...maximumWaitSeconds).contains(seconds) else {
            throw ValidationError("--wait must be a whole number of seconds from 0 to \(maximumWaitSeconds).")
        }
    }

    /// One operation with the device's answer.
    static func lines(_ operation: WireValue) -> [String] {
        var lines = ["\(operation["operation"].shown) \(operation["id"].shown): \(operation["state"].shown)"]
        if let detail = operation["detail"]?.text, !detail.isEmpty { lines.append("the device says: \(detail)") }
        if case .members(let answer)? = operation["answer"] {
            lines += answer.sorted { $0.key < $1.key }.map { "  \($0.key): \($0.value.shown)" }
        }
        return lines.map(Table.printable)
    }

    /// What an operation's state means, and the status to end with.
    static func verdict(_ state: String?, waited: Int, device: DeviceID) -> (message: String?, status: Int32) {
        switch state {
        case "answered": (nil, ClientExit.success)
        case "accepted", "sent":
            waited == 0
                ? (nil, ClientExit.success)
                : ("No answer within \(waited) s. To do: `doppel twin show \(device)`.", ClientExit.failed)
        case "failed": ("The device refused, or could not be told.", ClientExit.failed)
        case "unanswered": ("The device did not answer. To do: `doppel twin show \(device)`.", ClientExit.failed)
        default: ("The server names a state that this client does not know.", ClientExit.failed)
        }
    }
}

extension ClientSession {
    /// Shows an operation and says what its state means.
    ///
    /// - Returns: The status to end with.
    func showOperation(_ answer: DoppelClient.Answer, of device: DeviceID, waited: Int) -> Int32 {
        show(answer, OperationSheet.lines)
        let verdict = OperationSheet.verdict(answer.value["state"]?.text, waited: waited, device: device)
        if let message = verdict.message { console.tell(message) }
        return verdict.status
    }
}
