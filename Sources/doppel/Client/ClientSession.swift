/// One command's conversation with the server, and how it is shown.
struct ClientSession: Sendable {
    /// Who is asked.
    let client: DoppelClient
    /// Where lines go.
    let console: Console
    /// Whether the server's JSON is printed unchanged.
    let isJSON: Bool
    /// The time to count ages from, in seconds since 1970.
    let now: Double

    /// Holds a conversation; a failure is explained to the person.
    ///
    /// - Returns: The status to end with.
    func run(
        _ purpose: Advice.Purpose, _ conversation: (ClientSession) async throws(ClientFailure) -> Int32
    ) async -> Int32 {
        do {
            return try await conversation(self)
        } catch {
            for line in Advice.lines(for: error, purpose) { console.tell(line) }
            return error.exitCode
        }
    }

    /// Prints an answer: as it came, or as lines for a person.
    func show(_ answer: DoppelClient.Answer, _ lines: (WireValue) -> [String]) {
        guard !isJSON else {
            console.write(answer.bytes)
            if answer.bytes.last != UInt8(ascii: "\n") { console.write([UInt8(ascii: "\n")]) }
            return
        }
        for line in lines(answer.value) { console.show(line) }
    }
}
