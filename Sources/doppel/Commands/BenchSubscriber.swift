import ArgumentParser
import MQTTBroker

/// The baseline of `doppel bench ingest`, as a process of its own.
struct BenchSubscriber: ParsableCommand {
    static let configuration = CommandConfiguration(commandName: "subscriber", shouldDisplay: false)

    @Option var port: UInt16
    @Option var messages: Int

    func run() throws {
        guard
            let subscriber = BareSubscriber(
                host: "127.0.0.1", port: port, filter: "kaiser/#", receiveMaximum: BrokerOptions.defaultReceiveMaximum,
                target: messages)
        else { throw ExitCode(2) }
        let isDone = subscriber.run { Console.standard.show("ready") }
        guard isDone else { throw ExitCode(2) }
        Console.standard.show("done \(BenchClock.now) \(ProcessMeasures.cpuSeconds)")
    }
}
