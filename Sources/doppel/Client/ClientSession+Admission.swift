import TwinCore

extension ClientSession {
    /// Asks for a device to be let in, excluded, or let in again after a quarantine, and shows the twin as it stands then.
    ///
    /// - Parameter decision: `approve`, `reject` or `release`.
    func admit(_ device: DeviceID, _ decision: String) async throws(ClientFailure) -> Int32 {
        let answer = try await client.post("/api/v1/twins/\(device)/\(decision)", nil)
        show(answer) { TwinSheet.list([$0], now: now) }
        return ClientExit.success
    }
}
