import Testing
import TwinCore

@Suite struct LibraryTransferTests {
    @Test func `a library is announced, sent chunk by chunk, checked and installed`() {
        var device = Intake()
        #expect(
            device.ask(at: 0) == [
                "asked ph_v2 r1", "begun lib-1 for r1", "-> begin ph_v2, 2500 bytes in 3",
            ])
        #expect(device.ready(at: 1) == ["ready", "sent 0 #1", "-> chunk 0, 1024 bytes"])
        #expect(device.acknowledge(0, at: 2) == ["has 0", "sent 1 #1", "-> chunk 1, 1024 bytes"])
        #expect(device.acknowledge(1, at: 3) == ["has 1", "sent 2 #1", "-> chunk 2, 452 bytes"])
        #expect(device.state.acknowledgedCount == 2)
        #expect(device.acknowledge(2, at: 4) == ["has 2", "completed", "-> complete"])
        #expect(device.succeed(at: 5) == ["installed ph_v2"])
        #expect(device.state.phase == .done && device.state.installed == "ph_v2")
        #expect(device.deadline() == nil && device.deadline(isPresent: false) == nil)
        // The words that follow say the same again.
        #expect(device.say(.installed(name: "ph_v2"), at: 6).isEmpty)
        #expect(device.say(.installed(name: nil), at: 7).isEmpty)
        #expect(device.acknowledge(2, at: 8) == ["stray"])
    }

    @Test(arguments: [nil, "ph_v2"])
    func `the word that it is installed ends the transfer too`(name: String?) {
        var device = Intake.sending(3)
        #expect(device.say(.installed(name: name), at: 1) == ["installed ph_v2"])
        #expect(device.state.phase == .done)
    }

    @Test func `the announcement says what is sent`() throws {
        var device = Intake()
        _ = device.ask(at: 0)
        let plan = try #require(device.state.plan)
        #expect(plan.checksum == Library.ph.checksum && plan.version == "1.2" && plan.unpackedCount == 9000)
        #expect(plan.byteCount == 2500 && plan.chunkCount == 3 && plan.request == "r1")
    }

    @Test(arguments: [1, 1023, 1024, 1025, Library.maximumBytes])
    func `the chunks make up the whole`(count: Int) {
        let library = Library.made(of: count)
        let chunks = (0..<library.chunkCount).map { library.chunk($0) ?? [] }
        #expect(chunks.flatMap(\.self) == library.bytes)
        #expect(chunks.dropLast().allSatisfy { $0.count == 1024 } && chunks.last?.isEmpty == false)
        #expect(library.chunk(-1) == nil && library.chunk(library.chunkCount) == nil)
        #expect(library.chunkCount <= Library.maximumChunks)
    }

    @Test func `an unknown library is refused and nothing is sent`() {
        var device = Intake()
        #expect(device.ask("ec", at: 0) == ["asked ec r1", "refused: there is no library 'ec'"])
        #expect(device.state.refusal == "there is no library 'ec'")
        #expect(!device.state.isUnderWay && device.deadline() == nil)
        _ = device.ask(at: 1)
        #expect(device.state.refusal == nil && device.state.isUnderWay)
    }

    @Test(arguments: [0, Library.maximumBytes + 1])
    func `a library of impossible size is refused`(count: Int) {
        var device = Intake([.made(of: count)])
        #expect(device.ask(at: 0).last == "refused: 'ph_v2' has \(count) bytes, not 1 to 524288")
    }

    @Test func `another library is refused while one is under way`() {
        var device = Intake([.ph, .made(of: 9, named: "ec")])
        _ = device.ask(at: 0)
        #expect(
            device.ask("ec", at: 1) == [
                "asked ec r1", "refused: 'ph_v2' is under way; ask again when that transfer is over",
            ])
        #expect(device.ready(at: 2) == ["ready", "sent 0 #1", "-> chunk 0, 1024 bytes"])
        for chunk in 0..<3 { _ = device.acknowledge(chunk, at: 3) }
        _ = device.succeed(at: 4)
        #expect(device.ask("ec", at: 5).contains("begun lib-8 for r1"))
    }

    @Test func `a device without room ends the transfer`() {
        var device = Intake()
        _ = device.ask(at: 0)
        #expect(
            device.ready(false, at: 1) == ["failed: the device has no room for 2500 bytes: 900 bytes are free"])
        #expect(device.ask(request: "r2", at: 2).contains("begun lib-3 for r2"))
    }

    @Test func `a device that gives up, and one that cannot use it, end the transfer`() {
        var device = Intake.sending(1)
        #expect(
            device.say(.failed(download: nil, reason: "flash full"), at: 1)
                == ["failed: the device gave up: flash full"])
        #expect(device.say(.failed(download: nil, reason: "flash full"), at: 2) == ["stray"])
        device = .sending(3)
        #expect(device.lack([], error: "wrong abi", at: 1) == ["failed: the device could not use it: wrong abi"])
        #expect(device.state.phase == .failed("the device could not use it: wrong abi"))
    }

    @Test(
        arguments: [
            .ready(download: "lib-9", isReady: true, freeHeapBytes: nil),
            .ready(download: "lib-9", isReady: false, freeHeapBytes: nil),
            .acknowledged(download: "lib-9", chunk: 1, isIntact: true),
            .acknowledged(download: "lib-1", chunk: 3, isIntact: true),
            .acknowledged(download: "lib-1", chunk: -1, isIntact: false),
            .chunkRequested(download: "lib-9", chunk: 1, reason: ""),
            .chunkRequested(download: nil, chunk: .max, reason: ""),
            .finished(download: "lib-9", isSuccess: true, failedChunks: [], error: ""),
            .finished(download: "lib-1", isSuccess: true, failedChunks: [], error: ""),
            .finished(download: "lib-1", isSuccess: false, failedChunks: [0], error: ""),
            .failed(download: "lib-9", reason: ""),
            .installed(name: nil),
        ] as [LibraryMessage])
    func `a word about another transfer, or too early, changes nothing`(message: LibraryMessage) {
        var device = Intake.sending(1)
        let before = device.state
        #expect(device.say(message, at: 9) == ["stray"])
        #expect(device.state == before)
    }

    @Test func `a device may say at any time what it uses`() {
        var device = Intake.sending(1)
        #expect(device.say(.installed(name: "ph_v1"), at: 9) == ["installed ph_v1"])
        #expect(device.state.installed == "ph_v1" && device.state.phase == .sending(chunk: 1, attempt: 1))
        #expect(device.say(.installed(name: "ph_v1"), at: 9).isEmpty)
    }
}
