import Foundation

extension RawDevice {
    /// Sends a heartbeat, as the firmware does at QoS 0.
    func beat() async throws {
        try await say("system/heartbeat", Self.heartbeat(of: id, standing), qos: 0)
    }

    /// Sends heartbeats until one is answered with a status, and returns the answer.
    @discardableResult
    func register(expecting status: String) async throws -> JSON {
        let already = heard("system/heartbeat/ack").count
        try await eventually("\(id) hears '\(status)'") {
            try await beat()
            return heard("system/heartbeat/ack").dropFirst(already).contains { $0["status"].text == status }
        }
        return heard("system/heartbeat/ack").last { $0["status"].text == status } ?? .null
    }

    /// Sends a reading of a soil-moisture probe.
    func measure(raw: Int) async throws {
        try await say("sensor/34/data", Self.reading(of: id, raw: raw, at: Self.now))
    }

    /// Sends a raw value of any sensor; `address` is a member of the message, such as `"i2c_address":68`.
    func report(_ type: String, gpio: Int, raw: Int, address: String? = nil) async throws {
        let reading = Self.reading(of: id, type, gpio: gpio, raw: raw, at: Self.now, address: address)
        try await say("sensor/\(gpio)/data", reading)
    }

    /// Sends an actuator's status, as a pump on pin 26 does.
    func show(isOn: Bool, emergency: String = "normal") async throws {
        try await say(
            "actuator/26/status",
            """
            {"esp_id":"\(id)","ts":\(Self.now),"gpio":26,"type":"pump","state":\(isOn),"pwm":\(isOn ? 255 : 0),\
            "runtime_ms":0,"emergency":"\(emergency)"}
            """)
    }

    /// A heartbeat.
    static func heartbeat(of id: String, _ standing: Standing = Standing()) -> String {
        """
        {"esp_id":"\(id)","zone_id":"\(standing.zone)","zone_assigned":\(!standing.zone.isEmpty),"ts":\(now),\
        "time_valid":true,"uptime":1234,"heap_free":171200,"wifi_rssi":-58,"sensor_count":\(standing.sensors),\
        "actuator_count":\(standing.actuators),"active_handover_epoch":1,"handover_completed_epoch":1}
        """
    }

    /// A reading of a soil-moisture probe; its time in seconds or in milliseconds, as devices have it.
    static func reading(of id: String, raw: Int, at time: Int) -> String {
        """
        {"esp_id":"\(id)","seq":\(raw),"zone_id":"tent_a","subzone_id":"","gpio":34,"sensor_type":"moisture",\
        "raw":\(raw),"value":0.0,"unit":"%","quality":"good","ts":\(time),"time_valid":true,"raw_mode":true}
        """
    }

    /// A reading of any sensor.
    static func reading(
        of id: String, _ type: String, gpio: Int, raw: Int, at time: Int, address: String? = nil
    ) -> String {
        """
        {"esp_id":"\(id)","seq":\(abs(raw)),"zone_id":"tent_a","subzone_id":"","gpio":\(gpio),"sensor_type":"\(type)",\
        "raw":\(raw),"quality":"good","ts":\(time),"time_valid":true,"raw_mode":true\(address.map { ",\($0)" } ?? "")}
        """
    }

    /// Takes on the zone of an assignment and says so.
    func settle(in assignment: JSON) async throws {
        let zone = assignment["zone_id"].text ?? ""
        standing.zone = zone
        try await say(
            "zone/ack",
            """
            {"esp_id":"\(id)","status":"\(zone.isEmpty ? "zone_removed" : "zone_assigned")","zone_id":"\(zone)",\
            "master_zone_id":"\(assignment["master_zone_id"].text ?? "")","ts":\(Self.now),"seq":11,\
            "correlation_id":"\(assignment["correlation_id"].text ?? "")"}
            """)
    }

    /// Says that it took in one section of a configuration, and counts its parts from then on.
    func takeIn(_ section: String, of configuration: JSON) async throws {
        let items = configuration["\(section)s"].items
        var standing = standing
        for item in items {
            let name = "\(item["gpio"]) \(item["sensor_type"]) \(item["onewire_address"]) \(item["i2c_address"])"
            if item["active"].flag == false {
                standing.parts[section, default: []].remove(name)
            } else {
                standing.parts[section, default: []].insert(name)
            }
        }
        if section == "sensor" { standing.sensors = standing.parts[section]?.count ?? 0 }
        if section == "actuator" { standing.actuators = standing.parts[section]?.count ?? 0 }
        self.standing = standing
        try await answer(
            configuration, #""status":"success","type":"\#(section)","count":\#(items.count),"message":"configured""#)
    }

    /// Answers a configuration with some members.
    func answer(_ configuration: JSON, _ members: String) async throws {
        let correlation = configuration["correlation_id"].text ?? ""
        try await say("config_response", #"{"seq":12,\#(members),"correlation_id":"\#(correlation)"}"#)
    }

    /// Answers a system command with some members.
    func answer(systemCommand word: String, _ members: String = "") async throws {
        let more = members.isEmpty ? "" : ",\(members)"
        try await say(
            "system/command/response",
            #"{"command":"\#(word)","success":true,"esp_id":"\#(id)","ts":\#(Self.now),"seq":13\#(more)}"#)
    }
}

extension RawDevice {
    /// Takes on a subzone and says so.
    func assign(_ assignment: JSON) async throws {
        try await say(
            "subzone/ack",
            """
            {"esp_id":"\(id)","status":"subzone_assigned","subzone_id":"\(assignment["subzone_id"].text ?? "")",\
            "timestamp":\(Self.now),"seq":14,"correlation_id":"\(assignment["correlation_id"].text ?? "")"}
            """)
    }

    /// Loses its connection and stays away, until the twin knows.
    func vanish(from server: Server) async throws {
        await drop()
        try await eventually("the twin of \(id) is offline") {
            try await server.http.twin(id)["status"].text == "offline"
        }
        await leave()
    }

    /// Is asked how it is, and answers: what was to be said to it before has arrived then.
    func ask(_ server: Server) async throws {
        let before = heard("system/command").count
        let order = try await server.http.post("/api/v1/twins/\(id)/operations", #"{"operation":"status"}"#)
        guard order.status == 202 else { throw Hopeless(description: "\(id) cannot be asked: \(order)") }
        _ = try await hear("system/command", number: before + 1)
        try await answer(systemCommand: "status")
    }
}
