import Testing
import TwinCore

@Suite struct PresenceTests {
    @Test func `a device that waits for approval is told so and stays there`() {
        var device = Device(isApproved: false)
        #expect(
            device.beat(at: 0) == ["heartbeat", "will erased", "-> ack pending_approval epoch 1", "-> erase will"])
        #expect(device.beat(at: 5_000) == ["heartbeat", "-> ack pending_approval epoch 1"])
        #expect(device.state.status == .pendingApproval)
    }

    @Test func `an approved device is told at once and is online with its next word`() {
        var device = Device(isApproved: false)
        _ = device.beat(at: 0)
        #expect(device.approve(at: 1_000) == ["approved by user:mara", "-> ack approved epoch 1"])
        #expect(device.state.status == .approved)
        #expect(device.beat(at: 5_000) == ["online", "heartbeat", "-> ack online epoch 1"])
        #expect(device.state.status == .online)
        #expect(device.state.statusSince == Moment.at(5_000).time)
        #expect(device.approve(at: 6_000) == [])
    }

    @Test func `a rejected device is told so at every heartbeat and can be approved again`() {
        var device = Device.online
        #expect(device.reject(at: 1_000) == ["rejected by user:mara", "-> ack rejected epoch 1"])
        #expect(device.reject(at: 1_500) == [])
        #expect(device.beat(at: 2_000) == ["heartbeat", "-> ack rejected epoch 1"])
        #expect(device.state.status == .rejected)
        #expect(device.approve(at: 3_000) == ["approved by user:mara", "-> ack approved epoch 1"])
    }

    @Test func `a heartbeat's epoch is echoed and remembered`() {
        var device = Device.online
        #expect(device.beat(epoch: 3, at: 1_000).contains("-> ack online epoch 3"))
        #expect(device.state.handoverEpoch == 3)
        #expect(device.beat(at: 2_000).contains("-> ack online epoch 3"))
    }

    @Test func `an epoch of 0 is answered with the last one known and never with 0`() {
        var device = Device.online
        #expect(device.beat(epoch: 0, at: 1_000).contains("-> ack online epoch 1"))
        _ = device.announce(epoch: 7, at: 2_000)
        #expect(device.beat(epoch: 0, at: 3_000).contains("-> ack online epoch 7"))
        let ack = HeartbeatAck(
            address: .greenhouse, status: .online, handoverEpoch: 0, serverTime: .beginning)
        #expect(ack.handoverEpoch == 1)
    }

    @Test func `a will takes an online device offline and its next word brings it back`() {
        var device = Device.online
        #expect(device.will(at: 1_000) == ["will", "offline: power_loss"])
        #expect(device.state.status == .offline)
        #expect(device.will(at: 1_500) == ["will"])
        #expect(
            device.beat(at: 2_000) == ["online", "heartbeat", "will erased", "-> ack online epoch 1", "-> erase will"])
        #expect(device.isReturn)
    }

    @Test func `a will of a device that waits or was rejected is only noted`() {
        var waiting = Device(isApproved: false)
        #expect(waiting.will(at: 0) == ["will"])
        #expect(waiting.state.status == .pendingApproval)
        var rejected = Device.online
        _ = rejected.reject(at: 0)
        #expect(rejected.will(at: 1_000) == ["will"])
        #expect(rejected.state.status == .rejected)
    }

    @Test func `silence takes a device offline on the millisecond and once`() {
        var device = Device.online
        _ = device.beat(at: 60_000)
        #expect(device.deadline == 240_000)
        #expect(device.tick(at: 239_999) == [])
        #expect(device.tick(at: 240_000) == ["offline: silence"])
        #expect(device.deadline == nil)
        #expect(device.tick(at: 999_000) == [])
        #expect(device.speak(at: 1_000_000) == ["online"])
    }

    @Test func `an announcement counts as a return even of a device that was online`() {
        var device = Device.online
        #expect(device.announce(epoch: 4, at: 1_000) == ["announced epoch 4"])
        #expect(device.isReturn)
        #expect(device.beat(at: 2_000).contains("-> ack online epoch 4"))
    }

    @Test func `a new boot counts as a return and the same boot does not`() {
        var device = Device.online
        _ = device.beat(boot: "b1", at: 1_000)
        #expect(!device.isReturn)
        _ = device.beat(boot: "b2", at: 2_000)
        #expect(device.isReturn)
        #expect(device.state.bootSequence == "b2")
        _ = device.beat(at: 3_000)
        #expect(!device.isReturn)
        #expect(device.state.bootSequence == "b2")
    }

    @Test func `after a restart a device is not known to be there`() {
        var device = Device.online
        _ = device.beat(at: 60_000)
        device.state.beginRun(
            at: Moment(time: .beginning.advanced(byMilliseconds: 90_000), uptime: Uptime(milliseconds: 0)))
        #expect(device.state.status == .approved)
        #expect(device.state.lastHeard.time == Moment.at(60_000).time)
        #expect(device.deadline == 180_000)
        #expect(device.state.mayHaveRetainedWill)
    }

    @Test func `a device that moved to another relay is reached there`() {
        var state = DeviceState(address: .greenhouse, isApproved: true, at: .at(0))
        state.apply(.moved(KaiserID("kaiser_02")!), at: .at(10))
        #expect(state.address == DeviceAddress(kaiser: KaiserID("kaiser_02")!, device: .greenhouse))
    }

    @Test func `a zone that is empty is none`() {
        var state = DeviceState(address: .greenhouse, isApproved: true, at: .at(0))
        for (zone, expected) in [("", nil), ("tent_a", "tent_a"), (nil, nil)] as [(String?, String?)] {
            state.apply(
                .heartbeat(
                    Heartbeat(
                        clock: DeviceClock(wire: 0), uptimeSeconds: 0, heapFreeBytes: 0, rssiDBm: 0, zone: zone)),
                at: .at(0))
            #expect(state.zone == expected)
        }
    }

    @Test func `the answer to an assignment moves the twin, before any heartbeat says so`() {
        var state = DeviceState(address: .greenhouse, isApproved: true, at: .at(0))
        state.apply(
            .heartbeat(
                Heartbeat(
                    clock: DeviceClock(wire: 0), uptimeSeconds: 0, heapFreeBytes: 0, rssiDBm: 0, zone: "tent_a",
                    masterZone: "site")),
            at: .at(0))
        state.apply(.configuration(.zoneReported(id: "tent_b", masterID: "")), at: .at(1))
        #expect(state.zone == "tent_b")
        #expect(state.masterZone == nil)
    }
}
