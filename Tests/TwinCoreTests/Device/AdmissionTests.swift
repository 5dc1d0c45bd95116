import Testing
import TwinCore

@Suite struct AdmissionTests {
    @Test func `a rejected device that still speaks after its time waits for approval again`() {
        var device = Device.online
        _ = device.reject(at: 1_000)
        #expect(device.beat(at: 300_999) == ["heartbeat", "-> ack rejected epoch 1"])
        #expect(device.beat(at: 301_000) == ["readmitted", "heartbeat", "-> ack pending_approval epoch 1"])
        #expect(device.state.status == .pendingApproval)
        #expect(device.beat(at: 302_000) == ["heartbeat", "-> ack pending_approval epoch 1"])
        _ = device.reject(at: 303_000)
        #expect(device.beat(at: 602_999) == ["heartbeat", "-> ack rejected epoch 1"])
    }

    @Test func `a removed device is told so at every heartbeat until it is approved`() {
        var device = Device.online
        _ = device.beat(epoch: 4, at: 500)
        #expect(device.delete(at: 1_000) == ["deleted by user:mara", "-> ack deleted epoch 4"])
        #expect(device.state.status == .deleted)
        #expect(device.delete(at: 1_100) == [])
        #expect(device.reject(at: 1_200) == [])
        #expect(device.state.heartbeat == nil)
        let lines = device.beat(epoch: 4, at: 400_000)
        #expect(lines == ["heartbeat", "will erased", "-> ack deleted epoch 4", "-> erase will"])
        #expect(device.deadline == nil)
        #expect(device.approve(at: 401_000) == ["approved by user:mara", "-> ack approved epoch 4"])
        #expect(device.beat(at: 402_000).first == "online")
    }

    @Test func `removal keeps the stop and the tokens that hold what is out there`() {
        var device = Device.online
        _ = device.ask("op-1", .setEmergencyToken(EmergencyToken("one")!, .device), at: 100)
        _ = device.stop(at: 1_000)
        _ = device.delete(at: 1_100)
        #expect(device.state.isStopped)
        #expect(device.tick(at: 2_000) == ["stop repeated", "-> stop inc-1 with one"])
    }

    @Test func `an approval concerns only who does not take part`() {
        for status in DeviceStatus.allCases {
            var device = Device(status: status)
            let isTaken = [.pendingApproval, .rejected, .deleted].contains(status)
            #expect(device.approve(at: 1_000).isEmpty == !isTaken, "\(status)")
        }
    }
}
