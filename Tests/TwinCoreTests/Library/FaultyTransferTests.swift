import Testing
import TwinCore

@Suite struct FaultyTransferTests {
    /// A transfer between the real state and a device, over a connection that loses, repeats and delays.
    private struct Connection {
        var state = LibraryTransferState()
        var device = ForgetfulDevice()
        var random: SplitMix
        var time: Int64 = 0
        private var toDevice: [(at: Int64, LibraryOrder)] = []
        private var toRuntime: [(at: Int64, LibraryMessage)] = []
        private var awayUntil: Int64 = 0
        private var runBegan: Int64 = 0
        private var revision: UInt64 = 0
        /// Everything that happened, for the replay.
        private(set) var facts: [(LibraryEvent?, Moment)] = []

        init(seed: UInt64) { random = SplitMix(state: seed) }

        private var isPresent: Bool { time >= awayUntil }
        private var moment: Moment {
            Moment(time: .beginning.advanced(byMilliseconds: time), uptime: Uptime(milliseconds: time - runBegan))
        }

        /// One second passes.
        mutating func step() throws {
            time += 1000
            misfortune()
            while let (at, order) = toDevice.first, at <= time {
                toDevice.removeFirst()
                if isPresent { send(device.take(order, &random, at: time)) }
            }
            if isPresent { send(device.wait(at: time)) }
            while let (at, message) = toRuntime.first, at <= time {
                toRuntime.removeFirst()
                revision += 1
                take(
                    state.decide(on: message, libraries: [.long], revision: revision, at: moment))
            }
            if let deadline = state.nextDeadline(isPresent: isPresent), deadline <= moment.uptime {
                take(state.decideOnTime(isPresent: isPresent, libraries: [.long], at: moment))
                let next = state.nextDeadline(isPresent: isPresent)
                try #require(next.map { $0 > moment.uptime } ?? true, "time alone goes in circles")
            }
        }

        private mutating func misfortune() {
            if random.below(150) == 0 { awayUntil = time + Int64(random.below(200)) * 1000 }
            if random.below(200) == 0 { send(device.restart(at: time)) }
            if random.below(80) == 0 { send(device.whim(&random)) }
            if random.below(200) == 0 {
                // The runtime starts again; what it had not yet read is still with the broker.
                runBegan = time
                facts.append((nil, moment))
                state.beginRun(at: moment)
            }
        }

        private mutating func send(_ message: LibraryMessage?) {
            guard let message, isPresent, !random.chance(8) else { return }
            for _ in 0..<(random.chance(8) ? 2 : 1) {
                toRuntime.append((max(toRuntime.last?.at ?? 0, time + Int64(random.below(3)) * 1000), message))
            }
        }

        private mutating func take(_ decision: LibraryDecision) {
            for event in decision.events {
                state.apply(event, at: moment)
                facts.append((event, moment))
            }
            for order in decision.orders where !random.chance(8) {
                for _ in 0..<(random.chance(5) ? 2 : 1) {
                    toDevice.append((max(toDevice.last?.at ?? 0, time + Int64(random.below(3)) * 1000), order))
                }
            }
        }

        /// How many transfers there were.
        var beginnings: Int {
            Set(facts.compactMap { if case .begun(let plan)? = $0.0 { plan.id } else { nil } }).count
        }

        /// The state that the facts alone lead to.
        var replayed: LibraryTransferState {
            facts.reduce(into: LibraryTransferState()) { state, fact in
                if let event = fact.0 { state.apply(event, at: fact.1) } else { state.beginRun(at: fact.1) }
            }
        }
    }

    @Test(arguments: UInt64(1)...200)
    func `a device with faults always ends with the exact bytes`(seed: UInt64) throws {
        var connection = Connection(seed: seed)
        while connection.device.installed == nil || connection.state.isUnderWay {
            try connection.step()
            try #require(connection.time < 20_000_000, "seed \(seed) never ends: \(connection.state)")
            if connection.state.phase == .done, connection.state.plan != nil {
                try #require(connection.device.installed == Library.long.bytes, "seed \(seed)")
            }
        }
        #expect(connection.device.installed == Library.long.bytes, "seed \(seed)")
        #expect(connection.replayed == connection.state, "seed \(seed)")
        #expect(connection.state.sends <= LibraryTransferState.maximumSendsPerChunk * Library.long.chunkCount)
    }

    @Test func `the faults are survived within one transfer most of the time`() throws {
        let seeds = UInt64(1)...60
        var single = 0
        for seed in seeds {
            var connection = Connection(seed: seed)
            while connection.device.installed == nil || connection.state.isUnderWay { try connection.step() }
            if connection.beginnings == 1, connection.state.phase == .done { single += 1 }
        }
        #expect(single > seeds.count / 2, "\(single) of \(seeds.count)")
    }
}
