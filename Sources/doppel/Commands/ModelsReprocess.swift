public import ArgumentParser
import Foundation
public import TwinCore

/// `doppel models reprocess`.
struct ModelsReprocess: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "reprocess", abstract: "Process a sensor's stored raw values again.",
        discussion: """
            Uses the models and the calibration in use now. Raw values stay as they are; processed values, their \
            qualities and the model they stem from are replaced. \(ClientExit.explanation)
            """)

    /// For how many seconds the end is awaited; a year of one sensor is some hundred thousand values.
    static let patienceSeconds = 300

    @OptionGroup var options: ClientOptions

    @Option(help: "The device's name, such as ESP_A1B2C3; may stand in --sensor instead.")
    var device: DeviceID?

    @Option(help: "The sensor as `doppel twin show` names it, such as 34:ph, or with its device: ESP_A1B2C3/34:ph.")
    var sensor: SensorName

    @Option(help: "The earliest time of measurement, such as 2026-05-01T00:00:00Z.")
    var from: UnixTime

    @Option(help: "The time of measurement up to which, exclusive (default: now).")
    var to: UnixTime?

    func validate() throws {
        switch (device, sensor.device) {
        case (nil, nil): throw ValidationError("Name the device: --device ESP_A1B2C3, or --sensor ESP_A1B2C3/34:ph.")
        case (let one?, let other?) where one != other:
            throw ValidationError("--device says \(one), --sensor \(other); leave one of them out.")
        default: break
        }
        if let to, to <= from { throw ValidationError("--to must be later than --from.") }
    }

    func run() async throws {
        try await options.converse(.reprocessing) { session async throws(ClientFailure) in try await perform(session) }
    }

    /// Asks for it, and shows what came of it.
    func perform(_ session: ClientSession) async throws(ClientFailure) -> Int32 {
        let answer = try await session.client.post(path, Array(body.utf8), wait: Self.patienceSeconds)
        session.show(answer, ModelSheet.lines(reprocessing:))
        return ClientExit.success
    }

    private var path: String {
        let name = (device ?? sensor.device)?.description ?? ""
        let allowed = CharacterSet.urlPathAllowed.subtracting(["/"])
        let key = sensor.key.id.addingPercentEncoding(withAllowedCharacters: allowed) ?? sensor.key.id
        return "/api/v1/twins/\(name)/sensors/\(key)/reprocess"
    }

    /// The request as JSON.
    private var body: String {
        let to = to.map { #","to":\#(JSONText.quoted($0.rfc3339))"# } ?? ""
        return #"{"from":\#(JSONText.quoted(from.rfc3339))\#(to)}"#
    }
}

/// A sensor on the command line, with or without its device.
struct SensorName: ExpressibleByArgument, Equatable {
    /// The device, where it is named.
    let device: DeviceID?
    /// The sensor.
    let key: SensorKey

    /// Accepts `34:ph` and `ESP_A1B2C3/34:ph`.
    init?(argument: String) {
        let parts = argument.split(separator: "/", maxSplits: 1, omittingEmptySubsequences: false)
        guard let last = parts.last, let key = SensorKey(id: String(last)) else { return nil }
        device = parts.count == 2 ? DeviceID(argument: String(parts[0])) : nil
        guard parts.count == 1 || device != nil else { return nil }
        self.key = key
    }
}

extension UnixTime: ExpressibleByArgument {
    /// Accepts a time as RFC 3339 writes it.
    public init?(argument: String) { self.init(rfc3339: argument) }
}
