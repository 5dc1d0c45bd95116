import Foundation

/// Twins, as lines for a person.
enum TwinSheet {
    /// A fleet, one line a twin.
    static func list(_ twins: [WireValue], now: Double) -> [String] {
        guard !twins.isEmpty else { return ["No twins. A twin appears when its device first speaks."] }
        var table = Table(["DEVICE", "STATUS", "SINCE", "ZONE", "SIGNAL", "SENSORS", "ACTUATORS", "ON", "EMERGENCY"])
        for twin in twins {
            let actuators = twin["actuators"]?.items ?? []
            table.add([
                twin["id"].shown, twin["status"].shown, age(twin["status_since"], now: now), twin["zone"].shown,
                twin["health"]?["rssi_dbm"].map { "\($0.shown) dBm" } ?? "-",
                "\(twin["sensors"]?.items.count ?? 0)", "\(actuators.count)", power(of: actuators),
                emergency(twin["emergency"]),
            ])
        }
        return table.lines
    }

    /// One twin with its sensors and actuators.
    static func show(_ twin: WireValue, now: Double) -> [String] {
        let health = twin["health"]
        var lines = [
            "\(twin["id"].shown)\(named(twin))  \(twin["status"].shown) for \(age(twin["status_since"], now: now))"
                + "  zone \(twin["zone"].shown)  revision \(twin["revision"].shown)",
            "uptime \(duration(health?["uptime_seconds"]?.number))"
                + "  free heap \(health?["heap_free_bytes"].shown ?? "-") bytes"
                + "  signal \(health?["rssi_dbm"].shown ?? "-") dBm",
        ].map(Table.printable)
        if let stop = twin["stop"] {
            lines.append(Table.printable("EMERGENCY \(twin["emergency"].shown): \(stop.shown)"))
        }
        if let reason = twin["quarantine"] {
            lines.append(
                Table.printable(
                    "QUARANTINED: \(reason.shown). Its outputs are off and stay so until `doppel twin release "
                        + "\(twin["id"].shown)`."))
        }
        lines += alarm(twin["last_alarm"], of: nil, now: now)
        lines += ["", "Sensors"] + sensors(twin["sensors"]?.items ?? [], now: now)
        lines += ["", "Actuators"] + actuators(twin["actuators"]?.items ?? [], now: now)
        lines += ConfigurationSheet.lines(twin) + errors(health?["errors"]?.items ?? [], now: now)
        return lines
    }

    /// The name that people gave it, in quotes.
    private static func named(_ twin: WireValue) -> String {
        twin["desired"]?["name"].map { "  '\($0.shown)'" } ?? ""
    }

    private static func errors(_ errors: [WireValue], now: Double) -> [String] {
        guard !errors.isEmpty else { return [] }
        var table = Table(["ERROR", "SEVERITY", "COUNT", "LAST", "MESSAGE"])
        for error in errors.reversed() {
            table.add([
                error["code"].shown, error["severity"].shown, error["count"].shown,
                age(error["last_at"], now: now, ago: true), error["message"].shown,
            ])
        }
        return ["", "Errors"] + table.lines
    }

    private static func sensors(_ sensors: [WireValue], now: Double) -> [String] {
        guard !sensors.isEmpty else { return ["none has spoken"] }
        var table = Table(["SENSOR", "VALUE", "QUALITY", "MEASURED", "RAW"])
        for sensor in sensors {
            let value = sensor["value"].map { "\($0.shown) \(sensor["unit"]?.text ?? "")" } ?? "-"
            let isFaulty = sensor["fault"] != nil
            table.add([
                sensor["id"].shown, isFaulty ? "\(value) (before the fault)" : value, sensor["quality"].shown,
                age(sensor["event_time"], now: now, ago: true),
                sensor["raw"].shown,
            ])
        }
        return table.lines
    }

    /// One actuator alone.
    static func actuator(_ actuator: WireValue, now: Double) -> [String] { actuators([actuator], now: now) }

    private static func actuators(_ actuators: [WireValue], now: Double) -> [String] {
        guard !actuators.isEmpty else { return ["none has spoken"] }
        var table = Table(["GPIO", "TYPE", "CONFIRMED", "SEEN", "REQUESTED", "LEASE", "EMERGENCY", "REVISION"])
        for actuator in actuators {
            let isGoingOff = actuator["safe_state"].map { " (going off: \($0["cause"].shown))" } ?? ""
            table.add([
                actuator["gpio"].shown, actuator["type"].shown, confirmed(actuator) + isGoingOff,
                age(actuator["confirmed"]?["at"], now: now, ago: true), drive(actuator["requested"]),
                lease(actuator["lease"]), emergency(actuator["emergency"]), actuator["revision"].shown,
            ])
        }
        return table.lines + actuators.flatMap { remarks(on: $0, now: now) }
    }

    /// What somebody must know of an output before touching it.
    private static func remarks(on actuator: WireValue, now: Double) -> [String] {
        let gpio = actuator["gpio"].shown
        var lines: [String] = []
        if let tag = actuator["lockout"] {
            lines.append(
                "GPIO \(gpio) LOCKED OUT by \(tag["name"].shown) until \(tag["ends_at"].shown): \(tag["reason"].shown)")
        }
        if let lease = actuator["lease"], lease["counted_by_device"]?.flag == false {
            lines.append(
                "GPIO \(gpio) does NOT end by itself when Doppel is gone: its device does not count the lease.")
        }
        return lines.map(Table.printable) + alarm(actuator["last_alarm"], of: gpio, now: now)
    }

    private static func alarm(_ alarm: WireValue?, of gpio: String?, now: Double) -> [String] {
        guard let alarm else { return [] }
        let place = gpio.map { "GPIO \($0) " } ?? ""
        return [
            Table.printable(
                "\(place)ALARM \(age(alarm["at"], now: now, ago: true)), \(alarm["kind"].shown): "
                    + alarm["detail"].shown)
        ]
    }

    /// After a restart nothing is known of an output until its device speaks; that is not "off".
    private static func confirmed(_ actuator: WireValue) -> String { drive(actuator["confirmed"], none: "unknown") }

    private static func drive(_ state: WireValue?, none: String = "-") -> String {
        guard let state else { return none }
        let level = state["value"]?.number.map { " \(WireValue.number($0).shown)" } ?? ""
        guard let isOn = state["on"]?.flag else {
            guard let command = state["command"]?.text else { return state.shown }
            return command + level
        }
        return isOn ? "on\(level)" : "off"
    }

    private static func lease(_ lease: WireValue?) -> String {
        guard let lease else { return "-" }
        guard let left = lease["remaining_seconds"]?.number else { return lease.shown }
        let owner = lease["owner"]?.text.map { ", \($0)" } ?? ""
        return left > 0 ? "\(duration(left)) left\(owner)" : "over"
    }

    private static func power(of actuators: [WireValue]) -> String {
        let known = actuators.compactMap { $0["confirmed"]?["on"]?.flag }
        let unknown = actuators.count - known.count
        return "\(known.count(where: { $0 }))" + (unknown == 0 ? "" : " (\(unknown) unknown)")
    }

    private static func emergency(_ word: WireValue?) -> String { word == .text("none") ? "-" : word.shown }

    /// How long ago a time was; `-` for none, the text itself where it is no time.
    static func age(_ time: WireValue?, now: Double, ago: Bool = false) -> String {
        guard let time else { return "-" }
        guard let seconds = seconds(of: time) else { return time.shown }
        return duration(max(0, now - seconds)) + (ago ? " ago" : "")
    }

    /// A number of seconds as a person says it, in its two largest units.
    static func duration(_ seconds: Double?) -> String {
        guard let seconds, seconds.isFinite, seconds < 1e12 else { return "-" }
        let whole = Int(seconds)
        switch whole {
        case ..<60: return "\(whole) s"
        case ..<3600: return "\(whole / 60) min \(whole % 60) s"
        case ..<86_400: return "\(whole / 3600) h \(whole % 3600 / 60) min"
        default: return "\(whole / 86_400) d \(whole % 86_400 / 3600) h"
        }
    }

    private static func seconds(of time: WireValue) -> Double? {
        guard let text = time.text else { return nil }
        let exact = Date.ISO8601FormatStyle(includingFractionalSeconds: true)
        let date = (try? exact.parse(text)) ?? (try? Date.ISO8601FormatStyle().parse(text))
        return date?.timeIntervalSince1970
    }
}
