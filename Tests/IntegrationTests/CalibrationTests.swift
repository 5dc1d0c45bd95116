import Foundation
import Testing

extension WholeProgram {
    @Suite struct `A pH probe` {
        private let id = "ESP_0CA11B"
        private var path: String { "/api/v1/twins/\(id)/sensors/34:ph/calibration" }

        /// What the probe shows in the buffer of pH 7.00, and in that of pH 4.01: 59.2 mV for each pH, times 3.
        private let neutral = 1861
        private let acid = 2520
        /// What it shows in the nutrient solution.
        private let nutrient = 2190

        @Test func `is calibrated in two buffers, is right from the next reading on, and then also in its past`()
            async throws
        {
            try await withSite { site in
                var server = try await site.serveReady()
                let device = site.device(id)
                try await device.join()
                try await device.register(expecting: "online")
                try await dip(device, neutral, server)
                let before = try await server.http.twin(id)["sensors"][0]
                #expect(before["value"].number == defaultValue(neutral))
                #expect(before["model"].text?.hasSuffix("+0") == true)

                let begun = try await server.http.post("\(path)/session", #"{"method":"ph"}"#)
                #expect(begun.status == 200, "\(begun)")
                #expect(begun.json["current"] == .null)
                #expect(begun.json["live_raw"].number == Double(neutral))
                let first = try await server.http.post("\(path)/session/points", #"{"reference":7.0}"#)
                #expect(first.json["session"]["points"][0]["raw"].number == Double(neutral))
                #expect(first.json["preview"]["usable"].flag == false)
                #expect(first.json["preview"]["why"].text?.isEmpty == false)
                #expect(try await server.http.post("\(path)/session/apply").status == 409)

                try await dip(device, acid, server)
                let second = try await server.http.post("\(path)/session/points", #"{"reference":4.01}"#)
                let preview = second.json["preview"]
                #expect(preview["usable"].flag == true, "\(second)")
                #expect(abs((preview["millivolts_per_ph"].number ?? 0) - 59.2) < 0.1)
                #expect(preview["value"].number == 4.01)
                #expect(abs((preview["slope"].number ?? 0) - line.slope) < 1e-9)
                let applied = try await server.http.post("\(path)/session/apply")
                #expect(applied.status == 200, "\(applied)")
                #expect(applied.json["session"] == .null)
                #expect(applied.json["current"]["number"].number == 1)
                #expect(applied.json["due"].text?.hasSuffix("Z") == true)
                #expect(try await server.http.twin(id)["sensors"][0]["value"].number == defaultValue(acid))

                await device.leave()
                try await server.program.kill()
                server = try await site.serveReady()
                try await device.join()
                try await device.register(expecting: "online")
                try await dip(device, nutrient, server)
                let after = try await server.http.twin(id)["sensors"][0]
                #expect(after["value"].number == value(nutrient))
                #expect(after["quality"].text == "good")
                #expect(after["model"].text?.hasSuffix("+1") == true)

                try await reprocess(site, server)
            }
        }

        @Test func `whose buffers were mixed up is not calibrated with that`() async throws {
            try await withSite { site in
                let server = try await site.serveReady()
                let device = site.device(id)
                try await device.join()
                try await device.register(expecting: "online")
                #expect(try await server.http.post("\(path)/session", #"{"method":"ph"}"#).status == 404)
                try await dip(device, neutral, server)
                #expect(try await server.http.post("\(path)/session/points", #"{"reference":7}"#).status == 409)
                #expect(try await server.http.post("\(path)/session", #"{"method":"moisture"}"#).status == 409)
                #expect(try await server.http.post("\(path)/session", #"{"method":"ph"}"#).status == 200)
                _ = try await server.http.post("\(path)/session/points", #"{"reference":4.01}"#)
                try await dip(device, acid, server)
                let mixed = try await server.http.post("\(path)/session/points", #"{"reference":7}"#)
                #expect(mixed.json["preview"]["usable"].flag == false)
                let refused = try await server.http.post("\(path)/session/apply")
                #expect(refused.status == 409)
                #expect(refused.json["detail"].text?.contains("were the buffers mixed up?") == true, "\(refused)")

                let dropped = try await server.http.delete("\(path)/session/points/1")
                #expect(dropped.json["session"]["points"].items.count == 1)
                #expect(try await server.http.delete("\(path)/session").json["session"] == .null)
                #expect(try await server.http.get(path).json["current"] == .null)
                try await dip(device, nutrient, server)
                #expect(try await server.http.twin(id)["sensors"][0]["value"].number == defaultValue(nutrient))
            }
        }

        /// Puts the probe into something, and waits until the twin has seen it.
        private func dip(_ device: RawDevice, _ raw: Int, _ server: Server) async throws {
            try await device.report("ph", gpio: 34, raw: raw)
            try await eventually("a raw value of \(raw) is the live one") {
                try await server.http.twin(id)["sensors"][0]["raw"].number == Double(raw)
            }
        }

        /// Processes what was stored before the calibration again, as an operator does.
        private func reprocess(_ site: Site, _ server: Server) async throws {
            let history = "/api/v1/twins/\(id)/sensors/34/history?type=ph"
            let old = try await server.http.get(history).json["items"].items
            #expect(old.map { $0["value"].number } == [value(nutrient), defaultValue(acid), defaultValue(neutral)])
            let arguments = ["models", "reprocess", "--from", "2020-01-01T00:00:00Z", "--url", server.http.url]
            let program = try await site.run(arguments + ["--sensor", "\(id)/34:ph"])
            #expect(program.exit == .code(0), "\(program.tail)")
            let row = program.output.split(separator: "\n").last?.split(separator: " ").map(String.init) ?? []
            #expect(row.prefix(2) == ["3", "2"], "\(program.tail)")

            let new = try await server.http.get(history).json["items"].items
            #expect(new.map { $0["raw"].number } == [nutrient, acid, neutral].map { Double($0) })
            #expect(new.map { $0["value"].number } == [value(nutrient), 4.01, 7])
            #expect(new.allSatisfy { $0["model"].text?.hasSuffix("+1") == true })
            let noted = try await server.http.twin(id)["sensors"][0]["reprocessed"]
            #expect(noted["examined"].number == 3 && noted["changed"].number == 2)

            let unknown = try await site.run(arguments + ["--sensor", "\(id)/35:ph"])
            #expect(unknown.exit == .code(1))
            #expect(unknown.complaints.contains("has no sensor '35:ph'"), "\(unknown.tail)")
            let wrong = try await site.run(arguments + ["--sensor", "ph"])
            #expect(wrong.exit == .code(64))
        }

        // MARK: Arithmetic

        private func volts(_ raw: Int) -> Double { Double(raw) / 4095 * 3.3 }

        private var line: (slope: Double, offset: Double) {
            let slope = (4.01 - 7) / (volts(acid) - volts(neutral))
            return (slope, 7 - slope * volts(neutral))
        }

        private func value(_ raw: Int) -> Double { rounded(line.slope * volts(raw) + line.offset) }

        /// Without a calibration: PROTOCOL's 7 - 3.5 * (V - 1.5).
        private func defaultValue(_ raw: Int) -> Double { rounded(7 - 3.5 * (volts(raw) - 1.5)) }

        private func rounded(_ value: Double) -> Double { (value * 100).rounded() / 100 }
    }
}
