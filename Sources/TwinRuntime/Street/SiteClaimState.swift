/// Whether this runtime commands its site, or a younger one does.
struct SiteClaimState: Sendable {
    /// Who commands the site in this runtime's place; `nil` while it is this one.
    private(set) var fencedBy: String?

    /// Whether this runtime may energise.
    var isOurs: Bool { fencedBy == nil }
}
