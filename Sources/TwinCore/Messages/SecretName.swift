/// Which members of a device's answers hold secrets, judged by their names.
///
/// A device that dumps its configuration names its passwords. Too much is hidden rather than too little.
public enum SecretName {
    private static let words = ["pass", "psk", "secret", "token", "credential", "private_key", "api_key"]
    /// Names that say which secret is meant, and none itself.
    private static let harmless: Set<String> = ["token_type"]

    /// Whether a member of this name holds a secret.
    public static func isSecret(_ name: String) -> Bool {
        let name = name.lowercased()
        return !harmless.contains(name) && words.contains { name.contains($0) }
    }

    /// Whether a text may name a secret somewhere in it.
    public static func isNamed(in text: String) -> Bool {
        let text = text.lowercased()
        return words.contains { text.contains($0) }
    }
}
