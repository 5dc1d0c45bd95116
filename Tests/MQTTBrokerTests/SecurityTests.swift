import EventLoop
import Foundation
import TestSupport
import Testing
import TwinRuntime

@testable import MQTTBroker

extension WithMosquitto {
    @Suite struct `Encrypted connections` {
        @Test func `are made with the right authority, refused with a wrong one, and insecure only when told so`()
            async throws
        {
            let prepare: (URL) throws -> [String] = { folder in
                try makeCertificates(in: folder)
                return [
                    "cafile \(folder.path)/authority.pem", "certfile \(folder.path)/broker.pem",
                    "keyfile \(folder.path)/broker.key",
                ]
            }
            try await withBroker(prepare: prepare) { broker in
                try await withLoop { loop in
                    let authority = broker.folder.appending(path: "authority.pem").path
                    let stranger = broker.folder.appending(path: "stranger.pem").path
                    let right = await outcome(of: LinkSecurity(authorityFile: authority), loop, broker)
                    #expect(right == "connected")
                    let wrong = await outcome(of: LinkSecurity(authorityFile: stranger), loop, broker)
                    #expect(wrong.contains("certificate verify failed"))
                    let trusting = LinkSecurity(authorityFile: stranger, isInsecure: true)
                    #expect(await outcome(of: trusting, loop, broker) == "connected")
                    #expect(await outcome(of: LinkSecurity(isInsecure: true), loop, broker) == "connected")
                    let missing = await outcome(of: LinkSecurity(authorityFile: "/no/such/file"), loop, broker)
                    #expect(missing.contains("/no/such/file"))
                    #expect(await outcome(of: nil, loop, broker) != "connected")
                }
            }
        }

        @Test func `lose nothing when messages come along with the handshake`() async throws {
            let prepare: (URL) throws -> [String] = { folder in
                try makeCertificates(in: folder)
                return ["certfile \(folder.path)/broker.pem", "keyfile \(folder.path)/broker.key"]
            }
            try await withBroker(prepare: prepare) { broker in
                try await withLoop { loop in
                    let configure: (inout BrokerOptions) -> Void = { options in
                        options.security = LinkSecurity(
                            authorityFile: broker.folder.appending(path: "broker.pem").path, isInsecure: true)
                        options.receiveMaximum = 100
                    }
                    try await withServer(loop, broker, acknowledging: false, configure: configure) { server, recorder in
                        await eventually("both are up") { recorder.isUp(.ingest) && recorder.isUp(.control) }
                        await send(0..<1000, through: server, recorder, loop)
                        await eventually("a batch came") { !recorder.batches.isEmpty }
                        for _ in 0..<3 {
                            let changes = recorder.changes(of: .ingest).count
                            await loop.run { server.ingest.cut() }
                            await eventually("ingest is back") { recorder.changes(of: .ingest).count == changes + 2 }
                        }
                        #expect(recorder.batches.count == 1)
                        recorder.attach(server, acknowledging: true)
                        await loop.run { server.acknowledge() }
                        await eventually("all came") {
                            Set(recorder.payloads).isSuperset(of: (0..<1000).map { "\($0)" })
                        }
                    }
                }
            }
        }

        private func send(
            _ numbers: Range<Int>, through server: MosquittoBroker, _ recorder: BrokerRecorder, _ loop: EventLoop
        ) async {
            await loop.run {
                for number in numbers {
                    let publication = Publication(
                        token: UInt64(number), topic: deviceTopic, payload: Array("\(number)".utf8), qos: 2)
                    #expect(server.publish(publication))
                }
            }
            await eventually("the broker has taken all") { recorder.acknowledged.count == numbers.count }
        }

        private func outcome(of security: LinkSecurity?, _ loop: EventLoop, _ broker: TestBroker) async -> String {
            var options = LinkOptions(host: "127.0.0.1", port: broker.port, clientID: "secured")
            options.security = security
            options.handshakeMilliseconds = 3_000
            let link = MosquittoLink(
                loop: loop, options: options, policy: ReconnectPolicy(limits: quickLimits))
            let recorder = LinkRecorder()
            await loop.run { link.start(recorder.events) }
            await eventually("the attempt ended") { recorder.connected.count + recorder.disconnected.count > 0 }
            await stop(link, on: loop)
            return recorder.connected.isEmpty ? recorder.disconnected.first ?? "" : "connected"
        }
    }
}

/// Makes an authority, a certificate that it signed for 127.0.0.1, and an authority that signed nothing.
private func makeCertificates(in folder: URL) throws {
    for name in ["authority", "stranger"] {
        try output(
            of: "openssl",
            [
                "req", "-x509", "-newkey", "rsa:2048", "-nodes", "-days", "2", "-subj", "/CN=\(name)", "-keyout",
                "\(name).key", "-out", "\(name).pem",
            ], in: folder)
    }
    try output(
        of: "openssl",
        [
            "req", "-x509", "-newkey", "rsa:2048", "-nodes", "-days", "2", "-subj", "/CN=127.0.0.1", "-addext",
            "subjectAltName=IP:127.0.0.1", "-addext", "basicConstraints=critical,CA:FALSE", "-CA", "authority.pem",
            "-CAkey", "authority.key", "-keyout", "broker.key", "-out", "broker.pem",
        ], in: folder)
}
