import Testing
import TwinCore

/// An output that one person alone cannot energise.
@Suite struct SecondPersonTests {
    private func dangerous() -> Output {
        var output = Output()
        output.context.kind.limits.hazard = .secondPerson
        return output
    }

    @Test func `another person who asks for the same within a minute is enough`() {
        var output = dangerous()
        #expect(output.order("c-1", .on, seconds: 60, seen: 0, at: 0) == ["c-1 refused by second_person"])
        #expect(
            output.order("c-2", .on, seconds: 60, by: "user:jo", seen: 0, seconding: "c-1", at: 60_000) == [
                "c-2 accepted ON 1.0 for 60 s", "-> ON 1.0 for 60 s",
            ])
    }

    @Test(
        arguments: [
            ("the same person", "user:mara", 60, nil, "c-1", 10_000), ("too late", "user:jo", 60, nil, "c-1", 60_001),
            ("for longer", "user:jo", 61, nil, "c-1", 10_000), ("another level", "user:jo", 60, 0.5, "c-1", 10_000),
            ("another command", "user:jo", 60, nil, "c-0", 10_000), ("none named", "user:jo", 60, nil, nil, 10_000),
            ("before the first", "user:jo", 60, nil, "c-1", -1),
        ] as [(String, String, Int, Double?, String?, Int64)])
    func `anything else is one person`(
        _ what: String, _ name: String, _ seconds: Int, _ value: Double?, _ first: String?, _ time: Int64
    ) {
        var output = dangerous()
        _ = output.order("c-1", .on, seconds: 60, seen: 0, at: 0)
        let lines = output.order(
            "c-2", .on, value: value, seconds: seconds, by: name, seen: 0, seconding: first, at: time)
        #expect(lines == ["c-2 refused by second_person"], "\(what)")
    }

    @Test func `a first person who did not look counts for nothing`() {
        var output = dangerous()
        #expect(output.order("c-1", .on, seconds: 60, at: 0) == ["c-1 refused by confirmation"])
        #expect(
            output.order("c-2", .on, seconds: 60, by: "user:jo", seen: 0, seconding: "c-1", at: 10) == [
                "c-2 refused by second_person"
            ])
    }

    @Test func `an output that changed has to be looked at again`() {
        var output = dangerous()
        _ = output.order("c-1", .on, seconds: 60, seen: 0, at: 0)
        _ = output.show(.off, 0, at: 5)
        #expect(
            output.order("c-2", .on, seconds: 60, by: "user:jo", seen: 0, seconding: "c-1", at: 10) == [
                "c-2 refused by confirmation"
            ])
    }
}
