import Glibc

/// How many files this process, and the children it starts from now on, may have open.
enum OpenFiles {
    /// Raises the limit as far as the system lets us: each device takes one socket at the broker and three files here.
    static func raiseLimit() {
        var limit = rlimit()
        guard unsafe getrlimit(__rlimit_resource_t(RLIMIT_NOFILE.rawValue), &limit) == 0 else { return }
        limit.rlim_cur = limit.rlim_max
        unsafe _ = setrlimit(__rlimit_resource_t(RLIMIT_NOFILE.rawValue), &limit)
    }
}
