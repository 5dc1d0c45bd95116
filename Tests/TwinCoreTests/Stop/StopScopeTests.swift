import Foundation
import Testing
import TwinCore

/// What each scope covers, and that everything else is left alone.
@Suite struct StopScopeTests {
    private static let relay = KaiserID("kaiser_north")!

    /// Four devices of two relays in three zones.
    private static let site: [StopSubject] = [
        device("ESP_000001", zone: "bed", master: "house", subzones: ["drip": [.pin(5), .pin(4)]]),
        device("ESP_000002", zone: "tank", master: "house", subzones: ["drip": [.pin(9)]]),
        device("ESP_000003", at: relay, zone: "bed", master: nil, subzones: ["mist": [.pin(4)]]),
        device("ESP_000004", at: relay, zone: nil, master: nil, subzones: ["drip": []], kinds: [:]),
    ]

    private static func device(
        _ id: String, at kaiser: KaiserID = .god, zone: String?, master: String?, subzones: [String: [GPIO]],
        kinds: [GPIO: String] = [.pin(4): "pump", .pin(5): "valve", .pin(9): "pump"]
    ) -> StopSubject {
        StopSubject(
            address: DeviceAddress(kaiser: kaiser, device: DeviceID(id)!), zone: zone, masterZone: master,
            subzones: subzones, kinds: kinds)
    }

    private static let first = site[0].address.device

    @Test(
        arguments: [
            (.all, [.device, .device, .device, .device]),
            (.kaiser(relay), [.nothing, .nothing, .device, .device]),
            (.zone("bed"), [.device, .nothing, .device, .nothing]),
            (.zone("house"), [.device, .device, .nothing, .nothing]),
            (.zone("Bed"), [.nothing, .nothing, .nothing, .nothing]),
            (.subzone("drip", zone: nil), [.outputs([.pin(4), .pin(5)]), .outputs([.pin(9)]), .nothing, .nothing]),
            (.subzone("drip", zone: "bed"), [.outputs([.pin(4), .pin(5)]), .nothing, .nothing, .nothing]),
            (
                .subzone("drip", zone: "house"),
                [.outputs([.pin(4), .pin(5)]), .outputs([.pin(9)]), .nothing, .nothing]
            ),
            (.device(first), [.device, .nothing, .nothing, .nothing]),
            (.actuator(first, .pin(9)), [.outputs([.pin(9)]), .nothing, .nothing, .nothing]),
            (.filter(StopFilter()), [.device, .device, .device, .device]),
            (.filter(StopFilter(zones: ["bed", "tank"])), [.device, .device, .device, .nothing]),
            (.filter(StopFilter(devices: [first])), [.device, .nothing, .nothing, .nothing]),
            (
                .filter(StopFilter(kinds: ["pump"])),
                [.outputs([.pin(4), .pin(9)]), .outputs([.pin(4), .pin(9)]), .outputs([.pin(4), .pin(9)]), .nothing]
            ),
            (
                .filter(StopFilter(kinds: ["valve", "fan"], zones: ["house"], devices: [first])),
                [.outputs([.pin(5)]), .nothing, .nothing, .nothing]
            ),
            (.filter(StopFilter(zones: ["tank"], devices: [first])), [.nothing, .nothing, .nothing, .nothing]),
            (.filter(StopFilter(kinds: ["fan"])), [.nothing, .nothing, .nothing, .nothing]),
        ] as [(StopScope, [StopReach])])
    func `a scope covers what it names and touches nothing else`(_ scope: StopScope, _ reaches: [StopReach]) throws {
        #expect(Self.site.map { scope.reach(into: $0) } == reaches)
        #expect(try stored(scope) == scope)
    }

    @Test func `a reach covers its outputs alone`() {
        #expect(!StopReach.nothing.covers(.pin(4)))
        #expect(StopReach.device.covers(.pin(4)))
        #expect(StopReach.outputs([.pin(4)]).covers(.pin(4)))
        #expect(!StopReach.outputs([.pin(4)]).covers(.pin(5)))
    }

    @Test func `an emergency stop from before they were counted is read`() throws {
        let new = Incident(
            id: IncidentID("inc-1"), scope: .zone("bed"), reason: "flood", issuedBy: "user:mara", issuedAt: .beginning,
            generation: 7, isDrill: true)
        #expect(try stored(new) == new)
        var members = try #require(
            try JSONSerialization.jsonObject(with: try JSONEncoder().encode(new)) as? [String: Any])
        members["generation"] = nil
        members["isDrill"] = nil
        let old = try JSONDecoder().decode(Incident.self, from: try JSONSerialization.data(withJSONObject: members))
        #expect(old.generation == 0 && !old.isDrill)
        #expect(old.id == new.id && old.scope == new.scope && old.issuedAt == new.issuedAt)
    }
}
