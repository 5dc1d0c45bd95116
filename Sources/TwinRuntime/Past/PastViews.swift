import Synchronization
package import TwinCore

/// Twins as they stood at an instant, rebuilt beside the loop: one request at a time, each within bounds.
package final class PastViews: Sendable {
    /// How long one request may take, in milliseconds.
    package static let maximumMilliseconds: Int64 = 20_000
    /// How many twins are rebuilt together, which bounds the memory of a list.
    static let devicesPerReplay = 100

    private let store: any PastStore
    private let clock: any Loop
    private let isBusy = Mutex(false)

    /// - Parameter clock: What a request's time is measured with.
    package init(_ store: any PastStore, clock: any Loop) {
        self.store = store
        self.clock = clock
    }

    /// One twin as it stood then; `nil` when its device had not spoken yet.
    package func twin(_ id: DeviceID, at time: UnixTime, _ catalogue: Catalogue) async throws(PastFailure) -> TwinView?
    {
        try await alone { mayGoOn in
            try await store.read(PastQuery(.one(id), at: time, mayGoOn: mayGoOn)) { stretch in
                try Self.rebuild(stretch, catalogue) { _ in true }.first
            }
        }
    }

    /// One page of twins as they stood then; a page may hold fewer than asked for, or none, and still have a next one.
    package func twins(
        _ query: TwinQuery, at time: UnixTime, _ catalogue: Catalogue
    ) async throws(PastFailure) -> TwinPage {
        var query = query
        query.type = query.type.map { catalogue.sensorKind($0)?.name ?? $0 }
        let wanted = query
        return try await alone { mayGoOn in
            var page = TwinPage(items: [], next: wanted.after)
            repeat {
                do {
                    try await self.extend(&page, wanted, at: time, catalogue, mayGoOn)
                } catch PastFailure.tooLong where page.next != wanted.after {
                    // What was looked at so far is an answer, too: the caller goes on behind it.
                    return page
                }
            } while page.next != nil && page.items.count < wanted.limit
            return page
        }
    }

    /// Looks at the next devices.
    private func extend(
        _ page: inout TwinPage, _ wanted: TwinQuery, at time: UnixTime, _ catalogue: Catalogue,
        _ mayGoOn: @escaping @Sendable () throws -> Void
    ) async throws {
        let limit = min(Self.devicesPerReplay, wanted.limit)
        let query = PastQuery(.after(page.next, limit: limit), at: time, mayGoOn: mayGoOn)
        let (found, last, isAtEnd) = try await store.read(query) { stretch in
            let views = try Self.rebuild(stretch, catalogue) { twin in twin.assumeIsolated { $0.matches(wanted) } }
            return (views, stretch.devices.last, stretch.devices.count < limit)
        }
        let room = wanted.limit - page.items.count
        page.items += found.prefix(room)
        if found.count > room {
            page.next = page.items.last?.snapshot.device.id
        } else {
            page.next = isAtEnd ? nil : last
        }
    }

    /// Rebuilds on the calling thread.
    private static func rebuild(
        _ stretch: PastStretch, _ catalogue: Catalogue, where isWanted: (DeviceTwin) -> Bool
    ) throws -> [TwinView] {
        let loop = ReplayLoop(at: stretch.moment)
        let directory = TwinDirectory(on: loop)
        var rebuilding = TwinRebuilding(into: directory, on: loop)
        try stretch.forEach { step in
            switch step {
            case .snapshot(let snapshot, let sequence): rebuilding.take(snapshot, lastSequence: sequence)
            case .fact(let fact, let sequence): rebuilding.take(fact, sequence: sequence)
            }
        }
        return directory.assumeIsolated { $0.all() }.filter(isWanted).map { twin in
            TwinView(
                snapshot: twin.assumeIsolated { $0.snapshot }, moment: stretch.moment, catalogue: catalogue)
        }
    }

    /// Does what may be done by one caller at a time, and tells it when its time is up.
    private func alone<Value: Sendable>(
        _ work: (_ mayGoOn: @escaping @Sendable () throws -> Void) async throws -> Value
    ) async throws(PastFailure) -> Value {
        let isFirst = isBusy.withLock { isBusy in
            defer { isBusy = true }
            return !isBusy
        }
        guard isFirst else { throw .busy }
        defer { isBusy.withLock { $0 = false } }
        let end = clock.uptimeNanoseconds + UInt64(Self.maximumMilliseconds) * 1_000_000
        do {
            return try await work { [clock] in
                if clock.uptimeNanoseconds > end { throw PastFailure.tooLong(milliseconds: Self.maximumMilliseconds) }
            }
        } catch let failure as PastFailure {
            throw failure
        } catch {
            throw .unreadable("\(error)")
        }
    }
}
