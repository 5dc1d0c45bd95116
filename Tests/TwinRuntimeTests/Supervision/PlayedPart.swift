import TwinRuntime

/// What parts did, in order.
final class Diary: @unchecked Sendable {
    private var lines: [String] = []

    func note(_ line: String) { lines.append(line) }

    /// The lines since the last look.
    func read() -> [String] {
        defer { lines = [] }
        return lines
    }
}

/// A part that does what a test tells it.
final class PlayedPart: SupervisedPart, @unchecked Sendable {
    private let name: String
    private let diary: Diary
    /// Whether it runs as soon as it is started, and is gone as soon as it is stopped.
    var isPrompt = true
    /// Whether it does what it is for.
    var condition = PartCondition.ok
    /// How to speak for each of its runs, oldest first.
    private(set) var runs: [@Sendable (PartEvent) -> Void] = []
    private var pendingStop: (@Sendable () -> Void)?

    init(_ name: String, _ diary: Diary) {
        self.name = name
        self.diary = diary
    }

    func start(_ tell: @escaping @Sendable (PartEvent) -> Void) {
        diary.note("\(name) starts")
        runs.append(tell)
        if isPrompt { tell(.running) }
    }

    func stop(_ completion: @escaping @Sendable () -> Void) {
        diary.note("\(name) stops")
        guard !isPrompt else { return completion() }
        pendingStop = completion
    }

    /// The stop that was asked for is done.
    func finishStop() {
        pendingStop?()
        pendingStop = nil
    }

    /// The latest run says something.
    func say(_ event: PartEvent) { runs.last?(event) }

    func vitals() -> PartVitals {
        PartVitals(health: "\(name) is well", condition, backlog: 3, oldestBacklogMilliseconds: 9)
    }
}
