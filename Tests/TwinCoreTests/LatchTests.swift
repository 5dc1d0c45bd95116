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

    @Test func `a stop that took hold is kept by those that renewed it, until they are released`() {
        var latch = Latch()
        let names = (1...4).map { IncidentID("inc-\($0)") }
        latch.apply(.stopLatched(incident("inc-1", .zone("tent_a"))))
        latch.apply(.stopLatched(incident("inc-2", .all)))
        latch.apply(.stopLatched(incident("inc-3", .zone("tent_a"))))
        latch.apply(.stopLatched(incident("inc-4", .zone("tent_a"))))
        #expect(latch.incident(keeping: [names[0]])?.id == names[3])
        #expect(latch.incident(keeping: [names[1], names[2]])?.id == names[3])
        latch.apply(.stopReleased(names[3], by: "user:mara"))
        #expect(latch.incident(keeping: [names[0], names[2], names[3]]) == nil)
        latch.apply(.stopLatched(incident("inc-5", .zone("tent_a"))))
        #expect(latch.incident(keeping: names)?.id == names[1], "one that was released renews nothing")
        #expect(latch.incident(keeping: []) == nil)
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

    @Test func `emergency stops are counted, and never fewer than one that was heard of`() {
        var latch = Latch()
        for number in 1...3 {
            latch.apply(.stopLatched(incident("inc-\(number)", .all)))
            #expect(latch.generation == UInt64(number))
        }
        latch.apply(
            .stopLatched(
                Incident(
                    id: IncidentID("inc-9"), scope: .all, reason: "", issuedBy: "", issuedAt: .beginning, generation: 9)
            ))
        #expect(latch.generation == 9)
        latch.apply(.stopReleased(IncidentID("inc-9"), by: "user:mara"))
        latch.apply(.runStarted(number: 2))
        #expect(latch.generation == 9, "what is released was counted all the same")
    }

    @Test func `an order that names a stop of ours is known, one that only begins like it is not`() {
        var latch = Latch()
        latch.apply(.stopLatched(incident("inc-1", .all)))
        #expect(latch.knows("inc-1"))
        #expect(latch.knows("inc-1:ESP_7C19F2:26"))
        #expect(!latch.knows("inc-10"))
        #expect(!latch.knows("inc"))
        latch.apply(.stopReleased(IncidentID("inc-1"), by: "user:mara"))
        #expect(latch.knows("inc-1"), "its echo may come late")
    }

    @Test func `so many names are kept, the latest`() {
        var latch = Latch()
        for number in 0..<300 { latch.apply(.stopLatched(incident("inc-\(number).", .all))) }
        #expect(latch.recent.count == Latch.maximumIncidents)
        #expect(!latch.knows("inc-43."))
        #expect(latch.knows("inc-44.") && latch.knows("inc-299."))
        #expect(latch.incidents.count == 1)
    }

    @Test func `a stop of everything beside the most scopes adds one and no more`() throws {
        var latch = Latch()
        for pin in 0..<Latch.maximumIncidents {
            latch.apply(.stopLatched(incident("inc-\(pin)", .zone("zone-\(pin)"))))
        }
        for number in 0..<100 { latch.apply(.stopLatched(incident("all-\(number)", .all))) }
        #expect(latch.incidents.count == Latch.maximumIncidents + 1)
        #expect(latch.incident(holding: subject(other))?.id == IncidentID("all-99"))
        #expect(try stored(latch) == latch)
    }

    @Test func `the newest stop of an output counts, whether it holds its device or it alone`() {
        var latch = Latch()
        let subject = subject()
        latch.apply(.stopLatched(incident("inc-1", .device(.greenhouse))))
        latch.apply(.stopLatched(incident("inc-2", .actuator(.greenhouse, .pin(26)))))
        #expect(latch.incident(holding: .pin(26), of: subject)?.id == IncidentID("inc-2"))
        #expect(latch.incident(holding: .pin(27), of: subject)?.id == IncidentID("inc-1"))
        #expect(latch.incident(holding: subject)?.id == IncidentID("inc-1"))
        #expect(latch.incident(reachingInto: subject)?.id == IncidentID("inc-2"))
        latch.apply(.stopReleased(IncidentID("inc-1"), by: "user:mara"))
        #expect(latch.incident(holding: .pin(27), of: subject) == nil)
        #expect(latch.incident(holding: .pin(26), of: subject)?.id == IncidentID("inc-2"))
        #expect(latch.incident(holding: subject) == nil)
    }
}
