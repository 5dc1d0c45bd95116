import Testing
import TwinCore

@testable import TwinRuntime
@testable import World

/// What `/metrics` says of how long raw values wait for their processed values.
@Suite struct ProcessingTimesTests {
    @Test func `nothing is said of a way that nothing left on`() throws {
        let stage = try Stage.greenhouse()
        #expect(stage.answers(.response) == nil)
        #expect(stage.milliseconds(.response, 99) == nil)
    }

    @Test func `a request that waits for nothing is answered within its turn`() throws {
        let stage = try Stage.greenhouse()
        stage.ask(.first, "ds18b20", raw: 348)
        #expect(stage.answers(.response) == 1)
        #expect(stage.milliseconds(.response, 100) == 0)
    }

    @Test func `what an answer waits for a commit counts, from its own receipt on`() throws {
        let stage = try Stage.greenhouse()
        stage.journal.mode = .held
        stage.read(.first, raw: 348, seq: 1)
        stage.pass(milliseconds: 3)
        stage.ask(.second, "ds18b20", raw: 348)
        stage.pass(milliseconds: 4)
        #expect(stage.answers(.response) == nil)
        stage.journal.release()
        #expect(stage.answers(.response) == 1)
        #expect(stage.milliseconds(.response, 100) == 4)
        // The one that goes with the answer.
        #expect(stage.answers(.processed) == 1)
        #expect(stage.milliseconds(.processed, 100) == 4)
    }

    @Test func `an answer that the connection does not take is not counted`() throws {
        let stage = try Stage.greenhouse()
        stage.broker.isTaking = false
        stage.ask(.first, "ds18b20", raw: 348)
        #expect(stage.answers(.response) == nil)
    }

    @Test func `a refusal to process is an answer too`() throws {
        let stage = try Stage.greenhouse()
        stage.ask(.first, "no_such_sensor", raw: 1)
        #expect(stage.answers(.response) == 1)
        #expect(stage.answers(.processed) == nil)
    }

    @Test func `a call over HTTP counts from its asking on`() throws {
        let stage = try Stage.greenhouse()
        let askedAt = stage.loop.uptimeNanoseconds
        stage.pass(milliseconds: 2)
        let call = ProcessingCall(device: nil, gpio: .pin(4), type: "ds18b20", raw: 348)
        let result = stage.runtime.assumeIsolated { $0.process(call, askedAt: askedAt) }
        #expect(try result.get().map(\.value) == [21.75])
        #expect(stage.answers(.http) == 1)
        #expect(stage.milliseconds(.http, 50) == 2)
    }
}

extension Stage {
    fileprivate func ask(_ device: DeviceID, _ type: String, raw: Int) {
        hear(
            from: device, "pi_enhanced/request",
            #"{"gpio":4,"raw_value":\#(raw),"type":"digital","sensor_type":"\#(type)","request_id":"r1"}"#)
    }

    fileprivate func answers(_ door: ProcessingTimes.Door) -> Double? {
        measured("doppel_processing_answers_total", ["door": door.rawValue])
    }

    fileprivate func milliseconds(_ door: ProcessingTimes.Door, _ percentile: Int) -> Double? {
        measured("doppel_processing_milliseconds", ["door": door.rawValue, "percentile": "\(percentile)"])
    }

    private func measured(_ name: String, _ labels: [String: String]) -> Double? {
        let all = runtime.assumeIsolated { $0.measurements() }
        return all.first { one in
            one.name == name && Dictionary(uniqueKeysWithValues: one.labels.map { ($0.name, $0.value) }) == labels
        }?.value
    }
}
