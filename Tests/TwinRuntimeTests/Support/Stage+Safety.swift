import TwinCore

@testable import TwinRuntime
@testable import World

/// What the tests of stops and limits play beside the rest.
extension Stage {
    /// A device says where it belongs.
    func beat(_ device: DeviceID, zone: String, kaiser: String = "god") {
        hear(
            "kaiser/\(kaiser)/esp/\(device)/system/heartbeat",
            """
            {"esp_id":"\(device)","zone_id":"\(zone)","ts":1777600000,"uptime":60,"heap_free":171200,\
            "wifi_rssi":-58,"boot_sequence_id":"b1","active_handover_epoch":3}
            """)
    }

    /// An output is on under a lease, as its device shows.
    @discardableResult
    func run(_ device: DeviceID = .first, _ gpio: Int = 26, seconds: Int = 600) -> CommandRecord? {
        let record = try? command(.on, device, gpio, seconds: seconds).value?.get()
        if let record { answer(device, gpio, record.order.id) }
        show(device, gpio, .on, type: gpio == 25 ? "pwm" : "pump")
        broker.forget()
        return record
    }

    /// Asks for a command with a key.
    func command(
        _ verb: CommandOrder.Verb, key: String, _ device: DeviceID = .first, _ gpio: Int = 26, seconds: Int? = nil,
        renews: CommandID? = nil
    ) -> Box<Result<CommandRecord, ServiceError>> {
        ask {
            $0.submit(
                CommandRequest(
                    device: device, gpio: .pin(gpio), verb: verb, value: nil, durationSeconds: seconds,
                    issuedBy: "user:mara", renews: renews, idempotencyKey: key), $1)
        }
    }

    /// As much waits for the disk as may.
    func fillTheOpenTurn() {
        runtime.assumeIsolated { runtime in
            let fact = Fact(device: nil, moment: loop.moment, event: .site(.runEnded))
            runtime.open.batch.facts.append(contentsOf: Array(repeating: fact, count: Runtime.undurableFactLimit))
        }
    }

    /// Releases one emergency stop.
    @discardableResult
    func clear(_ id: IncidentID) -> Answer<StopReport> { ask { $0.clearStops(id, by: "user:mara", $1) } }

    /// A device confirms that it let go of its stop.
    func recover(_ device: DeviceID) {
        hear(
            from: device, "actuator/recovery_confirm",
            "{\"esp_id\":\"\(device)\",\"ts\":1777600000,\"state\":\"cleared\",\"command\":\"clear_emergency\"}")
    }

    /// The process is killed and starts again on the same disk.
    func restarted(options: RuntimeOptions = .quiet, catalogue: Catalogue = .usual) throws -> Stage {
        loop.kill()
        return try Stage.started(on: journal.disk, options: options, catalogue: catalogue, seed: 7)
    }

    /// How often an alarm was raised in this run.
    func alarms(_ kind: SafetyAlarm.Kind) -> Int { runtime.assumeIsolated { $0.counters.alarms[kind] ?? 0 } }

    /// The scoreboard in a few words.
    var scoreboard: [String] {
        report.lines.map { "\($0.device)/\($0.gpio.map(\.description) ?? "-") \($0.standing.rawValue)" }
    }

    /// What limit refuses to switch an output on; `nil` when none does.
    func refusal(_ device: DeviceID = .first, _ gpio: Int = 26) throws -> Gate.Limit? {
        try command(.on, device, gpio, seconds: 10).value?.get().refusedBy
    }
}
