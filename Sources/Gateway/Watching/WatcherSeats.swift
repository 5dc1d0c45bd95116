import Synchronization

/// How many clients watch events, bounded.
final class WatcherSeats: Sendable {
    /// How many there are.
    let capacity: Int
    private let taken = Mutex(0)

    init(_ capacity: Int) { self.capacity = capacity }

    /// One client's place; free again when it is let go.
    final class Seat: Sendable {
        private let seats: WatcherSeats

        fileprivate init(_ seats: WatcherSeats) { self.seats = seats }

        deinit { seats.taken.withLock { $0 -= 1 } }
    }

    /// Takes a seat; `nil` when all are taken.
    func take() -> Seat? {
        let isFree = taken.withLock { taken in
            guard taken < capacity else { return false }
            taken += 1
            return true
        }
        return isFree ? Seat(self) : nil
    }

    /// How many seats are taken.
    var count: Int { taken.withLock { $0 } }
}
