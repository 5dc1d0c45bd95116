import ArgumentParser
import MQTTBroker

/// The baseline of `doppel bench processing`, as a process of its own: sends every request back as its answer.
struct BenchEcho: ParsableCommand {
    static let configuration = CommandConfiguration(commandName: "echo", shouldDisplay: false)

    @Option var port: UInt16

    func run() throws {
        let echo = BareSubscriber(
            host: "127.0.0.1", port: port, filter: "kaiser/god/esp/+/pi_enhanced/request",
            receiveMaximum: BrokerOptions.defaultReceiveMaximum, target: .max
        ) { $0.replacing("/request", with: "/response") }
        guard let echo else { throw ExitCode(2) }
        _ = echo.run { Console.standard.show("ready") }
    }
}
