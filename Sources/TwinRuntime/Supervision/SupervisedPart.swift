/// A part of the program that a supervisor starts, watches and stops, with all calls on the loop.
public protocol SupervisedPart: AnyObject, Sendable {
    /// Begins to work, and tells the supervisor how that goes: once `running`, and once `ended`, whatever happens.
    func start(_ tell: @escaping @Sendable (PartEvent) -> Void)

    /// Ends in order, and calls back when nothing is left. No event is expected afterwards.
    func stop(_ completion: @escaping @Sendable () -> Void)

    /// How the part fares.
    func vitals() -> PartVitals
}

/// What a part tells its supervisor.
public enum PartEvent: Sendable, Equatable {
    /// It works.
    case running
    /// It does not work any more; `nil` when it ended as it should.
    case ended(String?)
}

/// How a part fares.
public struct PartVitals: Sendable, Equatable {
    /// In a few words for an operator.
    public var health: String
    /// Whether it does what it is for.
    public var condition: PartCondition
    /// How much work waits.
    public var backlog: Int
    /// How old the oldest waiting work is, in milliseconds.
    public var oldestBacklogMilliseconds: Int64
    /// How the breaker stands that guards its outside service; `nil` where there is none.
    public var breaker: Breaker.State?

    /// Puts vitals together.
    public init(
        health: String, _ condition: PartCondition, backlog: Int = 0, oldestBacklogMilliseconds: Int64 = 0,
        breaker: Breaker.State? = nil
    ) {
        self.health = health
        self.condition = condition
        self.breaker = breaker
        self.backlog = backlog
        self.oldestBacklogMilliseconds = oldestBacklogMilliseconds
    }
}

/// A part made of closures, for what needs no type of its own.
public final class ClosurePart: SupervisedPart {
    private let onStart: @Sendable (@escaping @Sendable (PartEvent) -> Void) -> Void
    private let onStop: @Sendable (@escaping @Sendable () -> Void) -> Void
    private let onVitals: @Sendable () -> PartVitals

    /// Wraps the closures; each is called on the loop.
    public init(
        start: @escaping @Sendable (@escaping @Sendable (PartEvent) -> Void) -> Void,
        stop: @escaping @Sendable (@escaping @Sendable () -> Void) -> Void,
        vitals: @escaping @Sendable () -> PartVitals
    ) {
        onStart = start
        onStop = stop
        onVitals = vitals
    }

    /// Begins to work.
    public func start(_ tell: @escaping @Sendable (PartEvent) -> Void) { onStart(tell) }
    /// Ends in order.
    public func stop(_ completion: @escaping @Sendable () -> Void) { onStop(completion) }
    /// How the part fares.
    public func vitals() -> PartVitals { onVitals() }
}
