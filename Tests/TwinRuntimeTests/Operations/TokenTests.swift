import Testing
import TwinCore

@testable import TwinRuntime

/// The secrets without which a device does not obey an emergency stop.
@Suite struct TokenTests {
    private let telling = "set_emergency_token"

    private func set(_ stage: Stage, _ text: String) throws {
        _ = try stage.operate(.setEmergencyToken(EmergencyToken(text)!, .device)).value?.get()
    }

    private func answer(_ stage: Stage, isSuccess: Bool = true, _ use: TokenUse, of device: DeviceID = .first) {
        stage.answerSystem(telling, isSuccess: isSuccess, more: ",\"token_type\":\"\(use.rawValue)\"", of: device)
    }

    private func lose(_ stage: Stage, _ device: DeviceID) {
        stage.hear(from: device, "system/will", "{\"status\":\"offline\",\"esp_id\":\"\(device)\",\"timestamp\":0}")
    }

    /// What was told of secrets since the last look.
    private func told(_ stage: Stage) -> [String] { stage.left().filter { $0.contains(telling) } }

    @Test func `a stop carries every secret that the device may hold`() throws {
        let stage = try Stage.greenhouse()
        try set(stage, "old")
        answer(stage, .device)
        try set(stage, "new")
        stage.broker.forget()
        _ = stage.stop(.device(.first))
        #expect(stage.left().filter { $0.contains(" stop") } == ["ESP_7C19F2 stop new", "ESP_7C19F2 stop old"])
        answer(stage, .device)
        stage.broker.forget()
        _ = stage.stop(.device(.first))
        #expect(stage.left().filter { $0.contains(" stop") } == ["ESP_7C19F2 stop new"])
    }

    @Test func `a secret that the device refused is not used any more`() throws {
        let stage = try Stage.greenhouse()
        try set(stage, "new")
        answer(stage, isSuccess: false, .device)
        #expect(stage.twin()?.device.tokens.device.refusal != nil)
        stage.broker.forget()
        _ = stage.stop(.device(.first))
        #expect(stage.left().filter { $0.contains(" stop") } == ["ESP_7C19F2 stop"])
    }

    @Test func `the secret of broadcasts is told to those who are there and carried by the stop of all`() throws {
        let stage = try Stage.greenhouse()
        #expect(throws: Never.self) { try stage.setBroadcastToken("all1").value?.get() }
        #expect(told(stage) == ["ESP_0D44A19C \(telling) all1", "ESP_7C19F2 \(telling) all1"])
        _ = stage.stop(.all)
        #expect(stage.left().first == "all stop all1")
    }

    @Test func `the secret of broadcasts is told to a device that comes back, once each time until it holds it`() throws
    {
        let stage = try Stage.greenhouse()
        lose(stage, .first)
        stage.setBroadcastToken("all1")
        #expect(told(stage) == ["ESP_0D44A19C \(telling) all1"])
        answer(stage, .broadcast, of: .second)
        for _ in 0..<2 {
            stage.beat(.first)
            stage.pass(milliseconds: DeviceState.settleMilliseconds - 1)
            #expect(told(stage) == [])
            stage.pass(milliseconds: 1)
            #expect(told(stage) == ["ESP_7C19F2 \(telling) all1"])
            stage.pass(milliseconds: 30_000)
            stage.beat(.first)
            stage.pass(milliseconds: 29_000)
            #expect(told(stage) == [])
            lose(stage, .first)
        }
        stage.beat(.first)
        stage.pass(milliseconds: 5_000)
        answer(stage, .broadcast)
        stage.broker.forget()
        for device in [DeviceID.first, .second] {
            lose(stage, device)
            stage.beat(device)
        }
        stage.pass(milliseconds: 60_000)
        #expect(told(stage) == [])
    }

    @Test func `a newcomer is told the secret of broadcasts`() throws {
        let stage = try Stage.started()
        stage.setBroadcastToken("all1")
        stage.beat(.first)
        stage.pass(milliseconds: 5_000)
        #expect(told(stage) == ["ESP_7C19F2 \(telling) all1"])
    }

    @Test func `a secret that could not leave is told when the connection is back`() throws {
        let stage = try Stage.greenhouse()
        stage.pass(milliseconds: 10_000)
        stage.broker.loseControl()
        stage.setBroadcastToken("all1")
        stage.pass(milliseconds: 1_000)
        #expect(told(stage) == [])
        stage.broker.connect()
        stage.settle()
        #expect(told(stage) == ["ESP_0D44A19C \(telling) all1", "ESP_7C19F2 \(telling) all1"])
    }

    @Test func `a secret that changes again while the device has not answered is told a while later`() throws {
        let stage = try Stage.greenhouse()
        stage.setBroadcastToken("all1")
        stage.setBroadcastToken("all2")
        #expect(told(stage) == ["ESP_0D44A19C \(telling) all1", "ESP_7C19F2 \(telling) all1"])
        answer(stage, .broadcast)
        stage.pass(milliseconds: TokenTelling.pauseMilliseconds)
        #expect(told(stage).contains("ESP_7C19F2 \(telling) all2"))
    }

    @Test func `a device that refuses the secret of broadcasts is told it again when it comes back`() throws {
        let stage = try Stage.greenhouse()
        stage.setBroadcastToken("all1")
        answer(stage, isSuccess: false, .broadcast)
        stage.broker.forget()
        stage.pass(milliseconds: 30_000)
        stage.beat(.first)
        #expect(told(stage) == [])
        stage.beat(.first, boot: "b2")
        stage.pass(milliseconds: 5_000)
        #expect(told(stage) == ["ESP_7C19F2 \(telling) all1"])
    }

    @Test func `a device is not given a secret of broadcasts that is not the site's`() throws {
        let stage = try Stage.greenhouse()
        stage.setBroadcastToken("all1")
        answer(stage, .broadcast)
        let other = Operation.Kind.setEmergencyToken(EmergencyToken("other")!, .broadcast)
        guard case .failure(.operationRefused(let refusal)) = stage.operate(other).value else {
            Issue.record("it was taken")
            return
        }
        #expect(refusal.reason == .tokenMismatch)
    }

    @Test func `secrets survive a restart, and who holds them is not told again`() throws {
        let before = try Stage.greenhouse()
        before.setBroadcastToken("all1")
        answer(before, .broadcast)
        try set(before, "mine")
        let stage = try Stage.started(on: before.journal.disk, seed: 2)
        stage.beat(.first)
        stage.beat(.second)
        // The other one may still answer what it was told before.
        stage.pass(milliseconds: OperationLedger.answerMilliseconds - 1)
        #expect(told(stage) == [])
        stage.pass(milliseconds: TokenTelling.pauseMilliseconds)
        #expect(told(stage) == ["ESP_0D44A19C \(telling) all1"])
        _ = stage.stop(.all)
        let left = stage.left()
        #expect(left.first == "all stop all1")
        #expect(left.contains("ESP_7C19F2 stop mine"))
    }

    @Test func `a secret that the device did not take is told again, ever more seldom`() throws {
        let stage = try Stage.greenhouse()
        stage.pass(milliseconds: 3_000)
        stage.setBroadcastToken("all1")
        #expect(told(stage).filter { $0.contains("ESP_7C19F2") }.count == 1)
        var counts: [Int] = []
        for _ in 0..<8 {
            stage.pass(milliseconds: 60_000)
            for device in [DeviceID.first, .second] { stage.beat(device) }
            answer(stage, isSuccess: false, .broadcast)
            counts.append(told(stage).count { $0.contains("ESP_7C19F2") })
        }
        #expect(counts == [1, 0, 1, 0, 0, 0, 1, 0])
    }

    @Test func `a stop of everything carries the secrets that devices may still hold`() throws {
        let stage = try Stage.greenhouse()
        for text in ["all1", "all2", "all1", "all3", "all4", "all5"] { stage.setBroadcastToken(text) }
        stage.broker.forget()
        _ = stage.stop(.all)
        let all = ["all stop all5", "all stop all4", "all stop all3", "all stop all1"]
        #expect(stage.left().filter { $0.hasPrefix("all") } == all)
        stage.broker.loseControl()
        stage.broker.connect()
        stage.settle()
        #expect(stage.left().filter { $0.hasPrefix("all") } == all)
    }

    @Test func `a secret that was taken away is still carried, and the stop leaves without one as well`() throws {
        let stage = try Stage.greenhouse()
        stage.setBroadcastToken("all1")
        stage.runtime.assumeIsolated { $0.setBroadcastToken(nil, by: "user:mara") { _ in } }
        stage.settle()
        stage.broker.forget()
        _ = stage.stop(.all)
        #expect(stage.left().filter { $0.hasPrefix("all") } == ["all stop", "all stop all1"])
    }
}
