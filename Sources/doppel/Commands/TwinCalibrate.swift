public import ArgumentParser
import Foundation
public import TwinCore

/// `doppel twin calibrate`.
struct TwinCalibrate: AsyncParsableCommand {
    /// One step of a guided calibration.
    enum Step: String, ExpressibleByArgument, CaseIterable {
        case show, begin, point, drop, apply, abandon, remove
    }

    static let configuration = CommandConfiguration(
        commandName: "calibrate", abstract: "Calibrate a sensor, step by step.",
        discussion: """
            begin --method ph, then point --reference 7.0 with the probe in the first buffer, point --reference 4.01 in \
            the second, show to see what would come of it, and apply or abandon. drop --index takes a point back; remove \
            uses the kind's defaults again. \(ClientExit.explanation)
            """)

    @OptionGroup var options: ClientOptions

    @Argument(help: "The device's name, such as ESP_A1B2C3.")
    var device: DeviceID

    @Argument(help: "The sensor as `doppel twin show` names it, such as 34:ph.")
    var sensor: String

    @Argument(help: "show, begin, point, drop, apply, abandon or remove.")
    var step: Step

    @Option(help: "With begin: offset, linear, moisture, ph, ec_one_point or ec_two_point.")
    var method: CalibrationMethod?

    @Flag(help: "With begin: the probe's values grow the other way.")
    var inverted = false

    @Option(help: "With point: the true value, in the sensor's unit.")
    var reference: Double?

    @Option(help: "With point: the raw value (default: the live one).")
    var raw: Double?

    @Option(help: "With drop: the point's place, counted from 0.")
    var index: Int?

    func validate() throws {
        guard SensorKey(id: sensor) != nil else {
            throw ValidationError("'\(sensor)' is no sensor; it looks like 34:ph or 4:ds18b20:28AA11BB22CC33D4.")
        }
        if step == .begin, method == nil { throw ValidationError("begin needs --method.") }
        if step == .point, reference == nil { throw ValidationError("point needs --reference.") }
        if step == .drop, (index ?? -1) < 0 { throw ValidationError("drop needs --index, counted from 0.") }
        if let reference, !reference.isFinite { throw ValidationError("--reference must be a number.") }
        if let raw, !raw.isFinite { throw ValidationError("--raw must be a number.") }
    }

    func run() async throws {
        try await options.converse(step == .show ? .reading : .commanding) { session async throws(ClientFailure) in
            try await perform(session)
        }
    }

    /// Takes the step and shows how the sensor is calibrated then.
    func perform(_ session: ClientSession) async throws(ClientFailure) -> Int32 {
        session.show(try await take(session.client), CalibrationSheet.lines)
        return ClientExit.success
    }

    private func take(_ client: DoppelClient) async throws(ClientFailure) -> DoppelClient.Answer {
        let path = "/api/v1/twins/\(device)/sensors/\(sensor)/calibration"
        return switch step {
        case .show: try await client.get(path)
        case .begin: try await client.post("\(path)/session", Array(beginning.utf8))
        case .point: try await client.post("\(path)/session/points", Array(point.utf8))
        case .drop: try await client.delete("\(path)/session/points/\(index ?? 0)")
        case .apply: try await client.post("\(path)/session/apply", Array("{}".utf8))
        case .abandon: try await client.delete("\(path)/session")
        case .remove: try await client.delete(path)
        }
    }

    private var beginning: String {
        #"{"method":\#(JSONText.quoted(method?.rawValue ?? "")),"inverted":\#(inverted)}"#
    }

    private var point: String {
        let raw = raw.map { #","raw":\#($0)"# } ?? ""
        return #"{"reference":\#(reference ?? 0)\#(raw)}"#
    }
}

extension CalibrationMethod: ExpressibleByArgument {}
