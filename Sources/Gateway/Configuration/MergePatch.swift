extension JSONValue {
    /// This document with a merge patch applied (RFC 7396, section 2): `null` removes a member, anything that is no
    /// object replaces what stood there.
    func merging(_ patch: JSONValue) -> JSONValue {
        guard case .object(let changes) = patch else { return patch }
        var values = Dictionary(members.map { ($0.name, $0.value) }) { first, _ in first }
        var order = members.map(\.name)
        for change in changes {
            guard change.value != .null else {
                values[change.name] = nil
                continue
            }
            let old = values.updateValue((values[change.name] ?? .null).merging(change.value), forKey: change.name)
            if old == nil { order.append(change.name) }
        }
        // A member that was removed and came again stands where it first stood.
        var seen: Set<String> = []
        return .object(
            order.compactMap { name in
                guard let value = values[name], seen.insert(name).inserted else { return nil }
                return Member(name: name, value: value)
            })
    }
}
