import NIOCore
import NIOPosix
import Testing

/// A bare TCP connection: what is sent and expected is what stands on the wire.
final class Line: Sendable {
    private let channel: NIOAsyncChannel<ByteBuffer, ByteBuffer>
    private let received: Received

    /// What came and was not expected yet.
    private actor Received {
        var text = ""
        var isEnded = false
        var waiting: CheckedContinuation<Void, Never>?

        func add(_ more: String?) {
            if let more { text += more } else { isEnded = true }
            waiting?.resume()
            waiting = nil
        }

        /// Takes the text up to and with `words`; `nil` when the connection ended before they came.
        func take(_ words: String, ignoringCase: Bool) async -> String? {
            while true {
                let seen = ignoringCase ? text.lowercased() : text
                if let range = seen.firstRange(of: ignoringCase ? words.lowercased() : words) {
                    let count = seen.distance(from: seen.startIndex, to: range.upperBound)
                    defer { text = String(text.dropFirst(count)) }
                    return String(text.prefix(count))
                }
                if isEnded { return nil }
                await withCheckedContinuation { waiting = $0 }
            }
        }

        func waitForEnd() async {
            while !isEnded { await withCheckedContinuation { waiting = $0 } }
        }
    }

    private let reading: Task<Void, Never>
    private let outgoing: AsyncStream<ByteBuffer>.Continuation

    init(port: Int) async throws {
        let channel = try await ClientBootstrap(group: MultiThreadedEventLoopGroup.singleton)
            .connect(host: "127.0.0.1", port: port) { channel in
                channel.eventLoop.makeCompletedFuture {
                    try NIOAsyncChannel<ByteBuffer, ByteBuffer>(wrappingChannelSynchronously: channel)
                }
            }
        let received = Received()
        let (stream, continuation) = AsyncStream.makeStream(of: ByteBuffer.self)
        self.channel = channel
        self.received = received
        outgoing = continuation
        reading = Task {
            try? await channel.executeThenClose { inbound, outbound in
                async let writing: Void = { for await bytes in stream { try await outbound.write(bytes) } }()
                for try await bytes in inbound { await received.add(String(buffer: bytes)) }
                continuation.finish()
                try await writing
            }
            await received.add(nil)
        }
    }

    func send(_ text: String) async throws { outgoing.yield(ByteBuffer(string: text)) }

    /// Waits until `words` come, and gives everything up to them back.
    @discardableResult
    func expect(_ words: String, ignoringCase: Bool = false) async throws -> String {
        try #require(await received.take(words, ignoringCase: ignoringCase), "the connection ended before \(words)")
    }

    /// Whether `words` come before the other side closes.
    func hears(_ words: String) async -> Bool { await received.take(words, ignoringCase: false) != nil }

    /// Waits until the other side closes.
    func expectEnd() async throws { await received.waitForEnd() }

    func close() async throws { try await channel.channel.close() }

    deinit {
        outgoing.finish()
        reading.cancel()
    }
}
