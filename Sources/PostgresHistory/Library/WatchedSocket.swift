import EventLoop

#if canImport(Glibc)
import Glibc
#elseif canImport(Darwin)
import Darwin
#endif

/// A duplicate of libpq's socket that the loop watches, used on the loop only.
///
/// libpq closes its own socket at will, inside almost any call; the duplicate stays open until libuv is done with it.
final class WatchedSocket: @unchecked Sendable {
    private let descriptor: Int32
    private let polled: PolledDescriptor

    /// Watches a handle's socket, for nothing yet.
    init(
        of handle: PostgresHandle, on loop: EventLoop, _ ready: @escaping @Sendable (Readiness) -> Void
    ) throws(PostgresFailure) {
        guard let descriptor = handle.duplicateDescriptor() else {
            throw PostgresFailure(.unavailable, "the socket to the server cannot be watched: it is closed already")
        }
        self.descriptor = descriptor
        do throws(EventLoopError) {
            polled = try loop.poll(descriptor, ready)
        } catch {
            closeDescriptor(descriptor)
            throw PostgresFailure(.unavailable, "the socket to the server cannot be watched: \(error)")
        }
    }

    /// Says what to wait for from now on.
    func watch(_ interest: Readiness) { polled.watch(interest) }

    /// Ends the watching and closes the duplicate, then calls back; once.
    func close(_ completion: @escaping @Sendable () -> Void) {
        polled.close { [descriptor] in
            closeDescriptor(descriptor)
            completion()
        }
    }
}

/// `close`, which a method of that name hides.
private func closeDescriptor(_ descriptor: Int32) { _ = close(descriptor) }
