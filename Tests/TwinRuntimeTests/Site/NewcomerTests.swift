import Testing
import TwinCore

@testable import TwinRuntime

/// How many newcomers are taken in, and how one that was sent away comes back.
@Suite struct NewcomerTests {
    private static let manual = RuntimeOptions(approval: .manual, tellsProcessed: false)

    private func device(_ number: Int) -> DeviceID { DeviceID("ESP_A000\(number + 10)")! }

    @Test func `more newcomers within a minute than an operator can look at are refused and counted`() throws {
        let stage = try Stage.started(options: Self.manual)
        for number in 0..<AdmissionLimit.maximumInWindow { stage.beat(device(number)) }
        #expect(stage.twins.count == AdmissionLimit.maximumInWindow)
        stage.beat(device(10))
        #expect(stage.twins.count == AdmissionLimit.maximumInWindow)
        #expect(stage.deadLetters.map(\.refusal.reason) == [.admissionLimited])
        #expect(stage.refusals(.admissionLimited) == 1)
        let counted = stage.runtime.assumeIsolated { $0.measurements() }
            .first { $0.labels.contains { $0.value == "admission_limited" } }
        #expect(counted?.value == 1)
        #expect(!stage.left().contains { $0.hasPrefix("\(device(10))") })
        // Those who are known already are not newcomers.
        stage.beat(device(3))
        #expect(stage.refusals(.admissionLimited) == 1)
        stage.pass(milliseconds: AdmissionLimit.windowMilliseconds)
        stage.beat(device(10))
        #expect(stage.twin(device(10))?.device.status == .pendingApproval)
    }

    @Test func `where whoever speaks takes part there is no such limit`() throws {
        let stage = try Stage.started()
        for number in 0..<50 { stage.beat(device(number)) }
        #expect(stage.twins.count == 50)
        #expect(stage.deadLetters.isEmpty)
    }

    @Test func `a device that was removed is driven off, told so, and its messages are refused`() throws {
        let stage = try Stage.greenhouse()
        _ = stage.command(.on, seconds: 60)
        stage.configure { $0.name = "bench" }
        stage.broker.forget()
        #expect(try stage.admit(.delete).value?.get().snapshot.device.status == .deleted)
        #expect(stage.left() == ["ESP_7C19F2/26 OFF"])
        stage.show(.first, 26, .off)
        #expect(stage.last("heartbeat/ack")?.member("upstream_deleted") == "true")
        #expect(stage.left() == ["ESP_7C19F2 ack error 3"])
        stage.read(.first, raw: 348, seq: 1)
        #expect(stage.deadLetters.map(\.refusal.reason) == [.deviceDeleted])
        stage.beat(.first)
        #expect(stage.left().first == "ESP_7C19F2 ack error 3")
        #expect(stage.twin()?.device.status == .deleted)
        #expect(stage.twin()?.device.configuration.desired == Desired())
        let wish = stage.configure { $0.name = "bench" }
        guard case .failure(.unsuitable) = wish.value else {
            Issue.record("a removed device was configured")
            return
        }
    }

    @Test func `a removed device stays removed over a restart, until it is approved`() throws {
        let before = try Stage.greenhouse()
        before.admit(.delete)
        let stage = try Stage.started(on: before.journal.disk, seed: 2)
        stage.beat(.first)
        #expect(stage.twin()?.device.status == .deleted)
        #expect(try stage.admit(.approve).value?.get().snapshot.device.status == .approved)
        stage.beat(.first)
        #expect(stage.twin()?.device.status == .online)
        stage.read(.first, raw: 348, seq: 1)
        #expect(stage.twin()?.sensors.first?.count == 1)
    }

    @Test func `removed devices are listed for those who ask for them`() throws {
        let stage = try Stage.greenhouse()
        stage.admit(.delete)
        func listed(_ status: DeviceStatus?) -> [DeviceID] {
            stage.runtime.assumeIsolated { runtime in
                runtime.look(TwinQuery(status: status, limit: 10, after: nil), after: nil).found
                    .map(\.snapshot.device.id)
            }
        }
        #expect(listed(nil) == [.second])
        #expect(listed(.deleted) == [.first])
    }

    @Test func `a rejected device that still speaks after a while waits for approval again`() throws {
        let stage = try Stage.greenhouse()
        stage.admit(.reject)
        stage.pass(milliseconds: DeviceState.readmissionMilliseconds - 1)
        stage.broker.forget()
        stage.beat(.first)
        #expect(stage.left() == ["ESP_7C19F2 ack rejected 3"])
        stage.pass(milliseconds: 1)
        stage.beat(.first)
        #expect(stage.left() == ["ESP_7C19F2 ack pending_approval 3"])
        #expect(stage.twin()?.device.status == .pendingApproval)
        stage.read(.first, raw: 348, seq: 1)
        #expect(stage.deadLetters.map(\.refusal.reason) == [.notApproved])
    }
}
