import Testing
import TwinCore

@Suite struct AdmissionLimitTests {
    private func device(_ number: Int) -> DeviceID { DeviceID("MOCK_N\(number)")! }
    private func time(_ milliseconds: Int64) -> Uptime { Uptime(milliseconds: milliseconds) }

    @Test func `ten new devices a minute are let in, wherever the minute begins`() {
        var limit = AdmissionLimit()
        for number in 0..<10 {
            #expect(limit.admit(device(number), at: time(Int64(number) * 1_000)) == .admitted)
        }
        #expect(
            limit.admit(device(10), at: time(10_000)) == .refused(.tooManyDevices, retryAfterMilliseconds: 50_000))
        #expect(limit.admit(device(10), at: time(59_999)) == .refused(.tooManyDevices, retryAfterMilliseconds: 1))
        #expect(limit.admit(device(10), at: time(60_000)) == .admitted)
        #expect(
            limit.admit(device(11), at: time(60_000)) == .refused(.tooManyDevices, retryAfterMilliseconds: 1_000))
        #expect(limit.admit(device(11), at: time(61_000)) == .admitted)
    }

    @Test func `one device is let in once in five minutes`() {
        var limit = AdmissionLimit()
        #expect(limit.admit(device(1), at: time(0)) == .admitted)
        #expect(limit.admit(device(1), at: time(299_999)) == .refused(.seenRecently, retryAfterMilliseconds: 1))
        #expect(limit.admit(device(2), at: time(299_999)) == .admitted)
        #expect(limit.admit(device(1), at: time(300_000)) == .admitted)
    }

    @Test func `a refused device costs nobody else's place`() {
        var limit = AdmissionLimit()
        for number in 0..<10 { _ = limit.admit(device(number), at: time(0)) }
        for number in 100..<1_100 { _ = limit.admit(device(number), at: time(1)) }
        for number in 0..<10 { #expect(limit.admit(device(100 + number), at: time(60_000)) == .admitted) }
    }
}
