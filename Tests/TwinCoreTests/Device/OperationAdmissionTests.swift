import Testing
import TwinCore

@Suite struct OperationAdmissionTests {
    private static let isolate = Operation.Kind.isolateSubzone("bench_1", isIsolated: true, reason: "")
    private static let release = Operation.Kind.isolateSubzone("bench_1", isIsolated: false, reason: "")
    private static let questions: [Operation.Kind] = [.status, .diagnostics, .readConfiguration, .setLogLevel("INFO")]
    private static let others: [Operation.Kind] = [
        .measure(GPIO.pin(4), timeoutMilliseconds: 1), .scanOneWire(nil),
        .setEmergencyToken(EmergencyToken("one")!, .device),
        .updateCredentials(Credentials(isEnabled: false, username: "", password: "", reconnects: false)),
    ]
    private static let releasing: [Operation.Kind] = [.leaveSafeMode, .factoryReset, release]

    /// What a device in a state answers to each group: what switches off, questions, others, what lets go.
    private static let table: [(DeviceStatus, isStopped: Bool, [String?])] = [
        (.pendingApproval, false, [nil, nil, "not_approved", "not_approved"]),
        (.pendingApproval, true, [nil, nil, "not_approved", "not_approved"]),
        (.approved, false, [nil, "device_offline", "device_offline", "device_offline"]),
        (.online, false, [nil, nil, nil, nil]),
        (.online, true, [nil, nil, nil, "emergency_stop"]),
        (.offline, false, [nil, "device_offline", "device_offline", "device_offline"]),
        (.rejected, false, [nil, "device_rejected", "device_rejected", "device_rejected"]),
        (.deleted, true, [nil, "device_deleted", "device_deleted", "device_deleted"]),
    ]

    @Test(arguments: table.indices)
    func `each state lets pass what a device takes in it`(_ row: Int) {
        let (status, isStopped, expected) = Self.table[row]
        let groups = [[.enterSafeMode, Self.isolate], Self.questions, Self.others, Self.releasing]
        for (kinds, reason) in zip(groups, expected) {
            for kind in kinds {
                var device = Device(status: status)
                if isStopped { _ = device.stop(at: 10) }
                let lines = device.ask("op-1", kind, at: 20)
                if let reason {
                    #expect(lines == ["refused: \(reason)"], "\(status) \(kind)")
                } else {
                    #expect(lines.last?.hasPrefix("-> op-1 ") == true, "\(status) \(kind) \(lines)")
                }
            }
        }
    }

    @Test func `a stop that covers the device but did not reach it yet refuses the same`() {
        var device = Device.online
        device.context.isHeld = true
        for kind in Self.releasing { #expect(device.ask("op-1", kind, at: 0) == ["refused: emergency_stop"]) }
        #expect(device.ask("op-1", .enterSafeMode, at: 0).last == "-> op-1 safe_mode")
    }

    @Test(arguments: [
        Operation.Kind.measure(GPIO.pin(4), timeoutMilliseconds: 0),
        .measure(GPIO.pin(4), timeoutMilliseconds: 60_001), .setLogLevel(""), .setLogLevel("very loud"),
        .updateCredentials(Credentials(isEnabled: true, username: "ab", password: "12345678", reconnects: true)),
        .updateCredentials(Credentials(isEnabled: true, username: "abc", password: "1234567", reconnects: true)),
        .isolateSubzone("bench 1", isIsolated: true, reason: ""), .isolateSubzone("", isIsolated: false, reason: ""),
    ])
    func `what no device takes is refused`(_ kind: Operation.Kind) {
        var device = Device.online
        #expect(device.ask("op-1", kind, at: 0) == ["refused: invalid"])
    }

    @Test func `of too many the next is refused, but never what switches off`() {
        var device = Device.online
        for number in 0..<32 { #expect(device.ask("op-\(number)", .status, at: 0).count == 2) }
        #expect(device.ask("op-32", .status, at: 1) == ["refused: too_many"])
        #expect(
            device.ask("op-33", .enterSafeMode, at: 2) == [
                "op-0 failed: gave way to op-33, which switches off", "op-33 safe_mode accepted", "-> op-33 safe_mode",
            ])
        #expect(device.state.operations.records.count == OperationLedger.maximumOperations)
        _ = device.hear(.system(SystemAnswer(command: "status", isSuccess: true, error: "")), at: 3)
        #expect(device.ask("op-34", .diagnostics, at: 4).count == 2)
        #expect(device.state.operations.records.count == OperationLedger.maximumOperations)
        #expect(device.operation("op-33") != nil)
        for number in 100..<200 {
            #expect(device.ask("op-\(number)", .enterSafeMode, at: 5).last == "-> op-\(number) safe_mode")
        }
        #expect(device.state.operations.records.count == OperationLedger.maximumOperations)
    }

    @Test func `a safe mode leaves at once and is asked for until it is answered, three times more at most`() {
        for isSent in [true, false] {
            var device = Device(status: .offline)
            _ = device.ask("op-1", .enterSafeMode, at: 0)
            if isSent { _ = device.sent("op-1", at: 0) }
            for time: Int64 in [5_000, 10_000, 15_000] {
                #expect(device.deadline == time)
                #expect(device.tick(at: time) == ["op-1 repeated", "-> op-1 safe_mode"])
            }
            #expect(
                device.tick(at: 20_000) == [
                    isSent ? "op-1 unanswered" : "op-1 failed: it was not handed to the broker in time"
                ])
            #expect(device.operation("op-1")?.attempts == OperationLedger.maximumAttempts)
        }
        var device = Device.online
        _ = device.ask("op-1", .enterSafeMode, at: 0)
        _ = device.hear(.safeMode(SafeModeReport(isActive: true, reason: "command")), at: 100)
        #expect(device.operation("op-1")?.state == .answered)
        #expect(device.deadline == 180_100)
    }

    @Test func `of a safe mode and its end the later word counts`() throws {
        var device = Device.online
        _ = device.ask("op-1", .leaveSafeMode, at: 0)
        #expect(device.whyNot("op-1", .leaveSafeMode) == nil)
        #expect(
            device.ask("op-2", .enterSafeMode, at: 1).first == "op-1 failed: gave way to op-2, which undoes it")
        #expect(device.whyNot("op-1", .leaveSafeMode) == "it is over")
        #expect(
            device.ask("op-3", .leaveSafeMode, at: 2).first == "op-2 failed: gave way to op-3, which undoes it")
        #expect(device.tick(at: 9_000) == [])
        _ = device.ask("op-4", Self.release, at: 9_100)
        #expect(device.ask("op-5", Self.isolate, at: 9_200).first == "op-4 failed: gave way to op-5, which undoes it")
    }

    @Test func `a stop that came while an operation waited for the disk holds it back`() {
        var device = Device.online
        _ = device.ask("op-1", .leaveSafeMode, at: 0)
        _ = device.stop(at: 1)
        #expect(device.whyNot("op-1", .leaveSafeMode)?.hasPrefix("an emergency stop holds") == true)
        #expect(device.whyNot("op-9", .enterSafeMode) == "it is over")
        for status in DeviceStatus.allCases {
            var other = Device(status: status)
            _ = other.stop(at: 0)
            _ = other.ask("op-1", .enterSafeMode, at: 1)
            #expect(other.whyNot("op-1", .enterSafeMode) == nil, "\(status)")
        }
        let failed = device.state.operationFailed(CommandID("op-1"), "an emergency stop came")
        #expect(failed.events.count == 1)
    }

    @Test func `exactly what switches off leaves before anything is durable`() {
        for kind in Self.questions + Self.others + Self.releasing + [.enterSafeMode, Self.isolate] {
            let operation = Operation(id: CommandID("op-1"), kind: kind, issuedBy: "", issuedAt: .beginning)
            let expected = kind == .enterSafeMode || kind == Self.isolate
            #expect(Request.operate(.greenhouse, operation).leavesAtOnce == expected, "\(kind)")
        }
    }

    @Test func `a question's answer counts although the device waits for approval`() {
        var device = Device(status: .pendingApproval)
        let answer = DeviceMessage.system(SystemAnswer(command: "status", isSuccess: true, error: ""))
        #expect(!device.state.isAwaited(answer))
        _ = device.ask("op-1", .status, at: 0)
        #expect(device.state.isAwaited(answer))
        #expect(device.hear(answer, at: 10) == ["op-1 answered yes"])
        #expect(!device.state.isAwaited(answer))
    }
}
