import TwinCore

@testable import TwinRuntime
@testable import World

/// What people ask beside commands and stops, and what devices answer.
extension Stage {
    typealias Answer<Value> = Box<Result<Value, ServiceError>>

    /// Asks the runtime for something; the box holds the reply when it comes.
    func ask<Value>(
        _ question: @Sendable (isolated Runtime, @escaping @Sendable (Value) -> Void) -> Void
    ) -> Box<Value> where Value: Sendable {
        let box = Box<Value>()
        runtime.assumeIsolated { question($0) { box.value = $0 } }
        settle()
        return box
    }

    /// Changes what a device is to be.
    @discardableResult
    func configure(
        _ device: DeviceID = .first, seen revision: UInt64? = nil, isRehearsal: Bool = false, seconds: Int? = nil,
        _ change: @escaping @Sendable (inout Desired) -> Void
    ) -> Answer<ConfigurationOutcome> {
        let change = ConfigurationChange(
            device: device, seenRevision: revision, isRehearsal: isRehearsal, validSeconds: seconds, by: "user:mara"
        ) { present in
            var desired = present
            change(&desired)
            return .success(ConfigurationWish(desired: desired, touched: []))
        }
        return ask { $0.configure(change, $1) }
    }

    /// Asks a device to do something beside switching outputs.
    @discardableResult
    func operate(_ kind: TwinCore.Operation.Kind, _ device: DeviceID = .first) -> Answer<OperationRecord> {
        ask { $0.operate(OperationRequest(device: device, kind: kind, by: "user:mara"), $1) }
    }

    /// Waits for the end of an operation.
    func end(of id: CommandID, _ device: DeviceID = .first, within milliseconds: Int64) -> Box<OperationRecord?> {
        ask { $0.finishedOperation(id, of: device, withinMilliseconds: milliseconds, $1) }
    }

    /// Sets the secret of broadcasts.
    @discardableResult
    func setBroadcastToken(_ text: String) -> Answer<Void> {
        ask { $0.setBroadcastToken(EmergencyToken(text), by: "user:mara", $1) }
    }

    @discardableResult
    func admit(_ admission: Runtime.Admission, _ device: DeviceID = .first) -> Answer<TwinView> {
        ask { $0.admit(device, admission, by: "user:mara", $1) }
    }

    @discardableResult
    func calibrate(_ action: CalibrationAction, _ sensor: SensorKey) -> Answer<TwinView> {
        ask { $0.calibrate(CalibrationRequest(device: .first, sensor: sensor, action: action, by: "user:mara"), $1) }
    }

    /// Takes a catalogue into use.
    func adopt(_ catalogue: Catalogue, problems: [String] = []) {
        runtime.assumeIsolated { $0.adopt(catalogue, problems: problems) }
        settle()
    }

    // MARK: What other servers say

    /// Another server speaks, heard on the control connection, and what follows from it at once happens.
    func overhear(_ topic: String, _ payload: String, isRetained: Bool = false) {
        var batch = InboundBatch()
        batch.append(topic: topic.utf8, payload: payload.utf8, isRetained: isRetained, qos: 1)
        broker.deliverOrders(batch)
        settle()
    }

    /// Another runtime claims the site.
    func overhearClaim(_ epoch: UInt64, by instance: String, isRetained: Bool = false) {
        overhear(
            "kaiser/god/server/claim", "{\"epoch\":\(epoch),\"instance\":\"\(instance)\",\"ts\":1777600000}",
            isRetained: isRetained)
    }

    /// What the runtime last said of its claim comes back from the broker.
    func overhearOwnClaim() {
        guard let own = broker.publications.last(where: { $0.topic == "kaiser/god/server/claim" }) else { return }
        var batch = InboundBatch()
        batch.append(topic: own.topic.utf8, payload: own.payload, isRetained: false, qos: 1)
        broker.deliverOrders(batch)
        settle()
    }

    // MARK: What devices say

    /// One raw reading of now.
    func sense(
        _ gpio: Int, _ type: String, raw: Double, seq: Int, of device: DeviceID = .first
    ) {
        hear(
            from: device, "sensor/\(gpio)/data",
            """
            {"esp_id":"\(device)","seq":\(seq),"gpio":\(gpio),"sensor_type":"\(type)","raw":\(raw),\
            "ts":\(loop.moment.time.milliseconds / 1000),"raw_mode":true}
            """)
    }

    /// A device answers a configuration push, one section at a time.
    func answerConfig(
        _ section: String, _ id: String, status: String = "success", more: String = "", of device: DeviceID = .first
    ) {
        hear(
            from: device, "config_response",
            """
            {"status":"\(status)","type":"\(section)","count":1,"message":"","correlation_id":"\(id)"\(more)}
            """)
    }

    func answerZone(_ status: String, _ zone: String, _ id: String, of device: DeviceID = .first) {
        hear(
            from: device, "zone/ack",
            """
            {"esp_id":"\(device)","status":"\(status)","zone_id":"\(zone)","master_zone_id":"","ts":1777600000,\
            "correlation_id":"\(id)"}
            """)
    }

    /// A device answers an administrative command.
    func answerSystem(
        _ command: String, isSuccess: Bool = true, more: String = "", of device: DeviceID = .first
    ) {
        hear(
            from: device, "system/command/response",
            """
            {"command":"\(command)","success":\(isSuccess),"esp_id":"\(device)","ts":1777600000\(more)}
            """)
    }

    // MARK: What can be seen

    /// The latest publication whose topic ends so.
    func last(_ suffix: String) -> Publication? { broker.publications.last { $0.topic.hasSuffix(suffix) } }

    /// How a wished property stands.
    func standing(_ path: PropertyPath, of device: DeviceID = .first) -> PropertyState? {
        twin(device)?.device.configuration.properties[path]?.state
    }

    func sensor(_ key: SensorKey, of device: DeviceID = .first) -> SensorState? {
        twin(device)?.sensors.first { $0.key == key }
    }

    /// A counter of refused messages.
    func refusals(_ reason: Refusal.Reason) -> Int { runtime.assumeIsolated { $0.counters.refused[reason] ?? 0 } }

    /// The facts about the site that are durable.
    var siteFacts: [SiteEvent] {
        journal.disk.facts.compactMap { if case .site(let event) = $0.fact.event { event } else { nil } }
    }
}
