import CMalloc

/// How the C library's allocator divides memory among threads.
enum MemoryArenas {
    /// How many arenas there are at most.
    ///
    /// Unbidden, the allocator gives up to eight for each processor, and each keeps the most that any thread ever used
    /// in it. Storing, reading and feeding run on whichever thread is free, so each arena ends up with room for all of
    /// them; and a slow disk, for which threads wait, makes more. That grows for hours and looks like a leak.
    static let maximum: CInt = 2

    /// Sets the limit, before there are many threads; an operator's `MALLOC_ARENA_MAX` goes before it.
    static func limit(environment: [String: String]) {
        if environment["MALLOC_ARENA_MAX"] == nil { _ = mallopt(M_ARENA_MAX, maximum) }
    }
}
