import TwinCore

/// A device that takes in a library: each call is one line of a transcript, and answers what came of it.
struct Intake {
    var state = LibraryTransferState()
    var libraries: [Library]
    private var revision: UInt64 = 0

    init(_ libraries: [Library] = [.ph]) { self.libraries = libraries }

    /// A transfer of which so many chunks are acknowledged and the next one is under way.
    static func sending(_ count: Int, of library: Library = .ph) -> Intake {
        var intake = Intake([library])
        _ = intake.ask(library.name, at: 0)
        _ = intake.ready(at: 0)
        for chunk in 0..<count { _ = intake.acknowledge(chunk, at: 0) }
        return intake
    }

    /// The device says something.
    mutating func say(_ message: LibraryMessage, at time: Int64) -> [String] {
        revision += 1
        return take(
            state.decide(on: message, libraries: libraries, revision: revision, at: .at(time)), at: time)
    }

    mutating func ask(_ name: String = "ph_v2", request: String = "r1", at time: Int64) -> [String] {
        say(.requested(name: name, request: request, reason: "missing"), at: time)
    }

    mutating func ready(_ isReady: Bool = true, id: String = "lib-1", at time: Int64) -> [String] {
        say(.ready(download: id, isReady: isReady, freeHeapBytes: 900), at: time)
    }

    mutating func acknowledge(
        _ chunk: Int, isIntact: Bool = true, id: String = "lib-1", at time: Int64
    ) -> [String] {
        say(.acknowledged(download: id, chunk: chunk, isIntact: isIntact), at: time)
    }

    mutating func request(_ chunk: Int, at time: Int64) -> [String] {
        say(.chunkRequested(download: nil, chunk: chunk, reason: "timeout"), at: time)
    }

    mutating func lack(_ chunks: [Int], error: String = "crc", at time: Int64) -> [String] {
        say(.finished(download: "lib-1", isSuccess: false, failedChunks: chunks, error: error), at: time)
    }

    mutating func succeed(id: String? = "lib-1", at time: Int64) -> [String] {
        say(.finished(download: id, isSuccess: true, failedChunks: [], error: ""), at: time)
    }

    /// Only time has passed.
    mutating func tick(isPresent: Bool = true, at time: Int64) -> [String] {
        take(state.decideOnTime(isPresent: isPresent, libraries: libraries, at: .at(time)), at: time)
    }

    /// When time alone next brings something, in milliseconds of uptime.
    func deadline(isPresent: Bool = true) -> Int64? { state.nextDeadline(isPresent: isPresent)?.milliseconds }

    private mutating func take(_ decision: LibraryDecision, at time: Int64) -> [String] {
        for event in decision.events { state.apply(event, at: .at(time)) }
        return decision.events.map(\.words) + decision.orders.map(\.words)
    }
}

extension Library {
    /// A library of three chunks, the last one short.
    static let ph = Library.made(of: 2500)

    /// A library of so many bytes, no chunk of which is like another.
    static func made(of count: Int, named name: String = "ph_v2", seed: UInt8 = 0) -> Library {
        let bytes = (0..<count).map { UInt8(truncatingIfNeeded: $0 / 1024 &* 37 &+ $0 &* 7) &+ seed }
        return Library(
            name: name, version: "1.2", bytes: bytes, unpackedCount: 9000, checksum: CRC32.of(bytes))
    }
}

extension LibraryEvent {
    /// The event in a few words, for transcripts.
    var words: String {
        switch self {
        case .requested(let name, let request, _): "asked \(name) \(request)"
        case .refused(_, let reason): "refused: \(reason)"
        case .begun(let plan): "begun \(plan.id) for \(plan.request)"
        case .ready: "ready"
        case .chunkSent(_, let chunk, let attempt): "sent \(chunk) #\(attempt)"
        case .chunkAcknowledged(_, let chunk): "has \(chunk)"
        case .completed: "completed"
        case .chunksMissing(_, let chunks): "lacks \(chunks)"
        case .installed(let name): "installed \(name)"
        case .failed(_, let reason): "failed: \(reason)"
        case .stray: "stray"
        }
    }
}

extension LibraryOrder {
    /// The order in a few words, for transcripts.
    var words: String {
        switch self {
        case .begin(let plan): "-> begin \(plan.name), \(plan.byteCount) bytes in \(plan.chunkCount)"
        case .chunk(_, let index, let bytes): "-> chunk \(index), \(bytes.count) bytes"
        case .complete: "-> complete"
        }
    }
}
