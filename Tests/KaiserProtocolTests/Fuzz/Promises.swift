import KaiserProtocol
import TwinCore

/// What the types promise about a decoded message; text from outside is bounded, numbers are in their ranges.
enum Promises {
    /// Which promise is broken, or `nil` when all are kept.
    static func broken(by decoded: Decoded) -> String? {
        switch decoded {
        // Needs the payload: see the function for orders.
        case .order: nil
        case .relay(let relay):
            broken([
                "state": relay.state.utf8.count <= 64, "counts": (relay.queueLength ?? 0) >= 0,
                "disk": (0...100).contains(relay.diskUsagePercent ?? 0),
                "temperature": (relay.temperatureCelsius ?? 0).isFinite,
            ])
        case .report(let report):
            DeviceID(report.device.description) == report.device ? broken(by: report.message) : "device"
        }
    }

    /// Which promise an order breaks; above all, a stop is never lost, and only what is empty erases.
    static func broken(by order: ServerOrder, _ topic: [UInt8], _ payload: [UInt8]) -> String? {
        let isEmergency = order.topic == "kaiser/broadcast/emergency"
        let (isErased, isHeard, areBounded) =
            switch order.content {
            case .erased: (true, false, true)
            case .stop(let stop):
                (
                    false, true,
                    stop.reason.utf8.count <= 256 && stop.issuedBy.utf8.count <= 256
                        && (1...128).contains(stop.incident?.utf8.count ?? 1)
                )
            case .clear(_, let incident): (false, true, (1...128).contains(incident?.utf8.count ?? 1))
            case .actuatorCommand(_, _, let command): (false, false, (command?.issuedBy?.utf8.count ?? 0) <= 256)
            case .claim(let claim):
                (false, false, claim.epoch <= SiteClaim.maximumEpoch && isWord(claim.instance))
            case .other: (false, false, true)
            }
        return broken([
            "topic": Array(order.topic.utf8) == topic || String(decoding: topic, as: UTF8.self) == order.topic,
            "erasure": isErased == payload.isEmpty, "stop": !isEmergency || payload.isEmpty || isHeard,
            "bounds": areBounded,
        ])
    }

    private static func broken(_ promises: KeyValuePairs<String, Bool>) -> String? {
        promises.first { !$0.value }?.key
    }

    private static func isWord(_ text: String?) -> Bool { (1...64).contains(text?.utf8.count ?? 1) }

    private static func areShort(_ flags: [String]) -> Bool {
        flags.count <= 16 && flags.allSatisfy { $0.utf8.count <= 256 }
    }

    private static func broken(by sensor: SensorReport) -> String? {
        let isAddressed =
            switch sensor.address {
            case .none: true
            case .i2c(let address): (1...127).contains(address)
            case .oneWire(let rom): rom.utf8.count == 16
            }
        return broken([
            "raw": sensor.raw.isFinite && abs(sensor.raw) <= 2_147_483_648, "value": sensor.value?.isFinite ?? true,
            "type": (1...32).contains(sensor.type.utf8.count), "quality": sensor.quality?.isWireWord ?? true,
            "address": isAddressed,
        ])
    }

    private static func broken(by message: DeviceMessage) -> String? {
        switch message {
        case .sensor(let sensor): return broken(by: sensor)
        case .sensorBatch(let sensors):
            guard (1...64).contains(sensors.count), Set(sensors.map(\.digest)).count == sensors.count else {
                return "batch"
            }
            return sensors.lazy.compactMap { $0.isRaw ? "isRaw" : broken(by: $0) }.first
        case .measured(let answer):
            return broken([
                "request": isWord(answer.request), "raw": abs(answer.raw ?? 0) <= 2_147_483_648,
                "reason": isWord(answer.reason), "flags": areShort(answer.flags),
            ])
        case .processing(let request):
            return broken([
                "raw": (-2_147_483_648...4_294_967_295).contains(request.raw), "request": isWord(request.request),
            ])
        case .heartbeat(let beat):
            return broken([
                "uptime": beat.uptimeSeconds >= 0, "heap": beat.heapFreeBytes >= 0,
                "rssi": (-128...127).contains(beat.rssiDBm), "flags": areShort(beat.flags),
            ])
        case .metrics(let metrics):
            return broken(["counters": metrics.counters.count <= 16 && metrics.counters.values.allSatisfy { $0 >= 0 }])
        case .announcement(let announcement): return announcement.epoch >= 1 ? nil : "epoch"
        case .will(let will): return isWord(will.reason) ? nil : "reason"
        case .actuatorStatus(let status):
            return broken(["level": (0...255).contains(status.level), "type": isWord(status.type)])
        case .actuatorResponse(let response): return response.message.utf8.count <= 256 ? nil : "message"
        case .actuatorAlert(let alert): return isWord(alert.type) ? nil : "type"
        case .emergency(.acknowledged(_, let outputs)): return (0...255).contains(outputs ?? 0) ? nil : "outputs"
        case .emergency: return nil
        case .diagnostics, .error, .queuePressure, .status, .safeMode, .credentials, .hardware, .busScan:
            return broken(byHealth: message)
        case .intent, .intentLifecycle, .configuration, .zone, .subzone, .subzoneStatus, .system, .library:
            return broken(byAnswer: message)
        }
    }

    private static func broken(byHealth message: DeviceMessage) -> String? {
        switch message {
        case .diagnostics(let health):
            broken([
                "uptime": (0...Int(UInt32.max)).contains(health.uptimeSeconds ?? 0),
                "heap": health.heapFreeBytes >= 0, "state": isWord(health.systemState),
                "flags": areShort(health.flags),
            ])
        case .error(let error):
            broken([
                "code": (1...65_535).contains(error.code), "category": isWord(error.category),
                "message": error.message.utf8.count <= 256, "flags": areShort(error.flags),
            ])
        case .queuePressure(let pressure): (pressure.fillLevel ?? 0) >= 0 ? nil : "fill"
        case .status(let status): isWord(status.systemState) && areShort(status.flags) ? nil : "status"
        case .safeMode(let mode): mode.reason.utf8.count <= 256 ? nil : "reason"
        case .credentials(let report): report.mode.utf8.count <= 64 && areShort(report.flags) ? nil : "credentials"
        case .hardware(let hardware): isWord(hardware.board) && isWord(hardware.macAddress) ? nil : "hardware"
        case .busScan(let scan):
            scan.members.count <= 64 && scan.members.allSatisfy { $0.rom.utf8.count == 16 } ? nil : "members"
        default: "unexpected"
        }
    }

    private static func broken(byAnswer message: DeviceMessage) -> String? {
        switch message {
        case .intent(let outcome):
            broken([
                "intent": isWord(outcome.intent), "flow": isWord(outcome.flow), "flags": areShort(outcome.flags),
                "reason": outcome.reason.utf8.count <= 256,
            ])
        case .intentLifecycle(.stage(let stage)): isWord(stage.intent) && isWord(stage.stage) ? nil : "stage"
        case .intentLifecycle(.configurationPending(let pending)): pending.reason.utf8.count <= 64 ? nil : "reason"
        case .configuration(let answer):
            broken([
                "failures": answer.failures.count <= ConfigurationAnswer.maximumFailures,
                "correlation": isWord(answer.correlation), "flags": areShort(answer.flags),
            ])
        case .zone(let answer): (answer.status == .assigned) <= !answer.zone.isEmpty ? nil : "zone"
        case .subzone(let answer): isWord(answer.subzone) ? nil : "subzone"
        case .subzoneStatus(let status): isWord(status.subzone) ? nil : "subzone"
        case .system(let answer):
            broken([
                "members": answer.members.count <= SystemAnswer.maximumMembers,
                "bytes": answer.members.reduce(0) { $0 + $1.key.utf8.count + $1.value.utf8.count }
                    <= SystemAnswer.maximumBytes,
                "flags": areShort(answer.flags),
            ])
        case .library(let step): broken(by: step)
        default: "unexpected"
        }
    }

    private static func broken(by step: LibraryMessage) -> String? {
        switch step {
        case .requested(let name, let request, _): isWord(name) && isWord(request) ? nil : "request"
        case .ready(let download, _, _): isWord(download) ? nil : "download"
        case .acknowledged(let download, let chunk, _): isWord(download) && (0...511).contains(chunk) ? nil : "chunk"
        case .chunkRequested(_, let chunk, _): (0...511).contains(chunk) ? nil : "chunk"
        case .finished(_, let isSuccess, let failed, _):
            failed.count <= 512 && !(isSuccess && !failed.isEmpty) ? nil : "chunks"
        case .installed(let name): isWord(name) ? nil : "name"
        case .failed(_, let reason): reason.utf8.count <= 512 ? nil : "reason"
        }
    }
}

extension Bool {
    /// Whether the left implies the right.
    fileprivate static func <= (left: Bool, right: Bool) -> Bool { !left || right }
}
