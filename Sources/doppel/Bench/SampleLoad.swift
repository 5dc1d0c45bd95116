import EventLoop

/// Devices that publish samples as fast as their broker acknowledges them.
///
/// Used on the loop only.
final class SampleLoad: @unchecked Sendable {
    /// How many publications of one device are under way; what the firmware's own client allows.
    static let window = 20
    private static let address = "28AA11BB22CC33D4"

    private struct Share {
        var left: Int
        var underWay = 0
        var sequence = 1
    }

    private let fleet: BenchFleet
    private var shares: [Share]
    private var unfinished = 0
    private var onDone: (@Sendable () -> Void)?

    init(devices count: Int, messages: Int, port: UInt16, on loop: EventLoop) {
        fleet = BenchFleet(devices: count, port: port, on: loop)
        shares = (0..<count).map { Share(left: messages / count + ($0 < messages % count ? 1 : 0)) }
    }

    /// Connects every device and makes it known by a heartbeat.
    func connect(_ onReady: @escaping @Sendable () -> Void) {
        fleet.connect(BenchFleet.Ears(published: { self.taken($0) }), onReady)
    }

    /// Publishes all samples.
    func publish(_ onDone: @escaping @Sendable () -> Void) {
        self.onDone = onDone
        unfinished = shares.count
        for device in shares.indices { fill(device) }
    }

    private func taken(_ device: Int) {
        shares[device].underWay -= 1
        fill(device)
    }

    private func fill(_ device: Int) {
        while shares[device].left > 0, shares[device].underWay < Self.window {
            guard fleet.read(device, sequence: shares[device].sequence, address: Self.address) else { return }
            shares[device].sequence += 1
            shares[device].left -= 1
            shares[device].underWay += 1
        }
        guard shares[device].left == 0, shares[device].underWay == 0 else { return }
        shares[device].left = -1
        unfinished -= 1
        if unfinished == 0 { onDone?() }
    }
}
