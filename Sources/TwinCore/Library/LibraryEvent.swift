/// How the transfer of a library to a device fares.
public enum LibraryEvent: Sendable, Equatable, Codable {
    /// The device wants one.
    case requested(name: String, request: String, reason: String)
    /// There is no such library, or no transfer can begin now.
    case refused(name: String, String)
    /// The transfer was announced; for a transfer that is under way already, once more, and it goes on where it was.
    case begun(LibraryTransfer.Plan)
    /// The device has made room.
    case ready(CommandID)
    /// A chunk was sent, for the first time or again.
    case chunkSent(CommandID, Int, attempt: Int)
    /// The device has a chunk, intact.
    case chunkAcknowledged(CommandID, Int)
    /// All chunks arrived, and the device was told so, for the first time or again.
    case completed(CommandID)
    /// The device lacks chunks after all; they are sent again.
    case chunksMissing(CommandID, [Int])
    /// The device uses the library.
    case installed(name: String)
    /// The transfer is over without success.
    case failed(CommandID?, String)
    /// The device spoke of a transfer that is not under way.
    case stray(LibraryMessage)
}
