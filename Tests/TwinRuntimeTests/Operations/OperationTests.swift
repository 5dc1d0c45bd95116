import Testing
import TwinCore

@testable import TwinRuntime

/// What an operator asks a device to do beside switching outputs, from the question to its end.
@Suite struct OperationTests {
    private let measure = Operation.Kind.measure(.pin(34), timeoutMilliseconds: 5_000)

    private func begin(_ stage: Stage, _ kind: TwinCore.Operation.Kind) throws -> CommandID {
        try #require(try stage.operate(kind).value?.get().operation.id)
    }

    private func measured(_ stage: Stage, _ id: CommandID, isSuccess: Bool = true, reason: String = "NONE") {
        stage.hear(
            from: .first, "sensor/34/response",
            """
            {"request_id":"\(id)","gpio":34,"command":"measure","success":\(isSuccess),"measurement_ok":\(isSuccess),\
            "publish_ok":true,"timeout":false,"reason_code":"\(reason)","quality":"good","sensor_type":"ph","raw":1990,\
            "ts":1777600000}
            """)
    }

    @Test func `a measurement leaves when it is durable, and who waits is told of its answer`() throws {
        let stage = try Stage.greenhouse()
        stage.journal.mode = .held
        let reply = stage.operate(measure)
        #expect(reply.value == nil)
        #expect(stage.left() == [])
        stage.journal.mode = .prompt
        stage.journal.release()
        stage.settle()
        let record = try #require(try reply.value?.get())
        #expect(record.state == .sent)
        #expect(stage.last("sensor/34/command")?.member("request_id") == record.operation.id.description)
        #expect(stage.left() == ["ESP_7C19F2/34 measure"])
        let waiters = (0..<2).map { _ in stage.end(of: record.operation.id, within: 10_000) }
        #expect(waiters.allSatisfy { $0.value == nil })
        measured(stage, record.operation.id)
        for waiter in waiters {
            #expect(waiter.value??.state == .answered)
            #expect(waiter.value??.answer["raw"] == "1990.0")
        }
        #expect(stage.end(of: record.operation.id, within: 10_000).value??.state == .answered)
    }

    @Test func `who waits is told when the answer is durable and not before`() throws {
        let stage = try Stage.greenhouse()
        let id = try begin(stage, measure)
        let waiter = stage.end(of: id, within: 60_000)
        stage.journal.mode = .held
        measured(stage, id)
        #expect(waiter.value == nil)
        stage.journal.release()
        stage.settle()
        #expect(waiter.value??.state == .answered)
    }

    @Test func `a measurement without an answer ends when the device's time and some grace are over`() throws {
        let stage = try Stage.greenhouse()
        let id = try begin(stage, measure)
        let (patient, hasty) = (stage.end(of: id, within: 60_000), stage.end(of: id, within: 1_000))
        stage.pass(milliseconds: 1_000)
        #expect(hasty.value??.state == .sent)
        stage.pass(milliseconds: 5_999)
        #expect(patient.value == nil)
        stage.pass(milliseconds: 1)
        #expect(patient.value??.state == .unanswered)
        measured(stage, id)
        #expect(stage.end(of: id, within: 0).value??.state == .unanswered)
        #expect(stage.deadLetters.isEmpty)
    }

    @Test func `a device that could not measure says why`() throws {
        let stage = try Stage.greenhouse()
        let id = try begin(stage, measure)
        measured(stage, id, isSuccess: false, reason: "MEASURE_TIMEOUT")
        let record = stage.end(of: id, within: 0).value ?? nil
        #expect(record?.state == .failed)
        #expect(record?.detail == "MEASURE_TIMEOUT")
    }

    @Test func `an operation that the connection does not take has failed`() throws {
        let stage = try Stage.greenhouse()
        stage.broker.loseControl()
        let record = try #require(try stage.operate(.diagnostics).value?.get())
        #expect(record.state == .failed)
        #expect(record.detail == "the connection to the broker is down")
        stage.broker.connect()
        stage.pass(milliseconds: 60_000)
        #expect(!stage.left().contains("ESP_7C19F2 diagnostics"))
    }

    @Test func `an operation whose commit fails is over, as its caller was told`() throws {
        let stage = try Stage.greenhouse()
        stage.journal.mode = .failing
        let reply = stage.operate(.leaveSafeMode)
        #expect(throws: ServiceError.journalUnavailable("the disk is full")) { try reply.value?.get() }
        #expect(stage.twin()?.device.operations.underWay.isEmpty == true)
        stage.journal.mode = .prompt
        stage.pass(milliseconds: 60_000)
        #expect(stage.left() == [])
        #expect(stage.twin()?.device.operations.records.map(\.state) == [.failed])
    }

    @Test func `a device that is away is asked for nothing`() throws {
        let stage = try Stage.greenhouse()
        stage.hear(from: .first, "system/will", "{\"status\":\"offline\",\"esp_id\":\"ESP_7C19F2\",\"timestamp\":0}")
        let refused = stage.operate(measure).value
        guard case .failure(.operationRefused(let refusal)) = refused else {
            Issue.record("it was \(String(describing: refused))")
            return
        }
        #expect(refusal.reason == .deviceOffline)
        let unknown = DeviceID("ESP_FFFFFF")!
        #expect(throws: ServiceError.unknownDevice(unknown)) { try stage.operate(measure, unknown).value?.get() }
    }

    @Test func `an operation of a device that is lost while it waits for the commit does not leave`() throws {
        let stage = try Stage.greenhouse()
        stage.journal.mode = .held
        let reply = stage.operate(.diagnostics)
        stage.hear(from: .first, "system/will", "{\"status\":\"offline\",\"esp_id\":\"ESP_7C19F2\",\"timestamp\":0}")
        stage.journal.mode = .prompt
        stage.journal.release()
        stage.settle()
        #expect(!stage.left().contains("ESP_7C19F2 diagnostics"))
        #expect(try reply.value?.get().state == .failed)
    }

    @Test func `no more operations of a device are under way than are kept`() throws {
        let stage = try Stage.greenhouse()
        for _ in 0..<OperationLedger.maximumOperations { _ = try begin(stage, .status) }
        guard case .failure(.operationRefused(let refusal)) = stage.operate(.status).value else {
            Issue.record("one too many was taken")
            return
        }
        #expect(refusal.reason == .tooMany)
        #expect(throws: Never.self) { try stage.operate(.enterSafeMode).value?.get() }
    }

    @Test func `after a restart an operation under way ends in time`() throws {
        let before = try Stage.greenhouse()
        let id = try begin(before, .diagnostics)
        let stage = try Stage.started(on: before.journal.disk, seed: 2)
        #expect(stage.end(of: id, within: 0).value??.state == .sent)
        stage.pass(milliseconds: OperationLedger.answerMilliseconds)
        #expect(stage.end(of: id, within: 0).value??.state == .unanswered)
        #expect(!stage.left().contains("ESP_7C19F2 diagnostics"))
    }
}
