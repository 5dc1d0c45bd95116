import Testing
import TwinCore

@Suite struct LibraryWaitingTests {
    @Test func `a device that never says it is ready ends the transfer`() {
        var device = Intake()
        _ = device.ask(at: 0)
        #expect(device.tick(at: 59_999).isEmpty && device.deadline() == 60_000)
        #expect(device.tick(at: 60_000) == ["failed: the device did not say that it is ready within 60 s"])
    }

    @Test func `a device that asks again goes on behind what it acknowledged, under the same id`() {
        var device = Intake.sending(2)
        #expect(
            device.ask(request: "r2", at: 1) == [
                "asked ph_v2 r2", "begun lib-1 for r2", "-> begin ph_v2, 2500 bytes in 3",
            ])
        #expect(device.state.acknowledgedCount == 2)
        #expect(device.ready(at: 2) == ["ready", "sent 2 #1", "-> chunk 2, 452 bytes"])
        #expect(device.acknowledge(2, at: 3) == ["has 2", "completed", "-> complete"])
        // It lost what it had before: it says so, and gets it again.
        #expect(device.lack([0, 1], at: 4).contains("sent 0 #1"))
    }

    @Test func `a device that asks again gets what it lacked before what it never had`() {
        var device = Intake.sending(2)
        _ = device.request(0, at: 1)
        _ = device.ask(at: 2)
        #expect(device.ready(at: 3).contains("sent 0 #1"))
        #expect(device.acknowledge(0, at: 4).contains("sent 2 #1"))
    }

    @Test func `a device that asks again after the end hears the end again`() {
        var device = Intake.sending(3)
        _ = device.ask(at: 1)
        #expect(device.ready(at: 2) == ["ready", "completed", "-> complete"])
        #expect(device.succeed(at: 3) == ["installed ph_v2"])
    }

    @Test func `a request that was delivered twice does not hold up the chunks`() {
        var device = Intake.sending(1)
        _ = device.ask(at: 1)
        #expect(device.acknowledge(1, at: 2) == ["has 1", "sent 2 #1", "-> chunk 2, 452 bytes"])
        _ = device.ask(at: 3)
        #expect(device.acknowledge(2, isIntact: false, at: 4) == ["sent 2 #1", "-> chunk 2, 452 bytes"])
        var fresh = Intake()
        _ = fresh.ask(at: 0)
        #expect(fresh.acknowledge(0, at: 1).isEmpty, "Nothing was sent yet.")
    }

    @Test func `nothing is sent and nothing used up while the device is away`() {
        var device = Intake.sending(1)
        #expect(device.deadline(isPresent: false) == 600_000)
        #expect(device.tick(isPresent: false, at: 500_000).isEmpty)
        #expect(device.tick(at: 500_001) == ["sent 1 #1", "-> chunk 1, 1024 bytes"])
        #expect(device.acknowledge(1, at: 500_002).contains("sent 2 #1"))
    }

    @Test func `a transfer that was only announced is announced again to a device that was away`() {
        var device = Intake()
        _ = device.ask(at: 0)
        #expect(device.tick(isPresent: false, at: 300_000).isEmpty)
        #expect(device.tick(at: 300_001) == ["begun lib-1 for r1", "-> begin ph_v2, 2500 bytes in 3"])
        #expect(device.deadline() == 360_001)
    }

    @Test(arguments: [false, true])
    func `ten minutes without a word end every transfer`(isPresent: Bool) {
        for count in 0...3 {
            var device = Intake.sending(count)
            #expect(
                device.tick(isPresent: isPresent, at: 600_000)
                    == ["failed: the device said nothing about it for 10 minutes"])
            #expect(device.deadline(isPresent: false) == nil)
        }
    }

    @Test func `a restarted runtime gives the device its full time, and goes on`() throws {
        var device = Intake.sending(1)
        for time in [30_000, 60_000, 90_000] as [Int64] { _ = device.tick(at: time) }
        let later = Moment(time: .beginning.advanced(byMilliseconds: 5_000_000), uptime: Uptime(milliseconds: 7))
        device.state = try stored(device.state)
        device.state.beginRun(at: later)
        #expect(device.deadline() == 30_007 && device.deadline(isPresent: false) == 600_007)
        #expect(device.tick(at: 30_007) == ["sent 1 #2", "-> chunk 1, 1024 bytes"])
        #expect(device.acknowledge(1, at: 30_008).contains("sent 2 #1"))
    }

    @Test func `a library that changed meanwhile ends the transfer, and may be asked for again`() {
        let changed = Library.made(of: 2500, seed: 1)
        let reason = "failed: 'ph_v2' was changed or removed while it was sent; the device may ask again"
        var device = Intake.sending(1)
        device.libraries = [changed]
        #expect(device.acknowledge(1, at: 1) == ["has 1", reason])
        #expect(device.ask(at: 2).contains("begun lib-5 for r1"))

        device = .sending(1)
        device.libraries = [changed]
        #expect(
            device.ask(at: 1) == [
                "asked ph_v2 r1", reason, "begun lib-4 for r1", "-> begin ph_v2, 2500 bytes in 3",
            ])
        #expect(device.state.acknowledgedCount == 0)

        device = .sending(1)
        device.libraries = []
        #expect(device.ask(at: 1) == ["asked ph_v2 r1", reason, "refused: there is no library 'ph_v2'"])
        #expect(!device.state.isUnderWay)
    }

    @Test func `a request for another library is no word about the one under way`() {
        var device = Intake.sending(1)
        _ = device.ask("ec", at: 500_000)
        #expect(device.deadline(isPresent: false) == 600_000)
    }
}
