import Testing
import TwinCore
import World

@testable import TwinRuntime

/// What proves that a device is there, and what does not.
@Suite struct PresenceTests {
    @Test func `a device that returns through a sample is waited for like any other`() throws {
        let stage = try Stage.greenhouse()
        stage.pass(milliseconds: 181_000)
        #expect(stage.twin()?.device.status == .offline)

        stage.read(.first, raw: 340, seq: 1)
        #expect(stage.twin()?.device.status == .online)

        stage.pass(milliseconds: 181_000)
        #expect(stage.twin()?.device.status == .offline)
    }

    @Test func `what the broker kept of an output proves nothing`() throws {
        let stage = try Stage.greenhouse()
        _ = stage.stop(.device(.first))
        let revision = stage.twin()?.revision
        stage.hear(
            "kaiser/god/esp/\(DeviceID.first)/actuator/26/status",
            """
            {"esp_id":"\(DeviceID.first)","ts":1777600000,"gpio":26,"type":"pump","state":false,"pwm":0}
            """, isRetained: true)
        #expect(stage.output()?.safeState != nil)
        #expect(stage.twin()?.revision == revision)
        #expect(stage.deadLetters.map(\.refusal.reason) == [.retained])
    }

    @Test func `a device without a clock and without a counter may measure the same twice`() throws {
        let stage = try Stage.greenhouse()
        let reading = """
            {"esp_id":"\(DeviceID.first)","gpio":4,"sensor_type":"ds18b20","raw":340,"ts":0,"raw_mode":true}
            """
        stage.hear(from: .first, "sensor/4/data", reading)
        stage.pass(milliseconds: 2_000)
        stage.hear(from: .first, "sensor/4/data", reading)
        #expect(stage.twin()?.sensors.first?.count == 2)
    }
}
