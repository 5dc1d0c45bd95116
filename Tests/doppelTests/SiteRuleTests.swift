import Testing
import TwinCore

@testable import doppel

/// Interlocks, budgets and the plan after an emergency stop.
@Suite struct SiteRuleTests {
    private static let site = """
        kind: site
        name: north
        devices:
          ESP_7C19F2:
            actuators:
              26: {type: pump, limits: {draw: {watts: 60}}}
              27: {type: pump}
        interlocks:
          - name: one_acid
            rule: exclusive
            members: [ESP_7C19F2/5, ESP_0A0B0C/5]
          - name: feed
            rule: requires
            members: [ESP_7C19F2/26, ESP_7C19F2/27]
            settle_seconds: 5
          - name: cascade
            rule: ordered
            members: [ESP_7C19F2/27, ESP_7C19F2/4, ESP_0A0B0C/5]
        budgets:
          - name: mains
            members: [ESP_7C19F2/26, ESP_7C19F2/27, ESP_7C19F2/4]
            at_once: 2
          - name: fuse
            members: [ESP_7C19F2/26, ESP_7C19F2/27]
            watts: 100
            litres_per_minute: 20
        reset:
          inrush_watts: 400
          settle_seconds: 3
          order: [ESP_7C19F2, ESP_0A0B0C]
        """

    private func load(_ right: String, _ wrong: String) throws -> (catalogue: Catalogue?, lines: [String]) {
        #expect(Self.site.contains(right))
        return try load(["north": Self.site.replacing(right, with: wrong)])
    }

    private func load(_ sites: [String: String]) throws -> (catalogue: Catalogue?, lines: [String]) {
        var files = KindLimitTests.files
        for (name, text) in sites { files["sites/\(name).yaml"] = text }
        return try ModelFiles.load(files)
    }

    @Test func theyAreRead() throws {
        let loaded = try load(["north": Self.site])
        #expect(loaded.lines == [])
        let site = try #require(loaded.catalogue?.sites.first)
        let (one, two, three, four, far) = (
            out("7C19F2/26"), out("7C19F2/27"), out("7C19F2/4"), out("7C19F2/5"), out("0A0B0C/5")
        )
        #expect(
            site.interlocks == [
                Interlock(name: "one_acid", rule: .exclusive, members: [four, far]),
                Interlock(name: "feed", rule: .requires, members: [one, two], settleSeconds: 5),
                Interlock(name: "cascade", rule: .ordered, members: [two, three, far]),
            ])
        #expect(
            site.budgets == [
                Budget(name: "mains", members: [one, two, three], atOnce: 2),
                Budget(name: "fuse", members: [one, two], watts: 100, litresPerMinute: 20),
            ])
        #expect(
            site.reset == ResetPlan(inrushWatts: 400, settleSeconds: 3, order: [one.device, far.device]))
    }

    private func out(_ text: String) -> OutputAddress { OutputAddress("ESP_\(text)")! }

    @Test(arguments: [
        ("name: feed", "name: one_acid", "12:11: 'interlocks[1].name' is 'one_acid', which stands here already"),
        ("name: fuse", "name: mains", "23:11: 'budgets[1].name' is 'mains', which stands here already"),
        ("rule: requires", "rule: needs", "13:11: 'interlocks[1].rule' must be one of exclusive, requires, ordered"),
        (
            "[ESP_7C19F2/5, ESP_0A0B0C/5]", "[ESP_7C19F2/5]",
            "11:14: 'interlocks[0].members' must be a list of 2 to 64 o"
        ),
        ("[ESP_7C19F2/5, ESP_0A0B0C/5]", "[ESP_7C19F2/5, ESP_7C19F2/5]", "11:29: 'interlocks[0].members' holds ESP_7C"),
        ("[ESP_7C19F2/5, ", "[ESP_7C19F2/49, ", "11:15: 'interlocks[0].members': must be an output such as ESP_7C19F2"),
        ("    settle_seconds: 5", "    settle: 5", "15:5: unknown member 'interlocks[1].settle'; did you mean"),
        ("at_once: 2", "at_once: 3", "22:14: 'budgets[0].at_once' (3) bounds nothing: there are 3 members"),
        ("    at_once: 2\n", "", "21:14: 'budgets[0].members' share nothing: give 'at_once', 'watts' or 'litres_per_m"),
        ("watts: 100", "watts: 59", "24:15: ESP_7C19F2/26 draws 60.0 alone, more than the whole 'watts'"),
        (
            "at_once: 2", "watts: 200",
            "21:45: ESP_7C19F2/4 declares no 'draw.watts'; its kind or 'devices.ESP_7C19F2.actuators.4.limits' must"
        ),
        ("ESP_7C19F2, ESP_0A0B0C]", "ESP_7C19F2, ESP_7C19F2]", "'reset.order' holds ESP_7C19F2 twice"),
        (
            "[ESP_7C19F2/27, ESP_7C19F2/4, ESP_0A0B0C/5]", "[ESP_7C19F2/26, ESP_7C19F2/4, ESP_7C19F2/27]",
            "18:14: 'interlocks[2].members' need each other in a circle: ESP_7C19F2/4, which needs ESP_7C19F2/26, which "
                + "needs ESP_7C19F2/27, which needs ESP_7C19F2/4"
        ),
        (
            "[ESP_7C19F2/5, ESP_0A0B0C/5]", "[ESP_7C19F2/27, ESP_7C19F2/26]",
            "11:14: 'interlocks[0].members' exclude each other, and ESP_7C19F2/26 needs ESP_7C19F2/27: it can never be"
        ),
        (
            "[ESP_7C19F2/5, ESP_0A0B0C/5]", "[ESP_7C19F2/4, ESP_7C19F2/27]",
            "11:14: 'interlocks[0].members' exclude each other, and ESP_7C19F2/4 needs ESP_7C19F2/27: it can never be"
        ),
    ])
    func aWrongRuleSaysWhere(right: String, wrong: String, line: String) throws {
        let loaded = try load(right, wrong)
        #expect(loaded.lines.contains { $0.contains("sites/north.yaml:") && $0.contains(line) }, "\(loaded.lines)")
        #expect(loaded.catalogue == nil)
    }

    @Test func whatTwoOthersNeedMayNotExcludeThem() throws {
        let north = Self.site.replacing("[ESP_7C19F2/5, ESP_0A0B0C/5]", with: "[ESP_7C19F2/27, ESP_7C19F2/4]")
            .replacing("[ESP_7C19F2/27, ESP_7C19F2/4, ESP_0A0B0C/5]", with: "[ESP_0A0B0C/5, ESP_7C19F2/4]")
            .replacing(
                "members: [ESP_7C19F2/26, ESP_7C19F2/27]\n    settle",
                with: "members: [ESP_7C19F2/26, ESP_7C19F2/27, ESP_7C19F2/4]\n    settle")
        #expect(
            try load(["north": north]).lines == [
                "sites/north.yaml:11:14: 'interlocks[0].members' exclude each other, and ESP_7C19F2/26 needs "
                    + "ESP_7C19F2/27 and ESP_7C19F2/4: it can never be on"
            ])
    }

    @Test func rulesOfSeveralSitesAreJudgedTogether() throws {
        let south = """
            kind: site
            name: south
            devices: {}
            interlocks:
              - {name: feed, rule: requires, members: [ESP_7C19F2/27, ESP_7C19F2/26]}
            budgets:
              - {name: fuse, members: [ESP_7C19F2/26, ESP_7C19F2/27], watts: 50}
            reset: {settle_seconds: 1}
            """
        #expect(
            try load(["north": Self.site, "south": south]).lines == [
                "sites/south.yaml:5:43: 'interlocks[0].members' need each other in a circle: ESP_7C19F2/27, which needs "
                    + "ESP_7C19F2/26, which needs ESP_7C19F2/27",
                "sites/south.yaml:8:8: 'reset' stands at sites/north.yaml:28:3 already, and only one plan can hold",
            ])
    }
}
