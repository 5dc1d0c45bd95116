import Testing
import TwinCore

@Suite struct HealthTests {
    private func error(_ code: Int, _ message: String = "") -> DeviceMessage {
        .error(DeviceError(code: code, severity: .error, category: "HARDWARE", message: message))
    }

    @Test func `every word about its condition is kept with its time`() {
        var device = Device.online
        let diagnostics = Diagnostics(heapFreeBytes: 90_000, rssiDBm: -70, systemState: "OPERATIONAL")
        #expect(device.hear(.diagnostics(diagnostics), at: 1_000) == ["diagnosed"])
        #expect(device.state.health.diagnostics == Received(diagnostics, at: Moment.at(1_000).time))
        let pressure = QueuePressure(isUnderPressure: true, fillLevel: 6)
        #expect(device.hear(.queuePressure(pressure), at: 2_000) == ["pressure on"])
        #expect(device.state.health.pressure == Received(pressure, at: Moment.at(2_000).time))
        let status = StatusReport(systemState: "OPERATIONAL")
        #expect(device.hear(.status(status), at: 3_000) == ["status"])
        #expect(device.state.health.status == Received(status, at: Moment.at(3_000).time))
        let safeMode = SafeModeReport(isActive: true, reason: "boot loop")
        #expect(device.hear(.safeMode(safeMode), at: 4_000) == ["safe mode on"])
        #expect(device.state.health.safeMode == Received(safeMode, at: Moment.at(4_000).time))
        let credentials = CredentialsReport(isSuccess: false, mode: "anonymous", error: "bad password")
        #expect(device.hear(.credentials(credentials), at: 5_000) == ["credentials refused"])
        #expect(device.state.health.credentials == Received(credentials, at: Moment.at(5_000).time))
    }

    @Test func `an error that comes again is counted and stands last`() {
        var device = Device.online
        #expect(device.hear(error(1040, "read failed"), at: 1_000) == ["error 1040"])
        _ = device.hear(error(3011), at: 2_000)
        _ = device.hear(error(1040, "read failed again"), at: 3_000)
        let errors = device.state.health.errors
        #expect(errors.map(\.error.code) == [3011, 1040])
        #expect(errors[1].count == 2 && errors[1].error.message == "read failed again")
        #expect(errors[1].firstAt == Moment.at(1_000).time && errors[1].lastAt == Moment.at(3_000).time)
        #expect(device.state.health.errorCount == 3)
    }

    @Test func `of too many errors the one that did not come for longest is forgotten`() {
        var device = Device.online
        for code in 0..<HealthState.maximumErrors { _ = device.hear(error(code), at: Int64(code)) }
        _ = device.hear(error(0), at: 100)
        _ = device.hear(error(999), at: 101)
        let codes = device.state.health.errors.map(\.error.code)
        #expect(codes.count == HealthState.maximumErrors)
        #expect(!codes.contains(1))
        #expect(codes.suffix(2) == [0, 999])
    }

    @Test func `the rate counts the errors of the last ten minutes`() {
        var device = Device.online
        _ = device.hear(error(1), at: 0)
        _ = device.hear(error(2), at: 599_999)
        #expect(device.state.health.recentErrorCount(at: Moment.at(599_999).time) == 2)
        #expect(device.state.health.recentErrorCount(at: Moment.at(600_000).time) == 1)
        _ = device.hear(error(3), at: 1_200_000)
        #expect(device.state.health.recentErrorTimes.count == 1)
        // The wall clock was set back: what lies ahead is not recent.
        #expect(device.state.health.recentErrorCount(at: Moment.at(0).time) == 0)
    }

    @Test func `a flood of errors stays within its bounds`() {
        var state = HealthState()
        let flood = DeviceError(code: 1, severity: .info, category: "UNKNOWN", message: "")
        for _ in 0..<2_000 { state.apply(.erred(flood), at: .at(5)) }
        #expect(state.recentErrorTimes.count == HealthState.maximumErrorTimes)
        #expect(state.errors.count == 1 && state.errorCount == 2_000)
    }

    @Test func `a subzone is isolated until the device says otherwise`() {
        var device = Device.online
        #expect(
            device.hear(.subzoneStatus(SubzoneStatus(subzone: "bench_1", isSafe: true)), at: 1)
                == ["subzone bench_1 isolated"])
        _ = device.hear(.subzoneStatus(SubzoneStatus(subzone: "bench_1", isSafe: true)), at: 2)
        _ = device.hear(.subzoneStatus(SubzoneStatus(subzone: "bench_2", isSafe: true)), at: 3)
        #expect(device.state.health.isolatedSubzones == ["bench_1", "bench_2"])
        _ = device.hear(.subzoneStatus(SubzoneStatus(subzone: "bench_1", isSafe: false)), at: 4)
        #expect(device.state.health.isolatedSubzones == ["bench_2"])
        for number in 0..<100 {
            _ = device.hear(.subzoneStatus(SubzoneStatus(subzone: "z\(number)", isSafe: true)), at: 5)
        }
        #expect(device.state.health.isolatedSubzones.count == HealthState.maximumIsolatedSubzones)
    }
}
