import CLibUV

/// Lets one thread wait until another one has begun.
@safe final class StartSignal: @unchecked Sendable {
    private let semaphore: UnsafeMutablePointer<uv_sem_t>

    init() {
        unsafe semaphore = .allocate(capacity: 1)
        let result = unsafe uv_sem_init(semaphore, 0)
        precondition(result == 0, "The system has no semaphore: \(result).")
    }

    deinit {
        unsafe uv_sem_destroy(semaphore)
        unsafe semaphore.deallocate()
    }

    func give() { unsafe uv_sem_post(semaphore) }
    func wait() { unsafe uv_sem_wait(semaphore) }
}
