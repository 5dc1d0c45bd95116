import Testing
import TwinCore

@Suite struct StoppedDeviceTests {
    private static var stopped: Device {
        var device = Device.online
        _ = device.stop(at: 1_000)
        return device
    }

    private static var clearing: Device {
        var device = stopped
        _ = device.say(.acknowledged(correlation: nil, outputs: nil), at: 1_100)
        _ = device.clear(at: 2_000)
        return device
    }

    @Test func `a stop is repeated until the device says that it obeyed`() {
        var device = Device.online
        #expect(device.stop(at: 1_000) == ["stop ordered inc-1", "-> stop inc-1"])
        var time: Int64 = 1_000
        for pause: Int64 in [1_000, 2_000, 4_000, 8_000, 16_000, 30_000, 30_000] {
            #expect(device.deadline == time + pause)
            #expect(device.tick(at: time + pause) == ["stop repeated", "-> stop inc-1"])
            time += pause
        }
        #expect(device.say(.acknowledged(correlation: "inc-1", outputs: 3), at: time + 100) == ["stop acknowledged"])
        #expect(device.state.isStopped)
        #expect(device.state.stop == .stopped(.flood, sentAt: .at(time), repeats: 7, isAcknowledged: true))
    }

    @Test func `a stop covers a device whatever its state`() {
        for device in [Device(isApproved: false), Device(), .online, Self.stopped, Self.clearing] {
            var device = device
            #expect(device.stop(at: 3_000) == ["stop ordered inc-1", "-> stop inc-1"])
            #expect(device.state.isStopped)
        }
    }

    @Test func `a device that is away is told a few times and first of all when it returns`() {
        var device = Self.stopped
        _ = device.will(at: 1_100)
        var repeats = 0
        while let deadline = device.deadline, repeats < 100 {
            _ = device.tick(at: deadline)
            repeats += 1
        }
        #expect(repeats == 5)
        let lines = device.beat(at: 500_000)
        #expect(lines.prefix(2) == ["online", "stop repeated"])
        let stop = lines.firstIndex(of: "-> stop inc-1")
        let ack = lines.firstIndex(of: "-> ack online epoch 1")
        #expect(stop != nil && ack != nil && stop! < ack!)
    }

    @Test func `a device that rebooted is told again`() {
        var device = Self.stopped
        _ = device.say(.acknowledged(correlation: nil, outputs: nil), at: 1_100)
        #expect(device.deadline == 180_000)
        #expect(
            device.beat(boot: "b2", at: 5_000) == [
                "stop repeated", "heartbeat", "-> stop inc-1", "-> ack online epoch 1",
            ])
        #expect(device.deadline == 7_000)
    }

    @Test func `a connection that was interrupted repeats the stop`() {
        var device = Self.stopped
        #expect(device.reassert(at: 9_000) == ["stop repeated", "-> stop inc-1"])
        var free = Device.online
        #expect(free.reassert(at: 9_000) == [])
    }

    @Test func `a clearing waits until the device can take it and is repeated until it is confirmed`() {
        var device = Self.stopped
        _ = device.say(.acknowledged(correlation: nil, outputs: nil), at: 1_100)
        #expect(device.clear(at: 2_000) == ["clear requested inc-1 by user:mara"])
        #expect(device.deadline == 6_500)
        #expect(device.tick(at: 6_499) == [])
        #expect(device.tick(at: 6_500) == ["clear sent", "-> clear inc-1"])
        #expect(device.deadline == 16_500)
        #expect(device.tick(at: 16_500) == ["clear sent", "-> clear inc-1"])
        #expect(device.say(.recovered(correlation: nil), at: 16_600) == ["cleared"])
        #expect(device.state.stop == .none)
        #expect(!device.state.isStopped)
    }

    @Test func `a clearing that comes late enough is sent at the next look`() {
        var device = Self.stopped
        #expect(device.clear(at: 60_000) == ["clear requested inc-1 by user:mara"])
        #expect(device.deadline == 6_500)
        #expect(device.tick(at: 60_000) == ["clear sent", "-> clear inc-1"])
    }

    @Test func `a refused clearing waits the whole span again`() {
        var device = Self.clearing
        _ = device.tick(at: 6_500)
        #expect(
            device.say(.refused(error: "clear_failed", message: "too soon"), at: 7_000) == [
                "clear refused: clear_failed: too soon"
            ])
        #expect(device.deadline == 12_500)
        #expect(device.tick(at: 12_499) == [])
        #expect(device.tick(at: 12_500) == ["clear sent", "-> clear inc-1"])
    }

    @Test func `a device is cleared by its own word alone`() {
        for report: EmergencyReport in [.recovered(correlation: nil), .clearAnswered(status: "emergency_cleared")] {
            var device = Self.clearing
            _ = device.tick(at: 6_500)
            #expect(device.say(report, at: 7_000) == ["cleared"])
            #expect(!device.state.isStopped)
        }
        var device = Self.clearing
        _ = device.tick(at: 6_500)
        #expect(device.show(.active, at: 7_000) == [])
        #expect(device.show(.clearing, at: 7_100) == [])
        #expect(device.state.isStopped)
        #expect(device.show(.normal, at: 7_200) == ["cleared"])
        #expect(!device.state.isStopped)
    }

    @Test func `a normal status before the clearing was sent does not clear`() {
        var device = Self.clearing
        #expect(device.show(.normal, at: 2_500) == [])
        #expect(device.state.isStopped)
    }

    @Test func `a device that clears itself while stopped stays stopped`() {
        var device = Self.stopped
        _ = device.say(.recovered(correlation: nil), at: 2_000)
        #expect(device.state.isStopped)
        #expect(device.show(.normal, at: 2_100) == [])
        #expect(device.state.isStopped)
    }

    @Test func `a new stop ends a clearing`() {
        var device = Self.clearing
        let other = Incident(
            id: IncidentID("inc-2"), scope: .all, reason: "", issuedBy: "", issuedAt: .beginning)
        #expect(device.stop(other, at: 3_000) == ["stop ordered inc-2", "-> stop inc-2"])
        #expect(device.say(.recovered(correlation: nil), at: 3_100) == ["stray emergency"])
        #expect(device.state.isStopped)
    }

    @Test func `a word about another stop says nothing about this one`() {
        var device = Self.stopped
        #expect(device.say(.acknowledged(correlation: "inc-0", outputs: 2), at: 1_100) == ["stray emergency"])
        #expect(device.state.stop == .stopped(.flood, sentAt: .at(1_000), repeats: 0, isAcknowledged: false))
        _ = device.clear(at: 2_000)
        #expect(device.say(.recovered(correlation: nil), at: 2_100) == ["stray emergency"])
        _ = device.tick(at: 6_500)
        #expect(device.say(.recovered(correlation: "inc-0"), at: 7_000) == ["stray emergency"])
        #expect(device.say(.clearAnswered(status: "clear_failed"), at: 7_100) == ["stray emergency"])
        #expect(device.state.isStopped)
        #expect(device.say(.recovered(correlation: "inc-1"), at: 7_200) == ["cleared"])
        #expect(device.say(.acknowledged(correlation: "inc-1", outputs: 2), at: 7_300) == ["stray emergency"])
    }

    @Test func `a refusal is kept until the device obeys`() {
        var device = Self.stopped
        _ = device.say(.refused(error: "unauthorized", message: "bad token"), at: 1_100)
        #expect(device.state.emergencyRefusal == "unauthorized: bad token")
        #expect(device.deadline == 2_000)
        _ = device.say(.acknowledged(correlation: nil, outputs: nil), at: 1_200)
        #expect(device.state.emergencyRefusal == nil)
    }

    @Test func `a release of what does not hold changes nothing`() {
        var device = Device.online
        #expect(device.clear(at: 100) == [])
    }

    @Test func `a restart keeps the stop and says it again`() {
        var device = Self.stopped
        _ = device.say(.acknowledged(correlation: nil, outputs: nil), at: 1_100)
        let moment = Moment(time: .beginning, uptime: Uptime(milliseconds: 0))
        device.state.beginRun(at: moment)
        #expect(device.state.stop == .stopped(.flood, sentAt: moment, repeats: 0, isAcknowledged: false))
        #expect(device.deadline == 1_000)
        var clearing = Self.clearing
        _ = clearing.tick(at: 6_500)
        clearing.state.beginRun(at: moment)
        #expect(clearing.state.isStopped)
        #expect(clearing.deadline == 5_500)
    }

    @Test func `a clearing device that returns is told only when it can take it`() {
        var early = Self.clearing
        #expect(early.announce(epoch: 2, at: 3_000) == ["announced epoch 2"])
        var late = Self.clearing
        #expect(late.announce(epoch: 2, at: 6_500) == ["clear sent", "announced epoch 2", "-> clear inc-1"])
    }

    @Test func `only what stops leaves before anything is durable`() {
        let order = EmergencyOrder(
            address: .greenhouse, incident: IncidentID("inc-1"), reason: "", issuedBy: "", issuedAt: .beginning)
        let ack = HeartbeatAck(address: .greenhouse, status: .online, handoverEpoch: 1, serverTime: .beginning)
        #expect(Request.stopDevice(order).leavesAtOnce)
        #expect(Request.stopEverything(order).leavesAtOnce)
        #expect(!Request.clearDevice(order).leavesAtOnce)
        #expect(!Request.acknowledgeHeartbeat(ack).leavesAtOnce)
        #expect(!Request.eraseWill(.greenhouse).leavesAtOnce)
    }

    @Test func `a state is the same after a trip through its stored form`() throws {
        for device in [Device.online, Self.stopped, Self.clearing] {
            #expect(try stored(device.state) == device.state)
        }
    }
}
