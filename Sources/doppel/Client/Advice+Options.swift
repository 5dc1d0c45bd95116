import Foundation

extension Advice {
    /// What the interface's names are called on the command line.
    private static let options = [
        "type": "--type", "address": "--address", "from": "--from", "to": "--to", "resolution": "--resolution",
        "aggregate": "--aggregate", "fill": "--fill", "smooth": "--smooth", "limit": "--limit", "reason": "--reason",
        "value": "--value", "duration_seconds": "--duration", "revision": "--revision", "zone": "--zone",
        "status": "--status", "If-Match": "--revision", "Idempotency-Key": "--key",
    ]

    /// Words of the protocol that mean nothing to a person at a terminal; what to do instead is said besides.
    private static let phrases = [
        ("; send If-Match with the ETag of the twin that you decided on", ""),
        ("the revision in If-Match", "the revision that you saw"), ("Idempotency-Key", "--key"),
    ]

    /// The option that a name of the interface stands for; the name itself where there is none.
    static func option(_ name: String) -> String { options[name] ?? name }

    /// A text of the interface with the command line's options: `--type ph` for `type=ph`, `--to` for `'to'`.
    static func inOptions(_ text: String) -> String {
        var text = text
        for (phrase, words) in phrases { text = text.replacing(phrase, with: words) }
        text = text.replacing(/\b([a-z_]+)=([^\s,;]+)/) { match in
            options[String(match.1)].map { "\($0) \(match.2)" } ?? String(match.0)
        }
        return text.replacing(/'([a-z_]+)'/) { match in options[String(match.1)] ?? String(match.0) }
    }
}
