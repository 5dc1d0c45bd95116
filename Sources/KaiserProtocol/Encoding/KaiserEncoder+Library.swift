import TwinCore

extension KaiserEncoder {
    static func library(_ order: LibraryOrder, at address: DeviceAddress) -> OutboundMessage {
        preconditionFailure("\(order)")
    }
}
