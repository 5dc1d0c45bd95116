import TwinCore

/// A device that takes in a library, and what can go wrong with it.
///
/// It knows only what it is told: it checks each chunk as it arrives and the whole at the end.
struct ForgetfulDevice {
    /// What it holds of the transfer it takes part in.
    private var plan: LibraryTransfer.Plan?
    private var chunks: [Int: [UInt8]] = [:]
    private var requests = 0
    private var lastHeard: Int64 = 0
    /// The bytes it uses, once it has checked them.
    private(set) var installed: [UInt8]?

    /// How long it waits for a word before it asks again, in milliseconds.
    static let patience: Int64 = 45_000

    mutating func ask(at time: Int64) -> LibraryMessage {
        requests += 1
        lastHeard = time
        return .requested(name: "ph_v2", request: "r\(requests)", reason: "missing")
    }

    /// What it says when it has heard nothing for long.
    mutating func wait(at time: Int64) -> LibraryMessage? {
        installed == nil && time - lastHeard >= Self.patience ? ask(at: time) : nil
    }

    /// It starts again and has lost what it held; it knows no transfer until it asks.
    mutating func restart(at time: Int64) -> LibraryMessage? {
        plan = nil
        chunks = [:]
        return installed == nil ? ask(at: time) : nil
    }

    /// Takes an order, and answers.
    mutating func take(_ order: LibraryOrder, _ random: inout SplitMix, at time: Int64) -> LibraryMessage? {
        lastHeard = time
        switch order {
        case .begin(let plan):
            if plan.id != self.plan?.id { chunks = [:] }
            self.plan = plan
            return .ready(download: plan.id.description, isReady: true, freeHeapBytes: 90_000)
        case .chunk(let plan, let index, let bytes):
            guard plan.id == self.plan?.id else { return nil }
            // Most damage is seen by the chunk's own checksum; what the flash forgets is seen only at the end.
            let isIntact = !random.chance(10)
            if isIntact { chunks[index] = random.chance(4) ? bytes.map { ~$0 } : bytes }
            return .acknowledged(download: plan.id.description, chunk: index, isIntact: isIntact)
        case .complete(let plan):
            guard plan.id == self.plan?.id else { return nil }
            return check(plan)
        }
    }

    /// A chunk that it wants once more, for no good reason.
    func whim(_ random: inout SplitMix) -> LibraryMessage? {
        guard let plan, installed == nil else { return nil }
        return .chunkRequested(
            download: plan.id.description, chunk: random.below(plan.chunkCount), reason: "timeout")
    }

    private mutating func check(_ plan: LibraryTransfer.Plan) -> LibraryMessage {
        let held = (0..<plan.chunkCount).compactMap { chunks[$0] }
        if held.count == plan.chunkCount, CRC32.of(held.joined()) == plan.checksum {
            installed = held.flatMap(\.self)
            return .finished(download: plan.id.description, isSuccess: true, failedChunks: [], error: "")
        }
        let lacking = (0..<plan.chunkCount).filter { chunks[$0] != Library.long.chunk($0) }
        return .finished(
            download: plan.id.description, isSuccess: false, failedChunks: lacking, error: "crc")
    }
}

extension Library {
    /// A library of 23 chunks.
    static let long = Library.made(of: 22_700)
}

/// A small generator whose sequence is the same everywhere (SplitMix64).
struct SplitMix: RandomNumberGenerator {
    var state: UInt64

    mutating func next() -> UInt64 {
        state &+= 0x9E37_79B9_7F4A_7C15
        var mixed = state
        mixed = (mixed ^ (mixed >> 30)) &* 0xBF58_476D_1CE4_E5B9
        mixed = (mixed ^ (mixed >> 27)) &* 0x94D0_49BB_1331_11EB
        return mixed ^ (mixed >> 31)
    }

    mutating func below(_ bound: Int) -> Int { Int(next() % UInt64(bound)) }

    /// Whether something happens that does so that many times in a hundred.
    mutating func chance(_ percent: Int) -> Bool { below(100) < percent }
}
