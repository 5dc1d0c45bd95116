/// What to start as a child, and who reads its output.
public struct ChildSpecification: Sendable {
    /// The program: a path, or a name to look up in `PATH`.
    public var executable: String
    /// Its arguments, without its name.
    public var arguments: [String]
    /// Its whole environment; `nil` for ours.
    public var environment: [String: String]?
    /// Where it runs; `nil` for our own working folder.
    public var workingDirectory: String?
    /// Whether it gets a session of its own (`setsid`).
    ///
    /// Then a Ctrl-C at our terminal reaches us and not the child, so that we can still use it while we stop; and
    /// stopping the loop kills the child's own children as well.
    public var hasOwnSession: Bool
    /// Takes each line of its output.
    ///
    /// Runs on the loop.
    public var onLine: @Sendable (ChildLine) -> Void

    /// Puts a specification together.
    public init(
        executable: String, arguments: [String] = [], environment: [String: String]? = nil,
        workingDirectory: String? = nil, hasOwnSession: Bool = true,
        onLine: @escaping @Sendable (ChildLine) -> Void = { _ in }
    ) {
        self.executable = executable
        self.arguments = arguments
        self.environment = environment
        self.workingDirectory = workingDirectory
        self.hasOwnSession = hasOwnSession
        self.onLine = onLine
    }
}

/// One line that a child wrote.
public struct ChildLine: Sendable, Equatable {
    /// Where a child can write.
    public enum Stream: String, Sendable {
        case standardOutput, standardError
    }

    /// The most bytes of a line that are kept; the rest of it is dropped.
    public static let maximumBytes = 4096

    /// Where it was written.
    public let stream: Stream
    /// What was written, without the line break; bytes that are not UTF-8 are replaced.
    public let text: String
    /// Whether it was longer than ``maximumBytes``.
    public let isCut: Bool
}

/// How a child ended.
public enum ChildExit: Sendable, Equatable {
    /// It ended by itself, with this exit code.
    case exited(code: Int32)
    /// A signal ended it.
    case signalled(number: Int32)
}
