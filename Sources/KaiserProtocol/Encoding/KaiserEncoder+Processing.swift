import TwinCore

extension KaiserEncoder {
    static func processingAnswer(_ answer: ProcessingAnswer) -> OutboundMessage { preconditionFailure("\(answer)") }
    static func processedValue(_ value: ProcessedValue) -> OutboundMessage { preconditionFailure("\(value)") }
}
