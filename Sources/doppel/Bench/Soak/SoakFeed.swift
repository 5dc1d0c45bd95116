import PostgresHistory

/// The PostgreSQL database that a soak feeds.
struct SoakFeed {
    /// How far the feed came between two moments.
    struct Progress {
        let begun: Int64
        let ended: Int64
        let places: Int64

        /// Places of the journal a second.
        var perSecond: Double { Double(places) * 1e9 / Double(max(ended - begun, 1)) }
    }

    /// A moment to count from.
    struct Mark {
        let at: Int64
        let place: Int64
    }

    let database: BenchDatabase

    /// How far the feed is now; at its beginning before it has begun.
    func mark() throws -> Mark {
        let place = try database.bare.run("SELECT max(fed_through) FROM journals").flatMap { Int64($0) }
        return Mark(at: BenchClock.now, place: place ?? 0)
    }

    /// How far it came since a moment.
    func progress(since mark: Mark) throws -> Progress {
        let now = try self.mark()
        return Progress(begun: mark.at, ended: now.at, places: now.place - mark.place)
    }
}
