import TwinCore

@testable import TwinRuntime
@testable import World

/// The real runtime between a broker, a journal and a clock that a test plays.
///
/// Confined to the thread of its test.
final class Stage: @unchecked Sendable {
    let loop: SimulatedLoop
    let broker: FakeBroker
    let journal: FakeJournal
    let runtime: Runtime

    init(
        on disk: SimulatedDisk = SimulatedDisk(), options: RuntimeOptions = .quiet, catalogue: Catalogue = .usual,
        at time: UnixTime = .fixtureNow, seed: UInt64 = 1
    ) {
        loop = SimulatedLoop(startingAt: time)
        broker = FakeBroker(loop)
        journal = FakeJournal(loop, disk)
        runtime = Runtime(
            loop: loop, broker: broker, journal: journal, catalogue: catalogue, options: options,
            random: Randomness(seed: seed), logger: RuntimeRun.silentLogger)
    }

    /// A runtime that runs and is connected, and nothing else.
    static func started(
        on disk: SimulatedDisk = SimulatedDisk(), options: RuntimeOptions = .quiet, catalogue: Catalogue = .usual,
        seed: UInt64 = 1
    ) throws -> Stage {
        let stage = Stage(on: disk, options: options, catalogue: catalogue, seed: seed)
        try stage.start()
        return stage
    }

    /// A runtime that knows both devices with their outputs, all shown off, and has published nothing yet.
    static func greenhouse(
        options: RuntimeOptions = .quiet, catalogue: Catalogue = .usual, seed: UInt64 = 1
    ) throws -> Stage {
        let stage = try started(options: options, catalogue: catalogue, seed: seed)
        for device in [DeviceID.first, .second] {
            stage.beat(device)
            stage.show(device, 26, .off)
            stage.show(device, 25, .off, type: "pwm")
        }
        stage.broker.forget()
        return stage
    }

    func start() throws {
        try runtime.assumeIsolated { runtime in
            try runtime.recover()
            runtime.start()
        }
        settle()
    }

    /// Lets everything happen that is due now.
    func settle() { loop.advance(byMilliseconds: 0) }

    /// Lets time pass.
    func pass(milliseconds: Int64) { loop.advance(byMilliseconds: milliseconds) }

    // MARK: What devices say

    /// One message arrives, and what follows from it at once happens.
    func hear(_ topic: String, _ payload: String, isRetained: Bool = false) {
        var batch = InboundBatch()
        batch.append(topic: topic.utf8, payload: payload.utf8, isRetained: isRetained, qos: 1)
        broker.deliver(batch)
        settle()
    }

    func hear(from device: DeviceID, _ topic: String, _ payload: String) {
        hear("kaiser/god/esp/\(device)/\(topic)", payload)
    }

    func beat(_ device: DeviceID, boot: String = "b1") {
        hear(
            from: device, "system/heartbeat",
            """
            {"esp_id":"\(device)","ts":1777600000,"uptime":60,"heap_free":171200,"wifi_rssi":-58,\
            "boot_sequence_id":"\(boot)","active_handover_epoch":3}
            """)
    }

    enum Shown {
        case on, off
    }

    func show(_ device: DeviceID, _ gpio: Int, _ shown: Shown, type: String = "pump", emergency: String = "normal") {
        hear(
            from: device, "actuator/\(gpio)/status",
            """
            {"esp_id":"\(device)","ts":1777600000,"gpio":\(gpio),"type":"\(type)","state":\(shown == .on),\
            "pwm":\(shown == .on ? 255 : 0),"emergency":"\(emergency)"}
            """)
    }

    func answer(_ device: DeviceID, _ gpio: Int, _ id: CommandID, isSuccess: Bool = true) {
        hear(
            from: device, "actuator/\(gpio)/response",
            """
            {"esp_id":"\(device)","ts":1777600000,"gpio":\(gpio),"command":"ON","value":1.0,"duration":60,\
            "success":\(isSuccess),"message":"Command executed","correlation_id":"\(id)"}
            """)
    }

    static func reading(_ device: DeviceID, raw: Int, seq: Int) -> String {
        """
        {"esp_id":"\(device)","seq":\(seq),"gpio":4,"sensor_type":"ds18b20","raw":\(raw),"ts":1777600000,"raw_mode":true}
        """
    }

    func read(_ device: DeviceID, raw: Int, seq: Int) {
        hear(from: device, "sensor/4/data", Self.reading(device, raw: raw, seq: seq))
    }

    // MARK: What people ask

    /// Asks for a command; the box holds the answer when it comes.
    func command(
        _ verb: CommandOrder.Verb, _ device: DeviceID = .first, _ gpio: Int = 26, value: Double? = nil,
        seconds: Int? = nil
    ) -> Box<Result<CommandRecord, ServiceError>> {
        let box = Box<Result<CommandRecord, ServiceError>>()
        let request = CommandRequest(
            device: device, gpio: .pin(gpio), verb: verb, value: value, durationSeconds: seconds, issuedBy: "user:mara")
        runtime.assumeIsolated { $0.submit(request) { box.value = $0 } }
        settle()
        return box
    }

    func stop(_ scope: StopScope) -> Box<Result<StopReport, ServiceError>> {
        let box = Box<Result<StopReport, ServiceError>>()
        let request = StopRequest(scope: scope, reason: "flood", issuedBy: "user:mara")
        runtime.assumeIsolated { $0.stop(request) { box.value = $0 } }
        settle()
        return box
    }

    func clear() -> Box<Result<StopReport, ServiceError>> {
        let box = Box<Result<StopReport, ServiceError>>()
        runtime.assumeIsolated { $0.clearStops(by: "user:mara") { box.value = $0 } }
        settle()
        return box
    }

    // MARK: What can be seen

    func twin(_ device: DeviceID = .first) -> DeviceSnapshot? {
        runtime.assumeIsolated { $0.view(of: device)?.snapshot }
    }

    func output(_ gpio: Int = 26, of device: DeviceID = .first) -> ActuatorState? {
        twin(device)?.actuators.first { $0.gpio == .pin(gpio) }
    }

    var twins: [DeviceSnapshot] { runtime.assumeIsolated { $0.snapshots() } }
    var report: StopReport { runtime.assumeIsolated { $0.currentReport() } }
    var deadLetters: [DeadLetter] { journal.committed.flatMap(\.deadLetters) }

    /// What left since the last look, each in a few words.
    func left() -> [String] {
        defer { broker.forget() }
        return broker.publications.map(\.words)
    }
}

/// An answer that comes later.
final class Box<Value>: @unchecked Sendable {
    var value: Value?
}
