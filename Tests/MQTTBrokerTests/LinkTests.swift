import EventLoop
import Foundation
import MQTTBroker
import Synchronization
import TestSupport
import Testing
import TwinCore
import TwinRuntime

extension WithMosquitto {
    @Suite struct `A link` {
        private func link(
            _ loop: EventLoop, host: String = "127.0.0.1", port: UInt16,
            _ configure: (inout LinkOptions) -> Void = { _ in }
        ) -> MosquittoLink {
            var options = LinkOptions(host: host, port: port, clientID: "link")
            configure(&options)
            return MosquittoLink(
                loop: loop, options: options, policy: ReconnectPolicy(limits: quickLimits))
        }

        @Test func `backs off from a name that nobody knows`() async throws {
            try await withLoop { loop in
                let recorder = LinkRecorder()
                let link = link(loop, host: "no-such-host.invalid", port: 1883)
                await loop.run { link.start(recorder.events) }
                await eventually("it failed twice", within: .seconds(90)) { recorder.disconnected.count >= 2 }
                #expect(recorder.disconnected[0].contains("name resolution"))
                await stop(link, on: loop)
            }
        }

        @Test func `backs off from a port where nobody listens`() async throws {
            try await withLoop { loop in
                let recorder = LinkRecorder()
                let link = link(loop, port: try freePort())
                await loop.run { link.start(recorder.events) }
                await eventually("it failed three times") { recorder.disconnected.count >= 3 }
                #expect(recorder.disconnected[0] == "Connection refused")
                await stop(link, on: loop)
                let count = recorder.disconnected.count
                await loop.run {}
                #expect(recorder.disconnected.count == count)
            }
        }

        @Test func `leaves the loop free while connecting hangs`() async throws {
            try await withLoop { loop in
                let deaf = try DeafListener()
                let recorder = LinkRecorder()
                let link = link(loop, port: deaf.port)
                let ticks = Ticker(loop)
                await loop.run {
                    link.start(recorder.events)
                    ticks.start()
                }
                await eventually("the loop ticked on") { ticks.count >= 200 }
                #expect(recorder.disconnected.isEmpty)
                deaf.close()
                await eventually("the attempt was refused") { !recorder.disconnected.isEmpty }
                await stop(link, on: loop)
                ticks.stop()
            }
        }

        @Test func `logs in with its user name and password, and is told when they are wrong`() async throws {
            let prepare: (URL) throws -> [String] = { folder in
                let file = folder.appending(path: "passwords")
                try output(of: "mosquitto_passwd", ["-c", "-b", file.path, "ada", "p:w ä"])
                return ["password_file \(file.path)"]
            }
            try await withBroker(listenerLines: ["allow_anonymous false"], prepare: prepare) { broker in
                try await withLoop { loop in
                    for (password, isRight) in [("p:w ä", true), ("wrong", false)] {
                        for version in [LinkOptions.ProtocolVersion.v5, .v311] {
                            let recorder = LinkRecorder()
                            let link = link(loop, port: broker.port) {
                                $0.username = "ada"
                                $0.password = password
                                $0.version = version
                            }
                            await loop.run { link.start(recorder.events) }
                            await eventually("it was answered") {
                                recorder.connected.count + recorder.disconnected.count > 0
                            }
                            #expect(recorder.connected.isEmpty != isRight)
                            let refusal = recorder.disconnected.first ?? ""
                            #expect(refusal.contains("refused") != isRight)
                            #expect(refusal.lowercased().contains("authori") != isRight)
                            await stop(link, on: loop)
                        }
                    }
                }
            }
        }

        @Test(arguments: [LinkOptions.ProtocolVersion.v311, .v5])
        func `of a device receives what it subscribed, and its will is published when it is cut`(
            version: LinkOptions.ProtocolVersion
        ) async throws {
            try await withBroker { broker in
                try await withLoop { loop in
                    let witness = LinkRecorder()
                    let witnessLink = link(loop, port: broker.port) {
                        $0.clientID = "witness"
                        $0.subscriptions = [Subscription("will/#", qos: 1)]
                    }
                    let recorder = LinkRecorder()
                    let device = link(loop, port: broker.port) {
                        $0.version = version
                        $0.subscriptions = [Subscription("command/#", qos: 2), Subscription("ack", qos: 1)]
                        $0.will = {
                            LinkWill(topic: "will/device", payload: Array("gone".utf8), qos: 1, isRetained: true)
                        }
                    }
                    await loop.run {
                        witnessLink.start(witness.events)
                        device.start(recorder.events)
                    }
                    await eventually("both are up") { witness.connected == [false] && recorder.connected == [false] }
                    for qos in UInt8(0)...2 {
                        let publication = Publication(
                            token: UInt64(qos), topic: "command/\(qos)", payload: Array("\(qos)".utf8), qos: qos)
                        #expect(await loop.run { witnessLink.publish(publication) })
                    }
                    await eventually("all three came") { recorder.payloads.count == 3 }
                    #expect(recorder.payloads.sorted() == ["0", "1", "2"])
                    #expect(witness.payloads.isEmpty)
                    await loop.run { device.cut() }
                    await eventually("the will came") { witness.payloads == ["gone"] }
                    await eventually("the device is back") { recorder.connected.count == 2 }
                    await stop(device, on: loop)
                    await stop(witnessLink, on: loop)
                }
            }
        }

        @Test func `takes no more than it may hold`() async throws {
            try await withBroker { broker in
                try await withLoop { loop in
                    let recorder = LinkRecorder()
                    let link = link(loop, port: broker.port) { $0.maximumOutbound = 10 }
                    await loop.run { link.start(recorder.events) }
                    await eventually("it is up") { !recorder.connected.isEmpty }
                    let taken = await loop.run {
                        (0..<12).map { link.publish(Publication(token: $0, topic: "t", payload: [], qos: 1)) }
                    }
                    #expect(taken == Array(repeating: true, count: 10) + [false, false])
                    await eventually("the queue is empty again") { recorder.published.count == 10 }
                    #expect(await loop.run { link.publish(Publication(token: 12, topic: "t", payload: [], qos: 1)) })
                    #expect(
                        !(await loop.run { link.publish(Publication(token: 13, topic: "a/#", payload: [], qos: 1)) }))
                    await stop(link, on: loop)
                }
            }
        }

        @Test func `takes a message larger than the socket's buffer and writes it as room appears`() async throws {
            try await withBroker { broker in
                try await withLoop { loop in
                    let recorder = LinkRecorder()
                    let link = link(loop, port: broker.port) {
                        $0.subscriptions = [Subscription("big", qos: 1)]
                        $0.maximumPacketBytes = 32 << 20
                    }
                    await loop.run { link.start(recorder.events) }
                    await eventually("it is up") { !recorder.connected.isEmpty }
                    let payload = [UInt8](repeating: 120, count: 12 << 20)
                    #expect(
                        await loop.run { link.publish(Publication(token: 1, topic: "big", payload: payload, qos: 1)) })
                    await eventually("it came back whole") { recorder.payloads.map(\.utf8.count) == [12 << 20] }
                    await stop(link, on: loop)
                }
            }
        }

        @Test func `that is thrown out by a client of the same name comes back after its wait`() async throws {
            try await withBroker { broker in
                try await withLoop { loop in
                    let (first, second) = (LinkRecorder(), LinkRecorder())
                    let (older, newer) = (link(loop, port: broker.port), link(loop, port: broker.port))
                    await loop.run { older.start(first.events) }
                    await eventually("the older one is up") { !first.connected.isEmpty }
                    await loop.run { newer.start(second.events) }
                    await eventually("the older one was thrown out") { !first.disconnected.isEmpty }
                    await eventually("it came back and threw out the newer one") { !second.disconnected.isEmpty }
                    #expect(first.connected.count >= 2)
                    await stop(older, on: loop)
                    await stop(newer, on: loop)
                }
            }
        }
    }
}

/// Counts timers of one millisecond that the loop runs one after the other.
private final class Ticker: Sendable {
    private let loop: EventLoop
    private let state = Mutex((count: 0, isRunning: true))

    init(_ loop: EventLoop) { self.loop = loop }

    var count: Int { state.withLock { $0.count } }

    func start() {
        _ = loop.schedule(afterMilliseconds: 1) { [self] in
            let goesOn = state.withLock {
                $0.count += 1
                return $0.isRunning
            }
            if goesOn { start() }
        }
    }

    func stop() { state.withLock { $0.isRunning = false } }
}
