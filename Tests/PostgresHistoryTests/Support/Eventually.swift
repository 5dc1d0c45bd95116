import Testing

/// Waits until something is the case; fails the test, and goes on, when it is not within the deadline.
func eventually(
    _ what: String, within limit: Duration = .seconds(30), at location: SourceLocation = #_sourceLocation,
    _ condition: () async -> Bool
) async {
    let end = ContinuousClock.now + limit
    while !(await condition()) {
        guard ContinuousClock.now < end else {
            Issue.record("did not happen within \(limit): \(what)", sourceLocation: location)
            return
        }
        try? await Task.sleep(for: .milliseconds(2))
    }
}
