import CLibUV
import TwinCore
import TwinRuntime

/// A child that the loop started, used on the loop only.
///
/// The loop reaps it, and kills it when the loop stops. If our own process is killed, the child lives on: libuv cannot
/// ask the system to end it with us (`PR_SET_PDEATHSIG`). Who needs that on Linux starts it through
/// `setpriv --pdeathsig KILL`, which becomes the program it is given and so keeps the process's number.
public final class ChildProcess: @unchecked Sendable, OpenOnLoop {
    /// How long output is still read after a child's end, in milliseconds: a grandchild may hold the pipe open.
    public static let outputPatienceMilliseconds: Int64 = 1000
    /// How long the stopping loop waits for the end of a killed child, in milliseconds.
    public static let killPatienceMilliseconds: Int64 = 2000

    /// The system's number of the process.
    ///
    /// Another process may get it some time after the exit.
    public let processID: Int32

    private let loop: EventLoop
    private let hasOwnSession: Bool
    /// Let go of once told, because it often holds what holds this object.
    private var onExit: @Sendable (ChildExit) -> Void
    private let process: OwnedHandle
    private let pipes: [OutputPipe]
    private var exit: ChildExit?
    private var openHandles = 3
    private var key: UInt64 = 0
    private var patience: ScheduledTimer?

    init(
        _ specification: ChildSpecification, on loop: EventLoop, _ onExit: @escaping @Sendable (ChildExit) -> Void
    ) throws(EventLoopError) {
        self.loop = loop
        self.onExit = onExit
        hasOwnSession = specification.hasOwnSession
        // `uv_spawn` initialises the handle, also when it fails.
        process = unsafe OwnedHandle { (_: UnsafeMutablePointer<uv_process_t>) in 0 }
        pipes = [
            OutputPipe(.standardOutput, on: loop, onLine: specification.onLine),
            OutputPipe(.standardError, on: loop, onLine: specification.onLine),
        ]
        let result = unsafe Self.start(specification, process.pointer(), loop.core.handles.loop, pipes)
        if result < 0 {
            process.close {}
            for pipe in pipes { pipe.close {} }
            throw .refused("start \(specification.executable)", result)
        }
        processID = unsafe uv_process_get_pid(process.pointer())
        process.point(to: self)
        key = loop.core.register(self)
        for pipe in pipes { pipe.startReading { [self] in handleClosed() } }
    }

    /// Sends a signal to the child.
    ///
    /// - Returns: Whether it was still there to get it.
    @discardableResult
    public func signal(_ number: Int32) -> Bool {
        loop.preconditionOnLoop("signal")
        guard exit == nil, process.isOpen else { return false }
        return unsafe uv_process_kill(process.pointer(), number) == 0
    }

    /// Kills the child, with its own children if it has a session of its own, and waits a while for its end.
    func shutDown() {
        closePipes()
        guard exit == nil else { return }
        if hasOwnSession { uv_kill(-processID, SIGKILL) }
        signal(SIGKILL)
        bePatient(Self.killPatienceMilliseconds) { $0.closeProcess() }
    }

    fileprivate func ended(_ exit: ChildExit) {
        loop.core.beginTurn()
        self.exit = exit
        closeProcess()
        bePatient(Self.outputPatienceMilliseconds) { $0.closePipes() }
    }

    private func closeProcess() {
        guard process.isOpen else { return }
        process.close { [self] in handleClosed() }
    }

    private func closePipes() {
        for pipe in pipes { pipe.close { [self] in handleClosed() } }
    }

    private func bePatient(_ milliseconds: Int64, _ then: @escaping @Sendable (ChildProcess) -> Void) {
        patience?.cancel()
        let deadline = loop.moment.uptime.advanced(byMilliseconds: milliseconds)
        patience = loop.core.timers.add(at: deadline) { [self] in then(self) }
    }

    /// After the third one nothing can come any more.
    private func handleClosed() {
        openHandles -= 1
        guard openHandles == 0 else { return }
        patience?.cancel()
        loop.core.forget(key)
        onExit(exit ?? .signalled(number: SIGKILL))
        onExit = { _ in }
    }

    private static func start(
        _ specification: ChildSpecification, _ process: UnsafeMutablePointer<uv_process_t>,
        _ loop: UnsafeMutablePointer<uv_loop_t>, _ pipes: [OutputPipe]
    ) -> Int32 {
        let arguments = CStrings([specification.executable] + specification.arguments)
        let environment = specification.environment.map { variables in
            CStrings(variables.sorted { $0.key < $1.key }.map { "\($0.key)=\($0.value)" })
        }
        let folder = specification.workingDirectory.map { CStrings([$0]) }
        var nothing = unsafe uv_stdio_container_t()
        unsafe nothing.flags = UV_IGNORE
        var streams = unsafe [nothing] + pipes.map { unsafe $0.forChild }
        var options = unsafe uv_process_options_t()
        unsafe options.exit_cb = childEnded
        unsafe options.file = UnsafePointer(arguments.pointers[0])
        unsafe options.args = arguments.pointers
        unsafe options.env = environment?.pointers
        unsafe options.cwd = UnsafePointer(folder?.pointers[0])
        unsafe options.flags = specification.hasOwnSession ? UV_PROCESS_DETACHED.rawValue : 0
        unsafe options.stdio_count = Int32(streams.count)
        return withExtendedLifetime((arguments, environment, folder)) {
            unsafe streams.withUnsafeMutableBufferPointer { streams in
                unsafe options.stdio = streams.baseAddress
                return unsafe uv_spawn(loop, process, &options)
            }
        }
    }
}

/// libuv's exit callback.
///
/// Runs on the loop's thread after the child was reaped; it is still in the loop's register.
private func childEnded(_ process: UnsafeMutablePointer<uv_process_t>?, _ status: Int64, _ signal: Int32) {
    guard let context = unsafe process?.pointee.data else { preconditionFailure("A child has no owner.") }
    let exit: ChildExit = signal == 0 ? .exited(code: Int32(truncatingIfNeeded: status)) : .signalled(number: signal)
    unsafe Unmanaged<ChildProcess>.fromOpaque(context).takeUnretainedValue().ended(exit)
}
