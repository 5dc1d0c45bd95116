import TwinCore

extension KaiserEncoder {
    static func configuration(_ step: ConfigurationStep, at address: DeviceAddress) -> OutboundMessage {
        preconditionFailure("\(step)")
    }
}
