import ArgumentParser
import Foundation
import TwinCore

/// `doppel twin set`.
struct TwinSet: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "set", abstract: "Change what a device is to be.",
        discussion: """
            The JSON is a merge patch of the twin's `desired`: what it names is changed, null takes a wish back, the rest \
            stays. Example: doppel twin set ESP_A1B2C3 '{"zone": {"id": "tent_a"}}'. A change of a limit needs --revision, \
            the revision that `doppel twin show` printed. The device is told when it can be. \(ClientExit.explanation)
            """)

    @OptionGroup var options: ClientOptions

    @Argument(help: "The device's name, such as ESP_A1B2C3.")
    var device: DeviceID

    @Argument(help: "The change, as JSON.")
    var change: String?

    @Option(help: "A file with the change, as JSON; - for standard input.")
    var file: String?

    @Option(help: "Only if the wish did not change since this revision of the twin.")
    var revision: UInt64?

    @Option(help: "For how many seconds the change is to be tried (default: for ever).")
    var validFor: Int?

    @Flag(help: "Judge the change, and change nothing.")
    var check = false

    func validate() throws {
        guard (change == nil) != (file == nil) else { throw ValidationError("Give the change as JSON or with --file.") }
        if let validFor, validFor < 1 {
            throw ValidationError("--valid-for must be a whole number of seconds, at least 1.")
        }
    }

    func run() async throws {
        let patch = try body()
        try await options.converse(.commanding) { session async throws(ClientFailure) in
            try await perform(session, patch)
        }
    }

    /// Sends the change and shows what differs from the device then.
    func perform(_ session: ClientSession, _ patch: [UInt8]) async throws(ClientFailure) -> Int32 {
        let answer = try await session.client.patch(path, patch, match: revision.map { "\"\($0)\"" })
        session.show(answer) { twin in
            [check ? "It would be taken; nothing was changed." : "Wished. Revision \(twin["revision"].shown)."]
                + ConfigurationSheet.lines(twin)
        }
        return ClientExit.success
    }

    /// The request's body.
    ///
    /// - Throws: What is wrong with the JSON, before anybody is asked.
    func body() throws -> [UInt8] {
        let bytes = try change.map { Array($0.utf8) } ?? contents()
        guard let wish = try? WireValue(json: bytes), case .members = wish else {
            throw ValidationError("The change must be a JSON object, such as {\"name\": \"north bench\"}.")
        }
        return Array(#"{"desired":"#.utf8) + bytes + Array("}".utf8)
    }

    private var path: String {
        let query = [check ? "validate=only" : nil, validFor.map { "valid_for=\($0)" }].compactMap(\.self)
        return "/api/v1/twins/\(device)" + (query.isEmpty ? "" : "?\(query.joined(separator: "&"))")
    }

    private func contents() throws -> [UInt8] {
        guard let file, file != "-" else { return Array(FileHandle.standardInput.readDataToEndOfFile()) }
        do {
            return Array(try Data(contentsOf: URL(fileURLWithPath: file)))
        } catch {
            throw ValidationError("The file '\(file)' cannot be read: \(error.localizedDescription)")
        }
    }
}
