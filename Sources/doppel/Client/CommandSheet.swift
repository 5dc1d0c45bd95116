/// Commands and what became of them, as lines for a person.
enum CommandSheet {
    /// One command with its evidence.
    static func lines(_ command: WireValue) -> [String] {
        var lines = ["command \(command["id"].shown): \(command["state"].shown)"]
        var table = Table(["STEP", "AT", "SEEN"])
        for piece in command["evidence"]?.items ?? [] {
            table.add([piece["step"].shown, piece["at"].shown, piece["detail"].shown])
        }
        if !table.rows.isEmpty { lines += table.lines }
        return lines.map(Table.printable)
    }

    /// What a command's state means, and the status to end with.
    ///
    /// - Parameter waited: For how many seconds the end was awaited; 0 for not at all.
    static func verdict(_ state: String?, waited: Int, device: String) -> (message: String?, status: Int32) {
        switch state {
        case "confirmed": (nil, ClientExit.success)
        case "accepted", "sent", "acknowledged", "answered":
            waited == 0
                ? (nil, ClientExit.success)
                : (
                    "Not confirmed within \(waited) s. Whether the output switched is not known; Doppel keeps trying and "
                        + "drives it to its safe state if that fails. To do: `doppel twin show \(device)`.",
                    ClientExit.failed
                )
        case "failed":
            (
                "The device refused, or did not show the effect. Doppel drives the output to its safe state. "
                    + "To do: `doppel twin show \(device)`; go and look if it stays unknown.", ClientExit.failed
            )
        case "stopped": ("An emergency stop took the command's place.", ClientExit.failed)
        case "superseded": ("A later command for the same output took its place.", ClientExit.failed)
        case "expired": ("It could not leave in time; nothing was switched. To do: ask again.", ClientExit.failed)
        case "refused": ("A limit refused it; nothing was sent.", ClientExit.failed)
        default: ("The server names a state that this client does not know.", ClientExit.failed)
        }
    }
}
