import CLibUV

/// What a watched folder tells.
public enum FolderChange: Sendable, Equatable {
    /// Something in the folder was made, written, renamed or removed: its name, where the system says it and it is
    /// UTF-8; `nil` also for a change of the folder itself.
    case changed(name: String?)
    /// The folder was removed or moved away, or another one has taken its place.
    ///
    /// The watch has closed itself; whoever wants to go on opens a new one, as soon as the folder is there again.
    case lost(EventLoopError)
}

/// A folder whose changes the loop reports, used on the loop only; letting go of it does not end the watching.
///
/// A report is a hint to look again, not a list of what to do: one save of an editor is several reports, several
/// changes may become one, and the kernel drops reports when 16,384 are waiting. What is in folders below is not
/// reported. On network file systems only changes made by this machine are.
///
/// The kernel reports on the folder that was there when the watch began, not on the path: a folder above it that is
/// moved, or a symbolic link that is turned elsewhere, is not reported. Whoever minds calls ``check()`` now and then.
public final class FolderWatch: @unchecked Sendable, OpenOnLoop {
    /// What tells a folder from another one that takes its place.
    private struct Identity: Equatable {
        let device: UInt64
        let node: UInt64
    }

    private let handle: OwnedHandle
    private let loop: EventLoop
    private let path: String
    private let ownName: Substring
    private let identity: Identity
    /// Let go of once closed, because it often holds what holds this object.
    private var onChange: @Sendable (FolderChange) -> Void
    private var key: UInt64 = 0

    init(
        _ path: String, on loop: EventLoop, _ onChange: @escaping @Sendable (FolderChange) -> Void
    ) throws(EventLoopError) {
        self.loop = loop
        self.path = path
        self.onChange = onChange
        ownName = path.split(separator: "/").last ?? ""
        // Before the watching begins: a folder that is replaced in between is then told as lost, not overlooked.
        identity = try Self.identity(path, on: loop)
        let uv = unsafe loop.core.handles.loop
        handle = try unsafe OwnedHandle(Self.operation(path)) { unsafe uv_fs_event_init(uv, $0) }
        handle.point(to: self)
        key = loop.core.register(self)
        let result = unsafe uv_fs_event_start(handle.pointer(), folderChanged, path, 0)
        if result < 0 {
            shutDown()
            throw .refused(Self.operation(path), result)
        }
    }

    /// Ends the watching: nothing is told any more.
    public func close() {
        loop.preconditionOnLoop("close")
        shutDown()
    }

    /// Looks whether the path still leads to the folder that is watched; if not, that is told as
    /// ``FolderChange/lost(_:)``.
    public func check() {
        loop.preconditionOnLoop("check")
        guard handle.isOpen, !isStillThere else { return }
        lose(.gone(Self.operation(path), path))
    }

    func shutDown() {
        guard handle.isOpen else { return }
        handle.close { [self] in
            onChange = { _ in }
            loop.core.forget(key)
        }
    }

    fileprivate func arrived(_ name: String?, _ status: Int32) {
        loop.core.beginTurn()
        if status < 0 { return lose(.refused(Self.operation(path), status)) }
        guard let name, name != ownName else {
            // libuv tells a change of the folder itself under the folder's own name; a file in it may be called so too.
            return isStillThere ? onChange(.changed(name: nil)) : lose(.gone(Self.operation(path), path))
        }
        onChange(.changed(name: name))
    }

    private var isStillThere: Bool { (try? Self.identity(path, on: loop)) == identity }

    /// The closing lets go of the closure only later, so a caller may open the next watch inside it.
    private func lose(_ error: EventLoopError) {
        shutDown()
        onChange(.lost(error))
    }

    private static func operation(_ path: String) -> String { "watch folder \(path)" }

    /// Which folder a path leads to.
    ///
    /// It asks the file system and waits for the answer, which for a local one is in memory.
    private static func identity(_ path: String, on loop: EventLoop) throws(EventLoopError) -> Identity {
        var request = unsafe uv_fs_t()
        defer { unsafe uv_fs_req_cleanup(&request) }
        let result = unsafe uv_fs_stat(loop.core.handles.loop, &request, path, nil)
        try EventLoopError.check(operation(path), result)
        let found = unsafe request.statbuf
        guard found.st_mode & UInt64(S_IFMT) == UInt64(S_IFDIR) else {
            throw .refused(operation(path), UV_ENOTDIR.rawValue)
        }
        return Identity(device: found.st_dev, node: found.st_ino)
    }
}

extension EventLoopError {
    fileprivate static func gone(_ operation: String, _ path: String) -> Self {
        Self(
            operation: operation, reason: .refused, number: UV_ENOENT.rawValue, name: "ENOENT",
            description: "The folder \(path) is not there any more, or another one has taken its place (ENOENT).")
    }
}

/// libuv's file event callback.
///
/// Runs on the loop's thread while the handle is open, so the owner is in the loop's register. The name is libuv's and
/// is gone when the callback returns.
private func folderChanged(
    _ handle: UnsafeMutablePointer<uv_fs_event_t>?, _ name: UnsafePointer<CChar>?, _ events: Int32, _ status: Int32
) {
    guard let context = unsafe handle?.pointee.data else { preconditionFailure("A file event handle has no owner.") }
    let name = unsafe name.flatMap { unsafe String(validatingCString: $0) }
    unsafe Unmanaged<FolderWatch>.fromOpaque(context).takeUnretainedValue().arrived(name, status)
}
