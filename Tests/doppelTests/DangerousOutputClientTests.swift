import ArgumentParser
import Testing
import TwinCore

@testable import doppel

/// What the client says about dangerous outputs and about stops of a part, beside ``ClientTests``.
extension ClientTests {
    @Test(arguments: [
        (["--all"], #""all""#), (["--kaiser", "roof"], #"{"kaiser":"roof"}"#), (["--zone", "a"], #"{"zone":"a"}"#),
        (["--subzone", "b"], #"{"subzone":"b"}"#), (["--subzone", "b", "--zone", "a"], #"{"subzone":"b","zone":"a"}"#),
        (["--device", "esp_a1b2c3"], #"{"device":"ESP_A1B2C3"}"#),
        (["--device", "ESP_A1B2C3", "--gpio", "5"], #"{"device":"ESP_A1B2C3","gpio":5}"#),
        (
            ["--kind", "pump", "--kind", "valve", "--zone", "a"],
            #"{"filter":{"kinds":["pump","valve"],"zones":["a"]}}"#
        ),
        (["--zone", "a", "--zone", "b"], #"{"filter":{"zones":["a","b"]}}"#),
    ])
    func aScopeIsSaidInFlags(arguments: [String], json: String) throws {
        #expect(try StopScopeOptions.parse(arguments).json == json)
    }

    @Test(arguments: [
        [], ["--all", "--zone", "a"], ["--gpio", "5"], ["--device", "ESP_A1B2C3", "--zone", "a"],
        ["--kaiser", "a", "--kind", "pump"], ["--subzone", "b", "--device", "ESP_A1B2C3"],
        ["--subzone", "b", "--zone", "a", "--zone", "c"], ["--device", "ESP_A1B2C3", "--gpio", "5", "--kind", "pump"],
    ])
    func aScopeThatCouldMeanTwoThingsIsWrongUsage(arguments: [String]) {
        #expect(throws: (any Error).self) { try StopScopeOptions.parse(arguments) }
    }

    @Test func aDrillIsSaidToBeOneAndAStopOfNothingIsNoSuccess() async throws {
        let command = try StopNow.parse(["--zone", "nrth", "--drill", "--reason", "r", "--wait", "0"])
        let report = """
            {"incidents":[{"id":"i1"}],"counts":{"stopped":0,"unconfirmed":0,"offline":0},"lines":[],
             "timings":[{"incident":"i1","total":0,"confirmed":0}]}
            """
        let told = try await converse(.stopping, answers: [.json(report)]) {
            session async throws(ClientFailure) in try await command.perform(session)
        }
        #expect(told.status == 1)
        #expect(told.messages.last?.hasPrefix("The stop holds NOTHING") == true)
        #expect(told.requests.first?.hasSuffix(#"{"drill":true,"reason":"r","scope":{"zone":"nrth"}}"#) == true)
    }

    @Test func oneOfSeveralStopsIsCleared() async throws {
        let command = try StopClear.parse(["i2"])
        let told = try await converse(.clearing, answers: [.json(#"{"incidents":[{"id":"i1"}],"lines":[]}"#)]) {
            session async throws(ClientFailure) in try await command.perform(session)
        }
        #expect(told.status == 0)
        #expect(told.messages == ["i2 is released; the other stops hold. Nothing was switched on again."])
        #expect(told.requests.first?.hasSuffix(#"{"incident":"i2"}"#) == true)
    }

    @Test func theScoreboardIsFollowedChangeByChange() async throws {
        let command = try StopStatus.parse(["--follow"])
        let first = """
            {"incidents":[{"id":"i1","scope":{"zone":"a"}}],"counts":{"stopped":0,"unconfirmed":2,"offline":1},"lines":[\
            {"device":"D1","gpio":5,"standing":"unconfirmed","evidence":"awaited"},\
            {"device":"D1","gpio":6,"standing":"unconfirmed","evidence":"awaited"},\
            {"device":"D2","gpio":null,"standing":"offline","evidence":"silent"}]}
            """
        let second = """
            {"incidents":[{"id":"i1","scope":{"zone":"a"}}],"counts":{"stopped":1,"unconfirmed":1,"offline":0},"lines":[\
            {"device":"D1","gpio":6,"standing":"stopped","evidence":"off"}],"gone":[{"device":"D2","gpio":null}]}
            """
        let stream = "event: scoreboard\ndata: \(first)\n\nevent: changed\ndata: \(second)\n\n"
        let told = try await converse(answers: [.init("200 OK", "text/event-stream", stream)]) {
            session async throws(ClientFailure) in try await command.watch(session, isTerminal: false)
        }
        #expect(told.status == 3)
        let sheets = told.result.split(separator: "\n\n")
        #expect(sheets.count == 2)
        #expect(sheets.first?.contains("D2      -     offline") == true)
        #expect(
            sheets.last?.split(separator: "\n").dropFirst() == [
                "1 stopped, 1 unconfirmed, 0 offline", "DEVICE  GPIO  STANDING     EVIDENCE",
                "D1      5     unconfirmed  awaited", "D1      6     stopped      off",
            ])
        #expect(told.requests.first?.hasPrefix("GET /api/v1/emergency-stop/stream ") == true)
    }

    @Test func aRenewalAndAnOrderOfADangerousOutputSayWhatTheyMust() async throws {
        let arguments = [
            ["ESP_A1B2C3", "5", "--renew", "c-1", "--duration", "60", "--wait", "0"],
            ["ESP_A1B2C3", "5", "on", "--revision", "7", "--second", "c-9", "--key", "job 1", "--wait", "0"],
        ]
        let bodies = [#"{"duration_seconds":60,"renews":"c-1"}"#, #"{"command":"ON","revision":7,"seconds":"c-9"}"#]
        for (words, body) in zip(arguments, bodies) {
            let command = try TwinCommand.parse(words)
            let told = try await converse(.commanding, answers: [.json(#"{"id":"c2","state":"accepted"}"#)]) {
                session async throws(ClientFailure) in try await command.perform(session)
            }
            #expect(told.status == 0)
            #expect(told.requests.first?.hasSuffix(body) == true)
            #expect(told.requests.first?.contains("Idempotency-Key: job 1\r\n") == words.contains("--key"))
        }
    }

    @Test(arguments: [
        ["ESP_A1B2C3", "5"], ["ESP_A1B2C3", "5", "toggle", "--renew", "c-1"],
        ["ESP_A1B2C3", "5", "--renew", "c-1", "--value", "0.5"], ["ESP_A1B2C3", "5", "on", "--key", ""],
        ["ESP_A1B2C3", "5", "on", "--key", "schlüssel"], ["ESP_A1B2C3", "5", "on", "--revision", "-1"],
    ])
    func anOrderThatCannotBeMeantIsWrongUsage(arguments: [String]) {
        #expect(throws: (any Error).self) { try TwinCommand.parse(arguments) }
    }

    @Test func whoNeedsASecondPersonIsToldWhatThatPersonDoes() async throws {
        let command = try TwinCommand.parse(["ESP_A1B2C3", "5", "on"])
        let problem = """
            {"title":"A limit forbids the command","status":409,"detail":"x","limit":"second_person","command_id":"c-9",
             "bound":"another person asks for the same within 60 s","actual":"one person asks"}
            """
        let told = try await converse(
            .commanding, answers: [.init("409 Conflict", "application/problem+json", problem)]
        ) { session async throws(ClientFailure) in try await command.perform(session) }
        #expect(told.messages.last?.hasSuffix("within 60 s. They add --second c-9.") == true)
    }

    @Test(arguments: Gate.Limit.allCases)
    func everyLimitHasARemedyOfItsOwn(limit: Gate.Limit) {
        #expect(Advice.remedy(for: limit.rawValue) != Advice.remedy(for: "a limit of a newer server"))
    }

    @Test func aTagThatHangsOnAnOutputNotSeenOffIsNoSuccess() async throws {
        let command = try TwinLockout.parse(
            ["ESP_A1B2C3", "5", "--reason", "new seal", "--for", "2h", "--name", "mara", "--wait", "0"])
        let open = #"{"gpio":5,"confirmed":{"on":true},"safe_state":{"cause":"locked_out"}}"#
        let shut = #"{"gpio":5,"confirmed":{"on":false},"lockout":{"name":"mara","ends_at":"T","reason":"new seal"}}"#
        for (answer, status) in [(open, Int32(1)), (shut, 0)] {
            let told = try await converse(.commanding, answers: [.json(answer)]) {
                session async throws(ClientFailure) in try await command.perform(session)
            }
            #expect(told.status == status)
            #expect(told.requests.first?.hasPrefix("PUT /api/v1/twins/ESP_A1B2C3/actuators/5/lockout ") == true)
            #expect(
                told.requests.first?.hasSuffix(#"{"name":"mara","reason":"new seal","expires_in_seconds":7200}"#)
                    == true)
            #expect(told.result.contains("GPIO 5 LOCKED OUT by mara until T: new seal") == (status == 0))
        }
    }

    @Test func aTagIsTakenAwayInItsOwnName() async throws {
        let command = try TwinUnlock.parse(["ESP_A1B2C3", "5", "--name", "mara h"])
        let told = try await converse(.commanding, answers: [.json(#"{"gpio":5}"#)]) {
            session async throws(ClientFailure) in try await command.perform(session)
        }
        #expect(told.status == 0)
        let line = "DELETE /api/v1/twins/ESP_A1B2C3/actuators/5/lockout?name=mara%20h HTTP/1.1"
        #expect(told.requests.first?.hasPrefix(line) == true)
    }

    @Test(arguments: [("90", 90), ("90s", 90), ("30m", 1800), ("2h", 7200), ("7d", 604_800)])
    func aTimeIsSaidAsPeopleSayIt(text: String, seconds: Int) {
        #expect(TimeSpan(argument: text)?.seconds == seconds)
    }

    @Test(arguments: ["", "h", "0h", "-1h", "1.5h", "2 h", "9223372036854775807d"])
    func whatIsNoTimeIsRefused(text: String) { #expect(TimeSpan(argument: text) == nil) }

    @Test func aTagForMoreThanAWeekIsWrongUsage() {
        #expect(throws: (any Error).self) {
            try TwinLockout.parse(["ESP_A1B2C3", "5", "--reason", "r", "--for", "8d"])
        }
    }

    @Test func aTwinSaysFirstWhatSomebodyMustKnow() throws {
        let twin = try WireValue(
            json: Array(
                """
                {"id":"ESP_A1B2C3","quarantine":"three failures","last_alarm":{"at":"1970-01-01T00:00:00Z",
                 "kind":"retained_command","detail":"erased"},"actuators":[{"gpio":5,
                 "lease":{"remaining_seconds":9,"owner":"m","counted_by_device":false},
                 "last_alarm":{"at":"1970-01-01T00:00:50Z","kind":"no_effect","detail":"no flow"}}]}
                """.utf8))
        let lines = TwinSheet.show(twin, now: 60)
        #expect(
            lines[2] == "QUARANTINED: three failures. Its outputs are off and stay so until `doppel twin release "
                + "ESP_A1B2C3`.")
        #expect(lines[3] == "ALARM 1 min 0 s ago, retained_command: erased")
        #expect(
            lines.suffix(2) == [
                "GPIO 5 does NOT end by itself when Doppel is gone: its device does not count the lease.",
                "GPIO 5 ALARM 10 s ago, no_effect: no flow",
            ])
    }

    @Test(arguments: [
        (
            "actuator.alarmed", #""gpio":5,"alarm":{"kind":"no_effect","detail":"no flow"}"#,
            "GPIO 5  ALARM no_effect: no flow"
        ),
        ("device.alarmed", #""alarm":{"kind":"retained_command","detail":"d"}"#, "ALARM retained_command: d"),
        (
            "actuator.locked_out", #""gpio":5,"lockout":{"name":"mara","reason":"seal","ends_at":"T"}"#,
            "GPIO 5  locked out by mara until T: seal"
        ),
        ("actuator.lockout_ended", #""gpio":5,"cause":"expired""#, "GPIO 5  the tag's time is up"),
        ("actuator.lockout_ended", #""gpio":5,"cause":"removed","by":"m""#, "GPIO 5  the tag was taken away by m"),
        ("actuator.effect_seen", #""gpio":5,"detail":"flow 2""#, "GPIO 5  the effect shows: flow 2"),
        ("device.quarantined", #""reason":"r""#, "QUARANTINED, its outputs are switched off: r"),
        ("device.quarantine_lifted", #""by":"m""#, "takes part again, released by m"),
    ])
    func whatIsDangerousIsToldInWords(kind: String, members: String, words: String) {
        let data = #"{"device":"D","at":"T","event":{"kind":"\#(kind)",\#(members)}}"#
        #expect(EventLine.text(ServerEvent(name: kind, data: data, id: nil)) == "T  D  \(kind)  \(words)")
    }
}
