/// What the gateway bounds, with its units.
enum GatewayLimits {
    /// The longest body that is read, in bytes.
    static let bodyBytes = 64 * 1024
    /// How many connections stand at the same time.
    static let connections = 1024
    /// How long an idle connection is kept, or one that takes nothing, in seconds.
    static let idleSeconds: Int64 = 60
    /// The same for connections that come when more than half of all are taken, in seconds.
    static let crowdedIdleSeconds: Int64 = 2
    /// The longest header line, in bytes.
    static let headerLineBytes = 16 * 1024
    /// All header lines together, in bytes.
    static let headerBytes = 32 * 1024
    /// How many header lines.
    static let headerCount = 100
    /// How many watch events at the same time, and how many the scoreboard.
    static let watchers = 64
    /// How many WebSockets are open at the same time.
    static let sockets = 64
    /// The longest message of a WebSocket, in bytes.
    static let messageBytes = 64 * 1024
    /// In how many frames one message of a WebSocket may come.
    static let messageFrames = 64
    /// How many answers may wait for the client of a WebSocket before its connection is closed.
    static let waitingReplies = 64
    /// How often the scoreboard is asked for at most, in milliseconds between two times.
    static let scoreboardTickMilliseconds = 100
    /// After how many such spans the scoreboard is asked for although nothing seems to have changed.
    static let scoreboardRestTicks = 10
    /// How many events wait for one watcher before it loses its oldest ones.
    static let waitingEvents = 1024
    /// How many heartbeats may go without a sign of one watcher before its connection is closed.
    static let waitingHeartbeats = 4
    /// How long a client may wait for a command to finish, in seconds.
    static let waitSeconds = 30
    /// How long requests may take to finish once the gateway ends, in seconds.
    static let shutdownSeconds = 5
    /// How many characters a reason may have.
    static let reasonCharacters = 500
    /// How many characters a zone, a subzone or a kind in the scope of an emergency stop may have.
    static let scopeCharacters = 64
    /// How many characters the name of an emergency stop may have that is to be released.
    static let incidentCharacters = 100
    /// How many twins one page has when the client does not say.
    static let defaultTwins = 100
    /// How many samples one page has when the client does not say.
    static let defaultSamples = 100
    /// The most samples, or buckets, of one page.
    static let samples = 5000
    /// How many buckets one page has when the client does not say.
    static let defaultBuckets = 1000
    /// Over how many items a moving average goes at most.
    static let smoothedItems = 500
    /// How many sensors are asked for at once.
    static let queriedSeries = 64
    /// The most items of an answer about several sensors, all of them together.
    static let queriedItems = 50_000
    /// How many sensors of one request are read at the same time.
    static let concurrentSeries = 4
    /// How many downloads at the same time.
    static let downloads = 8
    /// How many samples of a download are in memory at the same time.
    static let downloadSamples = 2000
    /// How many sensors an error names when it cannot tell which one is meant.
    static let namedSensors = 16
    /// How many dead letters are shown when the client does not say.
    static let defaultDeadLetters = 100
    /// The most dead letters that are shown.
    static let deadLetters = 1000
    /// How many members one change of a wish has, nested ones included; the runtime's loop reads them.
    static let wishMembers = 500
    /// For how long a changed wish may be tried, in seconds: a year.
    static let validSeconds = 31_536_000
    /// How many points one legacy calibration has.
    static let calibrationPoints = 1...10
    /// How long the name of a sensor's kind may be, in characters.
    static let kindCharacters = 2...50
    /// How many twins are written before other requests get a turn.
    static let twinsPerTurn = 50
}
