import EventLoop
import MQTTBroker
import TestSupport
import Testing
import TwinCore
import TwinRuntime

/// Waits of tests: short enough to try again within a test, long enough to show.
let quickLimits = ReconnectPolicy.Limits(
    floorMilliseconds: 20, ceilingMilliseconds: 100, failuresToOpen: 1000, openMilliseconds: 100,
    stableMilliseconds: 1_000)

/// The topic that the tests' device speaks on.
let deviceTopic = "kaiser/god/esp/ESP_00000001/sensor/4/data"

/// Payloads of the runtime's own status, as the tests know them.
func status(_ word: String, _ reason: String? = nil) -> [UInt8] {
    Array(#"{"status":"\#(word)","reason":"\#(reason ?? "")"}"#.utf8)
}

/// Runs a test with the runtime's side of a broker, started; it is stopped afterwards.
func withServer(
    _ loop: EventLoop, _ broker: TestBroker, acknowledging: Bool, configure: (inout BrokerOptions) -> Void = { _ in },
    before: @escaping @Sendable (MosquittoBroker) -> Void = { _ in },
    _ body: (MosquittoBroker, BrokerRecorder) async throws -> Void
) async throws {
    var options = try BrokerOptions(url: "mqtt://127.0.0.1:\(broker.port)")
    options.reconnecting = quickLimits
    options.ingestFilters = ["kaiser/god/esp/#"]
    configure(&options)
    let server = MosquittoBroker(
        loop: loop, options: options,
        status: ServerStatus(
            onlinePayload: { _ in status("online") }, offlinePayload: { status("offline", $1.rawValue) }))
    let recorder = BrokerRecorder()
    recorder.attach(server, acknowledging: acknowledging)
    await loop.run {
        before(server)
        server.start(recorder)
    }
    do {
        try await body(server, recorder)
    } catch {
        await stop(server, on: loop)
        recorder.detach()
        throw error
    }
    await stop(server, on: loop)
    recorder.detach()
}

func stop(_ server: MosquittoBroker, on loop: EventLoop) async {
    await withCheckedContinuation { continuation in
        loop.post { server.stop { continuation.resume() } }
    }
}

func stop(_ link: MosquittoLink, on loop: EventLoop) async {
    await withCheckedContinuation { continuation in
        loop.post { link.stop { continuation.resume() } }
    }
}

/// Publishes numbered messages as a device does, and waits until the broker has them all.
func publish(
    _ numbers: Range<Int>, from loop: EventLoop, to broker: TestBroker, qos: UInt8 = 1, topic: String = deviceTopic
) async {
    let options = LinkOptions(host: "127.0.0.1", port: broker.port, clientID: "device-\(numbers.lowerBound)")
    let recorder = LinkRecorder()
    let device = MosquittoLink(
        loop: loop, options: options, policy: ReconnectPolicy(limits: quickLimits))
    await loop.run { device.start(recorder.events) }
    await eventually("the device is connected") { !recorder.connected.isEmpty }
    for number in numbers {
        let publication = Publication(
            token: UInt64(number), topic: topic, payload: Array("\(number)".utf8), qos: qos)
        await eventually("the link takes message \(number)") { await loop.run { device.publish(publication) } }
    }
    await eventually("the broker has taken all messages") { recorder.published.count == numbers.count }
    await stop(device, on: loop)
}
