import Testing
import TwinCore

@testable import TwinRuntime

@Suite struct AdmissionTests {
    private func admit(_ stage: Stage, _ isApproved: Bool) -> Box<Result<TwinView, ServiceError>> {
        let box = Box<Result<TwinView, ServiceError>>()
        stage.runtime.assumeIsolated {
            $0.admit(.first, isApproved ? .approve : .reject, by: "user:mara") { box.value = $0 }
        }
        stage.settle()
        return box
    }

    @Test func `with manual approval a device waits until an operator lets it in`() throws {
        let stage = try Stage.started(options: RuntimeOptions(approval: .manual))
        stage.beat(.first)
        #expect(stage.left() == ["claim 1", "ESP_7C19F2 ack pending_approval 3", "ESP_7C19F2 erase will"])
        stage.read(.first, raw: 348, seq: 1)
        stage.show(.first, 26, .off)
        #expect(stage.deadLetters.map(\.refusal.reason) == [.notApproved, .notApproved])
        let reply = admit(stage, true)
        #expect(try reply.value?.get().snapshot.device.status == .approved)
        #expect(stage.left() == ["ESP_7C19F2 ack approved 3"])
        stage.beat(.first)
        #expect(stage.left() == ["ESP_7C19F2 ack online 3"])
        stage.show(.first, 26, .off)
        #expect(stage.output()?.confirmed != nil)
    }

    @Test func `a rejected device is excluded and its outputs driven off`() throws {
        let stage = try Stage.greenhouse()
        _ = stage.command(.on, seconds: 60)
        stage.broker.forget()
        let reply = admit(stage, false)
        #expect(try reply.value?.get().snapshot.device.status == .rejected)
        #expect(stage.left() == ["ESP_7C19F2/26 OFF"])
        stage.read(.first, raw: 348, seq: 1)
        #expect(stage.deadLetters.map(\.refusal.reason) == [.deviceRejected])
        #expect(try stage.command(.on).value?.get().refusedBy == .approved)
        #expect(try stage.command(.off).value?.get().state == .accepted)
    }

    @Test func `a rejected device may still prove that an output is off`() throws {
        let stage = try Stage.greenhouse()
        _ = stage.command(.on, seconds: 60)
        _ = admit(stage, false)
        stage.show(.first, 26, .off)
        #expect(stage.output()?.safeState == nil)
        #expect(stage.deadLetters.isEmpty)
        stage.show(.first, 26, .off)
        #expect(stage.deadLetters.map(\.refusal.reason) == [.deviceRejected])
        #expect(stage.twin()?.device.status == .rejected)
    }

    @Test func `a device nobody knows cannot be let in`() throws {
        let stage = try Stage.started()
        #expect(throws: ServiceError.unknownDevice(.first)) { try admit(stage, true).value?.get() }
    }

    @Test func `only a heartbeat makes a device known`() throws {
        let stage = try Stage.started()
        stage.read(.first, raw: 348, seq: 1)
        stage.show(.first, 26, .on)
        #expect(stage.deadLetters.map(\.refusal.reason) == [.unknownDevice, .unknownDevice])
        #expect(stage.twins.isEmpty)
    }

    @Test func `more devices than are taken in are refused`() throws {
        let stage = try Stage.started(options: RuntimeOptions(approval: .automatic, maximumDevices: 1))
        stage.beat(.first)
        stage.beat(.second)
        #expect(stage.deadLetters.map(\.refusal.reason) == [.tooManyDevices])
        #expect(stage.twins.map(\.device.id) == [.first])
        stage.beat(.first)
        #expect(stage.deadLetters.count == 1)
    }

    @Test func `more outputs and sensors than a device may show are refused`() throws {
        let stage = try Stage.started()
        stage.beat(.first)
        for gpio in 0...DeviceTwin.maximumActuators { stage.show(.first, gpio, .off) }
        #expect(stage.twin()?.actuators.count == DeviceTwin.maximumActuators)
        #expect(stage.deadLetters.map(\.refusal.reason) == [.tooManyActuators])
        for number in 0...DeviceTwin.maximumSensors {
            stage.hear(
                from: .first, "sensor/4/data",
                """
                {"esp_id":"ESP_7C19F2","gpio":4,"sensor_type":"kind_\(number)","raw":1,"ts":1777600000}
                """)
        }
        #expect(stage.twin()?.sensors.count == DeviceTwin.maximumSensors)
        #expect(stage.deadLetters.last?.refusal.reason == .tooManySensors)
        #expect(stage.deadLetters.count == 2)
    }

    @Test func `a device that is silent for too long is offline to the second`() throws {
        let stage = try Stage.greenhouse()
        stage.pass(milliseconds: 100_000)
        stage.beat(.first)
        stage.pass(milliseconds: 79_999)
        #expect(stage.twin(.second)?.device.status == .online)
        stage.pass(milliseconds: 1)
        #expect(stage.twin(.second)?.device.status == .offline)
        #expect(stage.output(of: .second)?.confirmed == nil)
        #expect(stage.twin(.first)?.device.status == .online)
        stage.pass(milliseconds: 99_999)
        #expect(stage.twin(.first)?.device.status == .online)
        stage.pass(milliseconds: 1)
        #expect(stage.twin(.first)?.device.status == .offline)
    }

    @Test func `the erasure of a will is heard again and is no dead letter`() throws {
        let stage = try Stage.started()
        stage.beat(.first)
        #expect(stage.left().contains("ESP_7C19F2 erase will"))
        stage.hear(from: .first, "system/will", "")
        #expect(stage.deadLetters.isEmpty)
        stage.hear(from: .first, "system/will", "")
        #expect(stage.deadLetters.map(\.refusal.reason) == [.emptyPayload])
        #expect(stage.twin()?.device.status == .online)
    }

    @Test func `a dead letter keeps the first bytes and the whole length`() throws {
        let stage = try Stage.started()
        let payload = String(repeating: "x", count: 70_000)
        stage.hear(from: .first, "sensor/4/data", payload)
        let letter = try #require(stage.deadLetters.first)
        #expect(letter.refusal.reason == .tooLarge)
        #expect(letter.payload.count == DeadLetter.maximumBytes)
        #expect(letter.payloadLength == 70_000)
        #expect(letter.receiptTime == .fixtureNow)
    }

    @Test func `a refused first reading leaves no sensor behind and a later one does not take any away`() throws {
        let stage = try Stage.greenhouse()
        let old = """
            {"esp_id":"ESP_7C19F2","seq":7,"gpio":4,"sensor_type":"ds18b20","raw":348,"ts":1777500000}
            """
        stage.hear(from: .first, "sensor/4/data", old)
        #expect(stage.deadLetters.map(\.refusal.reason) == [.tooOld])
        #expect(stage.twin()?.sensors.isEmpty == true)
        stage.read(.first, raw: 348, seq: 1)
        stage.hear(from: .first, "sensor/4/data", old)
        #expect(stage.twin()?.sensors.map(\.count) == [1])
    }

    @Test func `a device whose heartbeat names another relay is answered there`() throws {
        let stage = try Stage.greenhouse()
        stage.hear(
            "kaiser/kaiser_02/esp/ESP_7C19F2/system/heartbeat",
            "{\"esp_id\":\"ESP_7C19F2\",\"ts\":1777600000,\"uptime\":60,\"heap_free\":171200,\"wifi_rssi\":-58}")
        #expect(stage.last("system/heartbeat/ack")?.topic == "kaiser/kaiser_02/esp/ESP_7C19F2/system/heartbeat/ack")
        _ = stage.command(.off)
        #expect(stage.broker.publications.last?.topic == "kaiser/kaiser_02/esp/ESP_7C19F2/actuator/26/command")
    }

    @Test func `one bad message does not keep the others of its batch from their effect`() throws {
        let stage = try Stage.greenhouse()
        var batch = InboundBatch()
        for payload in [Stage.reading(.first, raw: 1, seq: 1), "{", Stage.reading(.first, raw: 2, seq: 2)] {
            batch.append(
                topic: "kaiser/god/esp/ESP_7C19F2/sensor/4/data".utf8, payload: payload.utf8, isRetained: false,
                qos: 1)
        }
        stage.broker.deliver(batch)
        stage.settle()
        #expect(stage.twin()?.sensors.first?.count == 2)
        #expect(stage.deadLetters.count == 1)
    }
}
