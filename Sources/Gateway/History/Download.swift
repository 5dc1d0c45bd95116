import HTTPTypes
import Hummingbird
import Logging
import NIOCore
import TwinCore
import TwinRuntime

/// A history written as a file, however long, with a bounded part of it in memory.
///
/// The next part is read when the client has taken the one before.
struct Download: Sendable {
    /// Whose history, and which part of it.
    let plan: HistoryPlan
    /// How it is written.
    let form: HistoryForm
    /// Held as long as it lasts.
    let seat: WatcherSeats.Seat
    /// Where a failure is told.
    let logger: Logger
    /// What the request is called in the log.
    let requestID: String

    /// The answer.
    ///
    /// - Throws: What the store says where it fails at once; later it is too late for a status.
    func response() async throws -> Response {
        var reader = plan.reader(count: GatewayLimits.downloadSamples)
        let first = try await reader.next()
        let rest = reader
        let table = plan.table(namesSensor: true)
        let body = ResponseBody { writer in
            var reader = rest
            var part = first
            if form == .csv { try await writer.write(Self.header(of: table)) }
            while let items = part {
                try await writer.write(text(items, table))
                do {
                    part = try await reader.next()
                } catch {
                    if let line = breakOff(error) { try await writer.write(line) }
                    // The connection is cut, so that nobody takes the part for the whole.
                    throw error
                }
            }
            try await writer.finish(nil)
        }
        return Response(
            status: .ok,
            headers: [
                .contentType: form.contentType, .cacheControl: "no-store",
                .contentDisposition: "attachment; filename=\"\(fileName)\"",
            ], body: body)
    }

    /// What the file is called: the device, the pin, the sensor if it is one, and the resolution.
    private var fileName: String {
        var parts = ["\(plan.request.device)", "gpio\(plan.request.gpio)"]
        if plan.sensors.count == 1, let key = plan.sensors.first?.key {
            parts.append(key.type)
            if key.address != .none { parts.append(key.address.word) }
        }
        let name = (parts + [plan.resolutionWord]).joined(separator: "-")
        return String(name.map { $0.isASCII && ($0.isLetter || $0.isNumber || "-_".contains($0)) ? $0 : "_" })
            + ".\(form.rawValue)"
    }

    private static func header(of table: HistoryTable) -> ByteBuffer {
        var bytes: [UInt8] = []
        CSVText.append(table.names.map { .string($0) }, to: &bytes)
        return ByteBuffer(bytes: bytes)
    }

    private func text(_ items: [HistoryItem], _ table: HistoryTable) -> ByteBuffer {
        var bytes: [UInt8] = []
        for item in items {
            if form == .csv {
                CSVText.append(table.values(of: item), to: &bytes)
            } else {
                table.json(item).write(to: &bytes)
                bytes.append(UInt8(ascii: "\n"))
            }
        }
        return ByteBuffer(bytes: bytes)
    }

    /// What is written last when there is more that cannot be read.
    private func breakOff(_ error: any Error) -> ByteBuffer? {
        logger.warning("a download was cut short", metadata: ["request_id": "\(requestID)", "error": "\(error)"])
        guard form == .ndjson else { return nil }
        let problem = Problem.unavailable("history-unavailable", "the history ends here because of a failure: \(error)")
        let line: JSONValue = ["error": problem.document(requestID: requestID)]
        return ByteBuffer(string: line.text + "\n")
    }
}
