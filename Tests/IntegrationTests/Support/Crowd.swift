import Foundation

extension Site {
    /// Makes devices known whose messages somebody else sends.
    func introduce(_ devices: [String], to server: Server) async throws {
        let voice = device("ESP_D0FFFF")
        try await voice.join()
        try await eventually("all devices are known") {
            for device in devices {
                let topic = "kaiser/god/esp/\(device)/system/heartbeat"
                try await voice.publish(topic, Array(RawDevice.heartbeat(of: device).utf8), qos: 0)
            }
            let twins = try await server.http.get("/api/v1/twins?status=online&limit=500").json["items"]
            return twins.items.count == devices.count
        }
        await voice.leave()
    }
}
