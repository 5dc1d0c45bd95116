import EventLoop
import Foundation
import TwinRuntime
import World

/// Runs `doppel bench cuts`: pumps on short leases, while one part after the other is cut off.
struct CutsBenchmark {
    /// How long something stays cut, in milliseconds: shorter and longer than the leases.
    private static let cutMilliseconds: ClosedRange<UInt64> = 300...4500
    /// How long until the next cut once the pumps run, in milliseconds.
    private static let calmMilliseconds: ClosedRange<UInt64> = 0...1000
    /// How long pumps may take to run again, in milliseconds, before the next cut comes all the same.
    private static let patienceMilliseconds: Int64 = 20_000
    /// How long the demand rests between two rounds of commands, in milliseconds.
    private static let demandMilliseconds: Int64 = 400
    /// How long after the last cut everything must be off, in milliseconds: a command's way, its lease, and some more.
    private static let endMilliseconds: Int64 = 10_000

    var cuts: Int
    var devices: Int
    var seed: UInt64
    /// Whether proxies are used even where cables could be laid.
    var usesProxy: Bool

    private struct Course {
        var byKind: [Cut: Int] = [:]
        var withPumpsRunning = 0
        var times: [Range<Int64>] = []
    }

    func run() async throws -> CutsReport {
        OpenFiles.raiseLimit()
        let begin = BenchClock.now
        let folder = FileManager.default.temporaryDirectory.appendingPathComponent("doppel-cuts-\(UUID().uuidString)")
        try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
        defer { try? FileManager.default.removeItem(at: folder) }
        return try await EventLoop.beside { loop in
            let network = try makeNetwork()
            let site = try CutsSite(folder: folder.path, network: network, on: loop)
            let result: Result<CutsReport, any Error>
            do {
                result = .success(try await measure(site, since: begin))
            } catch {
                result = .failure(error)
            }
            await site.end()
            return try result.get()
        }
    }

    private func makeNetwork() throws -> any CutsNetwork {
        guard let port = LoopbackPort.anyFree else {
            throw BenchChild.Silence(description: "the system has no free port on loopback")
        }
        if !usesProxy, let network = NamespaceNetwork(port: port) { return network }
        return try ProxyNetwork(port: port)
    }

    private func measure(_ site: CutsSite, since begin: Int64) async throws -> CutsReport {
        let record = "\(site.folder)/on-times.json"
        try await site.start(devices: devices, seed: seed, record: record)
        let demand = PumpDemand(url: site.url, devices: devices, seed: seed)
        let loop = site.loop
        async let asking: Void = demand.run { await loop.rest(milliseconds: Self.demandMilliseconds) }
        let course = try await cut(site, demand)
        demand.end()
        try await asking
        await loop.rest(milliseconds: Self.endMilliseconds)
        try await site.writeRecord()
        let end = BenchClock.now
        let entries = try JSONDecoder().decode(
            [OnTimeRecord.Entry].self, from: try Data(contentsOf: URL(fileURLWithPath: record)))
        let verdict = OnTimeJudge(orders: demand.orders, cuts: course.times).judge(entries, end: end)
        return CutsReport(
            cuts: course.times.count,
            cutsByKind: Dictionary(uniqueKeysWithValues: course.byKind.map { ($0.key.rawValue, $0.value) }),
            cutsWithPumpsRunning: course.withPumpsRunning, devices: devices, seed: seed, network: site.network.name,
            seconds: Double(end - begin) / 1e9, verdict: verdict)
    }

    private func cut(_ site: CutsSite, _ demand: PumpDemand) async throws -> Course {
        var chance = Randomness(seed: seed &+ 1)
        var course = Course()
        var kinds: [Cut] = []
        for number in 0..<cuts {
            // Every kind once in six cuts, in an order that chance decides.
            if kinds.isEmpty { kinds = Cut.allCases.shuffled(using: &chance) }
            let cut = kinds.removeLast()
            demand.want(pump: number % BenchDevices.pins.count)
            let areRunning = await waitForPumps(demand, site.loop)
            await site.loop.rest(milliseconds: Int64(UInt64.random(in: Self.calmMilliseconds, using: &chance)))
            let begin = BenchClock.now
            try await site.cut(cut)
            await site.loop.rest(milliseconds: Int64(UInt64.random(in: Self.cutMilliseconds, using: &chance)))
            try await site.mend(cut)
            course.times.append(begin..<BenchClock.now)
            course.byKind[cut, default: 0] += 1
            course.withPumpsRunning += areRunning ? 1 : 0
            Console.standard.tell(
                "\(number + 1) of \(cuts): \(cut.rawValue), pumps running: \(areRunning ? "yes" : "no")")
        }
        return course
    }

    private func waitForPumps(_ demand: PumpDemand, _ loop: EventLoop) async -> Bool {
        let end = BenchClock.now + Self.patienceMilliseconds * 1_000_000
        while BenchClock.now < end {
            if demand.running * 2 >= devices { return true }
            await loop.rest(milliseconds: 50)
        }
        return false
    }
}

extension EventLoop {
    /// Lets time pass.
    func rest(milliseconds: Int64) async {
        await withCheckedContinuation { continuation in
            post { _ = self.schedule(afterMilliseconds: milliseconds) { continuation.resume() } }
        }
    }
}
