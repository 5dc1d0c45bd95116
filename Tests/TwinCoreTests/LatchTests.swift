import Testing
import TwinCore

@Suite struct LatchTests {
    private let other = DeviceID("ESP_0D44A19C")!

    private func subject(_ device: DeviceID = .greenhouse) -> StopSubject {
        StopSubject(address: DeviceAddress(kaiser: .god, device: device))
    }

    private func incident(_ id: String, _ scope: StopScope) -> Incident {
        Incident(id: IncidentID(id), scope: scope, reason: "", issuedBy: "user:mara", issuedAt: .beginning)
    }

    @Test func `a stop of one device leaves the others alone`() {
        var latch = Latch()
        latch.apply(.stopLatched(incident("inc-1", .device(.greenhouse))))
        #expect(latch.incident(holding: subject())?.id == IncidentID("inc-1"))
        #expect(latch.incident(holding: subject(other)) == nil)
    }

    @Test func `the newest stop that covers a device counts and each is released by itself`() {
        var latch = Latch()
        latch.apply(.stopLatched(incident("inc-1", .all)))
        latch.apply(.stopLatched(incident("inc-2", .device(.greenhouse))))
        #expect(latch.incident(holding: subject())?.id == IncidentID("inc-2"))
        #expect(latch.incident(holding: subject(other))?.id == IncidentID("inc-1"))
        latch.apply(.stopReleased(IncidentID("inc-2"), by: "user:mara"))
        #expect(latch.incident(holding: subject())?.id == IncidentID("inc-1"))
        latch.apply(.stopReleased(IncidentID("inc-1"), by: "user:mara"))
        #expect(latch.incident(holding: subject()) == nil)
    }

    @Test func `a repeated stop of one scope renews the one before`() {
        var latch = Latch()
        for number in 1...100 { latch.apply(.stopLatched(incident("inc-\(number)", .device(.greenhouse)))) }
        #expect(latch.incidents.map(\.id) == [IncidentID("inc-100")])
    }

    @Test func `the end of a run and the next one leave it latched`() {
        var latch = Latch()
        latch.apply(.runStarted(number: 1))
        latch.apply(.stopLatched(.flood))
        latch.apply(.runEnded)
        latch.apply(.runStarted(number: 2))
        #expect(latch.incidents == [.flood])
        #expect(latch.run == 2)
    }
}
