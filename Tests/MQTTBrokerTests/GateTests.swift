import EventLoop
import Foundation
import TestSupport
import Testing
import TwinRuntime

@testable import MQTTBroker

extension WithMosquitto {
    @Suite struct `Acknowledgements wait for the commit` {
        @Test func `a connection that never writes gets exactly the window, and all of it again the next time`()
            async throws
        {
            try await withBroker { broker in
                try await withLoop { loop in
                    var options = LinkOptions(host: "127.0.0.1", port: broker.port, clientID: "gated")
                    options.isCleanStart = false
                    options.sessionExpirySeconds = 3600
                    options.receiveMaximum = 100
                    try subscribeAndLeave(options)
                    await publish(0..<3000, from: loop, to: broker)

                    let window = (0..<100).map { "\($0)" }
                    let first = try readWithoutWriting(options)
                    #expect(first == window)
                    // Letting go of the handle closed its socket with 100 acknowledgements queued.
                    let second = try readWithoutWriting(options)
                    #expect(second == window)
                }
            }
        }

        @Test func `nothing more is handed over until the batch is acknowledged, and nothing is lost by a cut`()
            async throws
        {
            try await withBroker { broker in
                try await withLoop { loop in
                    try await withServer(loop, broker, acknowledging: false, configure: { $0.receiveMaximum = 100 }) {
                        server, recorder in
                        await eventually("ingest is up") { recorder.isUp(.ingest) }
                        await publish(0..<3000, from: loop, to: broker)
                        await eventually("a batch came") { !recorder.batches.isEmpty }
                        #expect(recorder.batches.count == 1)
                        #expect(recorder.batches[0].entries.count <= 100)
                        #expect(Set(recorder.batches[0].topics) == [deviceTopic])

                        await loop.run { server.ingest.cut() }
                        await eventually("ingest is back") { recorder.changes(of: .ingest).count == 3 }
                        #expect(recorder.changes(of: .ingest).last == .connected(wasResumed: true))
                        #expect(recorder.batches.count == 1)

                        let before = recorder.batches[0].payloads
                        recorder.attach(server, acknowledging: true)
                        await loop.run { server.acknowledge() }
                        await eventually("all came") { Set(recorder.payloads).count == 3000 }
                        // The batch of the lost connection was not acknowledged on the new one: it came again.
                        #expect(Array(recorder.payloads.dropFirst(before.count).prefix(before.count)) == before)
                        #expect(recorder.payloads.count == 3000 + before.count)
                    }
                }
            }
        }

        @Test func `a stop leaves an unacknowledged batch to the next start`() async throws {
            try await withBroker { broker in
                try await withLoop { loop in
                    try await withServer(loop, broker, acknowledging: false) { server, recorder in
                        await eventually("ingest is up") { recorder.isUp(.ingest) }
                        await publish(0..<10, from: loop, to: broker)
                        await eventually("a batch came") { !recorder.batches.isEmpty }
                    }
                    try await withServer(loop, broker, acknowledging: true) { server, recorder in
                        await eventually("all came again") { recorder.payloads.count == 10 }
                        #expect(recorder.payloads == (0..<10).map { "\($0)" })
                        #expect(recorder.changes(of: .ingest) == [.connected(wasResumed: true)])
                    }
                }
            }
        }

        @Test func `a burst arrives whole and in order, and nothing of it is sent twice`() async throws {
            try await withBroker { broker in
                try await withLoop { loop in
                    try await withServer(loop, broker, acknowledging: true) { server, recorder in
                        await eventually("ingest is up") { recorder.isUp(.ingest) }
                        await publish(0..<20_000, from: loop, to: broker)
                        await eventually("all came") { recorder.payloads.count >= 20_000 }
                        let isWholeAndInOrder = recorder.payloads == (0..<20_000).map { "\($0)" }
                        #expect(isWholeAndInOrder)
                        let largest = recorder.batches.map(\.entries.count).max() ?? 0
                        #expect(largest <= MosquittoLink.maximumMessagesPerTurn)
                    }
                }
            }
        }

        @Test func `a broker that restarts loses nothing of the session`() async throws {
            try await withBroker { broker in
                try await withLoop { loop in
                    try await withServer(loop, broker, acknowledging: false, configure: { $0.receiveMaximum = 50 }) {
                        server, recorder in
                        await eventually("ingest is up") { recorder.isUp(.ingest) }
                        await publish(0..<500, from: loop, to: broker)
                        await eventually("a batch came") { !recorder.batches.isEmpty }
                        await broker.stop()
                        await eventually("control is down") { !recorder.isUp(.control) }
                        recorder.attach(server, acknowledging: true)
                        await loop.run { server.acknowledge() }
                        await eventually("ingest is down") { !recorder.isUp(.ingest) }
                        try await broker.start()
                        await publish(500..<600, from: loop, to: broker)
                        await eventually("all came") { Set(recorder.payloads).count == 600 }
                        await eventually("control is back") { recorder.isUp(.control) }
                    }
                }
            }
        }

        @Test func `messages without acknowledgement come in the same batches`() async throws {
            try await withBroker { broker in
                try await withLoop { loop in
                    try await withServer(loop, broker, acknowledging: true) { server, recorder in
                        await eventually("ingest is up") { recorder.isUp(.ingest) }
                        await publish(0..<5, from: loop, to: broker, qos: 0)
                        await publish(5..<10, from: loop, to: broker, qos: 2)
                        await eventually("all came") { recorder.payloads.count == 10 }
                        #expect(recorder.payloads == (0..<10).map { "\($0)" })
                    }
                }
            }
        }

        /// Makes the session with its subscription, and goes with a goodbye.
        private func subscribeAndLeave(_ options: LinkOptions) throws {
            let handle = try answered(options)
            _ = try #require(handle.subscribe(Subscription(deviceTopic, qos: 1)))
            #expect(handle.write() == nil)
            while handle.events.subscribed.isEmpty { #expect(try readWhenReady(handle)) }
            handle.sayGoodbye()
            #expect(handle.write() == nil)
        }

        /// Reads until nothing more comes, writing nothing but CONNECT.
        private func readWithoutWriting(_ options: LinkOptions) throws -> [String] {
            let handle = try answered(options)
            while try readWhenReady(handle) {}
            #expect(handle.wantsWrite)
            return handle.inbound.payloads
        }

        private func answered(_ options: LinkOptions) throws -> MosquittoHandle {
            let handle = try MosquittoHandle(connecting: options)
            #expect(handle.write() == nil)
            while handle.events.answer == nil { #expect(try readWhenReady(handle)) }
            #expect(handle.events.answer?.code == 0)
            return handle
        }

        /// Reads once the socket has something; says whether it had within half a second.
        private func readWhenReady(_ handle: MosquittoHandle) throws -> Bool {
            var descriptor = pollfd(fd: handle.descriptor, events: Int16(POLLIN), revents: 0)
            guard unsafe poll(&descriptor, 1, 500) == 1 else { return false }
            if let failure = handle.read() { throw failure }
            return true
        }
    }
}
