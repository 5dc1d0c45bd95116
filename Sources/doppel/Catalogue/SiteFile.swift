import TwinCore
import Yams

/// One file of `twins/sites/`: reads it into a site and notes everything that is wrong with it.
///
/// An override must be within what its kind allows, so the kinds and boards are read first.
struct SiteFile {
    /// The site; `nil` where a problem stands in its way.
    private(set) var site: Site?
    /// Every device it names, and where.
    private(set) var words: [(word: String, place: String)] = []
    /// Its interlocks, budgets and plan, to be judged together with those of the other sites.
    private(set) var rules = SiteRules()
    /// What is wrong.
    var problems: [Problem] { reader.problems }

    private var reader: MemberReader

    /// Reads the file whose parsed text is given.
    ///
    /// - Parameters:
    ///   - fileName: Without its ending it must be the site's name.
    ///   - known: The kinds and boards; `nil` where they are wrong themselves, so that nothing is compared with them.
    init(_ yaml: YAMLText, fileName: String, known: Catalogue?) {
        reader = MemberReader(yaml)
        guard reader.isGroup, reader.word("kind", among: ["site"]) != nil else { return }
        let members = reader.read(SiteForm.site, beside: ["devices"])
        reader.judge(members.text("name"), fileName: fileName)
        var draft = SiteDraft(known: known)
        reader.group("devices") { draft.readDevices(&$0) }
        reader.problems += draft.sensorProblems
        words = draft.words
        rules = SiteRules(members, draws: draft.draws)
        reader.problems += rules.ownProblems
        guard let name = members.text("name"), reader.problems.isEmpty else { return }
        site = Site(
            name: name, devices: draft.devices, interlocks: rules.interlocks.map(\.rule),
            budgets: rules.budgets.map(\.rule), reset: rules.reset?.plan)
    }
}

extension MemberReader {
    /// Reads the members of a group that also has groups whose members have any names.
    mutating func read(_ forms: [MemberForm], beside groups: [String]) -> FormMembers {
        refuseUnknownMembers(known: forms.map(\.name) + groups)
        var found = FormMembers(self, forms)
        for form in forms where form.isRequired || has(form.name) { found[form.name] = read(form.name, form.form) }
        return found
    }

    /// Whether there is a member of that name.
    private func has(_ name: String) -> Bool { members?[name] != nil }

    /// Reads each member of a group, which may be missing.
    mutating func eachGroup(
        in name: String, _ read: (_ name: String, _ place: String, _ group: inout MemberReader) -> Void
    ) {
        if has(name) { group(name) { $0.eachGroup(read) } }
    }
}
