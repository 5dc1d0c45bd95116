import KaiserProtocol
import Testing
import TwinCore

@Suite struct SystemAnswerDecodingTests {
    private func answer(_ payload: String, topic: String = "system/command/response") throws -> SystemAnswer {
        guard case .system(let answer) = try message(topic, payload) else {
            throw Refusal(.unknownTopic, "no answer")
        }
        return answer
    }

    @Test(arguments: ["system/command/response", "system/response", "response"])
    func `an answer is understood on all its topics`(topic: String) throws {
        let payload = """
            {"command":"set_log_level","success":true,"esp_id":"ESP_7C19F2","level":"DEBUG","persisted":true,\
            "ts":1777600000,"seq":190}
            """
        #expect(
            try answer(payload, topic: topic)
                == SystemAnswer(
                    command: "set_log_level", isSuccess: true, error: "",
                    members: ["level": "DEBUG", "persisted": "true"]))
    }

    @Test func `a refusal has the contract's code, or the device's words`() throws {
        let coded = try answer(
            #"{"command":"REBOOT","success":false,"error":"Unknown command","reason_code":"UNKNOWN_COMMAND"}"#)
        #expect(coded.isSuccess == false)
        #expect(coded.error == "UNKNOWN_COMMAND")
        #expect(coded.members == ["error": "Unknown command", "reason_code": "UNKNOWN_COMMAND"])
        #expect(try answer(#"{"command":"x","success":false,"error":"no"}"#).error == "no")
        #expect(try answer(#"{"command":"x","success":false,"message":"busy"}"#).error == "busy")
        #expect(try answer(#"{"command":"x","success":true,"message":"sent"}"#).error.isEmpty)
    }

    @Test(arguments: [
        (#"{"status":"factory_reset_initiated"}"#, "factory_reset", true),
        (#"{"command":"onewire/scan","status":"ok","found_count":1,"pin":4}"#, "onewire/scan", true),
        (#"{"command":"x","status":"ERROR"}"#, "x", false), (#"{"command":"x","status":"failed"}"#, "x", false),
        (#"{"command":"status","heap_free":1}"#, "status", true), (#"{"command":"x","error":"no"}"#, "x", false),
        (#"{"command":"x","error":null}"#, "x", true), (#"{"command":"x","reason_code":"QUEUE_FULL"}"#, "x", false),
        (#"{"command":"x","reason_code":"NONE"}"#, "x", true), (#"{"command":"x","success":"no"}"#, "x", false),
    ])
    func `without a plain success the rest says how it went`(payload: String, command: String, isSuccess: Bool) throws {
        let answer = try answer(payload)
        #expect(answer.command == command)
        #expect(answer.isSuccess == isSuccess)
    }

    @Test func `an answer that names no command is kept and flagged`() throws {
        let answer = try answer(#"{"success":true}"#)
        #expect(answer.command.isEmpty)
        #expect(answer.flags == ["missing command"])
    }

    @Test func `members are kept as text, nested ones as JSON`() throws {
        let payload = #"""
            {"command":"get_config","t":"a\nb\u00b0","i":-4,"n":1.5,"b":false,"z":null,"o":{"a" : [1,"x"]},"l":[],"\u0061":1}
            """#
        let expected = [
            "t": "a b°", "i": "-4", "n": "1.5", "b": "false", "o": #"{"a" : [1,"x"]}"#, "l": "[]", "a": "1",
        ]
        #expect(try answer(payload).members == expected)
    }

    @Test func `what is too much is left out and flagged`() throws {
        let members = (0..<70).map { "\"m\($0)\":1" }.joined(separator: ",")
        let many = try answer("{\"command\":\"x\",\(members)}")
        #expect(many.members.count == SystemAnswer.maximumMembers)
        #expect(many.flags == ["6 members are left out: too many, or too large"])
        let long = String(repeating: "x", count: SystemAnswer.maximumBytes)
        #expect(try answer("{\"command\":\"x\",\"big\":\"\(long)\",\"small\":1}").members == ["small": "1"])
        let name = String(repeating: "n", count: 65)
        #expect(try answer("{\"command\":\"x\",\"\(name)\":1}").members.isEmpty)
    }

    @Test(
        arguments: [
            (#"{"command":7}"#, .wrongType), (#"{"command":"x","success":1}"#, .wrongType),
            (#"{"command":"x","success":"maybe"}"#, .unknownValue), (#"{"command":"x","status":true}"#, .wrongType),
            (#"{"command":"x","esp_id":"ESP_51E0B7"}"#, .idMismatch), ("[]", .notAnObject),
        ] as [(String, Refusal.Reason)])
    func `an answer that says nothing clear is refused`(payload: String, reason: Refusal.Reason) {
        #expect(refusal("system/command/response", payload) == reason)
    }
}

@Suite struct BusScanDecodingTests {
    private static let found = #"{"rom_code":"28aa11bb22cc33d4","device_type":"DS18B20","pin":4}"#

    @Test func `a scan lists what it found`() throws {
        let member = BusScan.Member(rom: "28AA11BB22CC33D4", type: "DS18B20", gpio: GPIO(4)!)
        #expect(
            try message("onewire/scan_result", "{\"devices\":[\(Self.found)],\"found_count\":1,\"seq\":1}")
                == .busScan(BusScan(members: [member])))
        #expect(try message("onewire/scan_result", "{\"devices\":[]}") == .busScan(BusScan()))
        #expect(try message("onewire/scan_result", "{\"found_count\":0}") == .busScan(BusScan()))
    }

    @Test(
        arguments: [
            ("{}", .missingField), ("{\"found_count\":1}", .missingField), ("{\"devices\":{}}", .wrongType),
            ("{\"devices\":[\(found)],\"found_count\":2}", .outOfRange),
            (#"{"devices":[{"rom_code":"28AA","pin":4}]}"#, .outOfRange),
            (#"{"devices":[{"rom_code":"28AA11BB22CC33D4"}]}"#, .missingField),
            (#"{"devices":[{"rom_code":"28AA11BB22CC33D4","pin":255}]}"#, .outOfRange),
            (#"{"devices":[{"pin":4}]}"#, .missingField), (#"{"devices":["28AA11BB22CC33D4"]}"#, .wrongType),
        ] as [(String, Refusal.Reason)])
    func `a scan that contradicts itself is refused`(payload: String, reason: Refusal.Reason) {
        #expect(refusal("onewire/scan_result", payload) == reason)
    }
}
