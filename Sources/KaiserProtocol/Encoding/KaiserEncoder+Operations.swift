import TwinCore

extension KaiserEncoder {
    static func operation(_ operation: Operation, at address: DeviceAddress) -> OutboundMessage {
        preconditionFailure("\(operation)")
    }
}
