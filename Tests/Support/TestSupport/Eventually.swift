public import Testing

/// Looks again and again until something is the case, and says whether it was within the limit.
///
/// - Parameter glance: The rest between two looks.
/// - Throws: What the condition throws.
public func happens(
    within limit: Duration, glance: Duration = .milliseconds(2), _ condition: () async throws -> Bool
) async throws -> Bool {
    let end = ContinuousClock.now + limit
    while !(try await condition()) {
        guard ContinuousClock.now < end else { return false }
        try? await Task.sleep(for: glance)
    }
    return true
}

/// Waits until something is the case; fails the test, and goes on, when it is not within the deadline.
public func eventually(
    _ what: String, within limit: Duration = .seconds(30), at location: SourceLocation = #_sourceLocation,
    _ condition: () async -> Bool
) async {
    // A condition that throws nothing: there is nothing to catch.
    guard (try? await happens(within: limit, condition)) != true else { return }
    Issue.record("did not happen within \(limit): \(what)", sourceLocation: location)
}
