import NIOCore
import NIOEmbedded
import Testing

@testable import Gateway

@Suite struct CrowdTests {
    @Test func theEndClosesWhatIsOpenAndWhatComesLate() throws {
        let crowd = Crowd()
        let (open, late) = (try connected(), try connected())
        _ = crowd.patience(for: open)
        #expect(open.isActive)
        crowd.disperse()
        #expect(!open.isActive)
        _ = crowd.patience(for: late)
        #expect(!late.isActive)
    }

    @Test func onlyTheSecondHalfOfTheSeatsGetsLittlePatience() throws {
        let crowd = Crowd()
        let half = GatewayLimits.connections / 2
        let early = try (0..<half).map { _ in try connected() }
        for channel in early { #expect(crowd.patience(for: channel) == .seconds(GatewayLimits.idleSeconds)) }
        #expect(crowd.patience(for: try connected()) == .seconds(GatewayLimits.crowdedIdleSeconds))
        for channel in early {
            try channel.close().wait()
            channel.embeddedEventLoop.run()
        }
        #expect(crowd.patience(for: try connected()) == .seconds(GatewayLimits.idleSeconds))
    }

    private func connected() throws -> EmbeddedChannel {
        let channel = EmbeddedChannel()
        try channel.connect(to: SocketAddress(ipAddress: "127.0.0.1", port: 1)).wait()
        return channel
    }
}
