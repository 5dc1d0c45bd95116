import Foundation
import Testing

extension WholeProgram {
    @Suite struct `Models that change while 5,000 readings a second flow` {
        private let devices = (0..<200).map { "ESP_" + String(0xE0_0000 + $0, radix: 16, uppercase: true) }
        private let count = 60_000
        private let perSecond = 5_000
        private let kinds = ["ds18b20", "sht31_temp"]
        /// Within which time what was saved has to be in use, in milliseconds.
        private let promise: Int64 = 1_000

        @Test func `lose none of them, and each value is what one model gives`() async throws {
            try await withSite { site in
                let folder = try ModelFolder(site)
                try folder.save(edition(0, folder))
                let server = try await site.serveReady([], folder.environment)
                try await site.introduce(devices, to: server)
                let store = try Store(site)
                var editions = [try await models(server)]
                let flood = Flood(readings, port: site.brokerPort, perSecond: perSecond)
                await flood.start()

                var delays: [Int64] = []
                for number in 1...4 {
                    try await arrive(number * count / 10, in: store)
                    let saved = try folder.save(edition(number, folder))
                    delays.append(try await takeIn(number, saved, from: server, store, &editions))
                }
                try await arrive(count / 2, in: store)
                try await breakOne(folder, server, store)
                try await arrive(count * 7 / 10, in: store)
                #expect(try await models(server) == editions.last, "what is wrong changes nothing")
                let saved = try folder.save(edition(5, folder))
                delays.append(try await takeIn(5, saved, from: server, store, &editions))
                #expect(try await server.http.get("/api/v1/models").json["problems"] == .list([]))

                try await eventually("the broker has all readings", within: .seconds(120)) {
                    flood.acknowledged == count
                }
                await flood.end()
                try await arrive(count, in: store)
                let readings = try store.modelledReadings()
                try check(readings, against: editions)
                try await checkHistory(of: devices[7], at: server, against: editions)
                tell(flood, readings, delays)
                for delay in delays { #expect(delay <= promise, "in use after \(delays) ms") }
                #expect(try await server.interrupt() == .code(0))
            }
        }

        // MARK: Files

        /// Both kinds' files, whose values tell which edition they are of: n °C more than the first, and n less.
        private func edition(_ number: Int, _ folder: ModelFolder) throws -> [(path: String, text: String)] {
            try [("ds18b20", "0.25", number), ("sht31_temp", "0.5", -number)].map { kind, scale, offset in
                let path = "kinds/\(kind).yaml"
                let line = /\{scale: [^}]*\}/
                let shipped = try String(
                    contentsOf: Site.repository.appending(path: "twins/\(path)"), encoding: .utf8)
                #expect(shipped.contains(line))
                return (path, shipped.replacing(line, with: "{scale: \(scale), offset: \(offset)}"))
            }
        }

        /// Saves a file that is wrong, and shows that it is reported and changes nothing.
        private func breakOne(_ folder: ModelFolder, _ server: Server, _ store: Store) async throws {
            let path = "kinds/ds18b20.yaml"
            let wrong = try folder.text(path).replacing("  - round: {decimals: 2}", with: "  - round: {decimal: 2}")
            let line = try #require(
                wrong.split(separator: "\n", omittingEmptySubsequences: false).firstIndex { $0.contains("{decimal:") })
            let place = "\(folder.url.path)/\(path):\(line + 1)"
            try folder.save([(path, wrong)])
            try await eventually("the problem is shown with its place") {
                let problems = try await server.http.get("/api/v1/models").json["problems"].items
                return problems.contains { $0.text?.hasPrefix(place) == true }
            }
            let log = server.program.complaints
            #expect(log.contains("ERROR doppel.models: Models are wrong; those before stay in use. problem=\(place)"))
            let list = try await server.http.get("/api/v1/models")
            #expect(list.json["sensor_kinds"].items.contains { $0["kind"].text == "ds18b20" })
            #expect(try store.facts("site.catalogue_loaded").count == 5)
        }

        // MARK: What is in use

        /// What a version of a kind does with a raw value.
        private struct Line: Equatable {
            let version: String
            let scale: Double
            let offset: Double
        }

        /// The two kinds as they are in use.
        private func models(_ server: Server) async throws -> [String: Line] {
            var found: [String: Line] = [:]
            for kind in kinds {
                let model = try await server.http.get("/api/v1/models/\(kind)").json
                let step = try #require(model["steps"].items.first { $0["step"].text == "linear" })
                found[kind] = Line(
                    version: try #require(model["version"].text), scale: try #require(step["scale"].number),
                    offset: try #require(step["offset"].number))
            }
            return found
        }

        /// Waits until an edition is in use; returns how long after the save that was, in milliseconds.
        ///
        /// The journalled fact says when, on the same clock.
        private func takeIn(
            _ number: Int, _ saved: Int64, from server: Server, _ store: Store, _ editions: inout [[String: Line]]
        ) async throws -> Int64 {
            var inUse: [String: Line] = [:]
            try await eventually("edition \(number) is in use") {
                inUse = try await models(server)
                return inUse["ds18b20"]?.offset == Double(number) && inUse["sht31_temp"]?.offset == -Double(number)
            }
            editions.append(inUse)
            try await eventually("that is journalled") {
                try store.facts("site.catalogue_loaded").count == number + 1
            }
            let fact = try #require(try store.facts("site.catalogue_loaded").last)
            let digest = try await server.http.get("/api/v1/models").json["digest"].text
            #expect(try "\(fact.body)".contains(#require(digest)))
            return fact.at - saved
        }

        /// Waits until so many readings are stored.
        private func arrive(_ number: Int, in store: Store) async throws {
            try await eventually("\(number) readings are stored", within: .seconds(180)) {
                try store.count() >= number
            }
        }

        // MARK: What was stored

        /// All are there once, each with the value of its own model, and both kinds changed at the same moment.
        private func check(_ readings: [Store.Reading], against editions: [[String: Line]]) throws {
            #expect(readings.count == count)
            #expect(Set(readings.map { "\($0.device) \($0.type) \($0.raw)" }).count == count)
            var wrong: [Store.Reading] = []
            var latest = 0
            var mixed: [Store.Reading] = []
            var perEdition = [Int](repeating: 0, count: editions.count)
            for reading in readings {
                let edition = editions.firstIndex { $0[reading.type]?.version == reading.model }
                guard let edition, let line = editions[edition][reading.type],
                    reading.value == reading.raw * line.scale + line.offset
                else {
                    wrong.append(reading)
                    continue
                }
                perEdition[edition] += 1
                // Once a reading of either kind was processed with an edition, none is with an earlier one.
                if edition < latest { mixed.append(reading) }
                latest = max(latest, edition)
            }
            #expect(wrong.isEmpty, "\(wrong.count) values do not fit their model, such as \(wrong.prefix(3))")
            #expect(mixed.isEmpty, "\(mixed.count) were processed with half a catalogue: \(mixed.prefix(3))")
            #expect(perEdition.allSatisfy { $0 > 0 }, "readings of each edition: \(perEdition)")
        }

        /// What the interface shows says the same.
        private func checkHistory(
            of device: String, at server: Server, against editions: [[String: Line]]
        ) async throws {
            for (kind, gpio) in [("ds18b20", 4), ("sht31_temp", 0)] {
                let path = "/api/v1/twins/\(device)/sensors/\(gpio)/history?type=\(kind)&limit=5000"
                let items = try await server.http.get(path).json["items"].items
                #expect(items.count == count / devices.count / kinds.count)
                for item in items {
                    let stamp = try #require(item["model"].text)
                    let line = editions.lazy.compactMap { $0[kind] }.first { stamp == "\(kind)@\($0.version)+0" }
                    let raw = try #require(item["raw"].number)
                    let expected = try #require(line, "\(stamp) was never in use")
                    #expect(item["value"].number == raw * expected.scale + expected.offset)
                }
            }
        }

        private func tell(_ flood: Flood, _ readings: [Store.Reading], _ delays: [Int64]) {
            let receipts = readings.map(\.receipt)
            let span = max(1, (receipts.max() ?? 0) - (receipts.min() ?? 0))
            print(
                "reload: \(Int(flood.rate ?? 0)) readings/s published, \(Int64(count) * 1000 / span)/s taken in,",
                "models in use \(delays) ms after their save (the last one mends)")
        }

        /// All readings, device by device in turn, each of a raw value that its sensor sends once.
        private var readings: [(topic: String, payload: String)] {
            let now = RawDevice.now
            return (0..<count).map { number in
                let device = devices[number % devices.count]
                let turn = number / devices.count
                let (raw, isWire) = (turn / kinds.count, turn.isMultiple(of: kinds.count))
                let gpio = isWire ? 4 : 0
                let address =
                    isWire ? #""onewire_address":"28AA11BB22CC33D4""# : #""i2c_address":68"#
                return (
                    "kaiser/god/esp/\(device)/sensor/\(gpio)/data",
                    RawDevice.reading(
                        of: device, isWire ? "ds18b20" : "sht31_temp", gpio: gpio, raw: raw, at: now, address: address)
                )
            }
        }
    }
}
