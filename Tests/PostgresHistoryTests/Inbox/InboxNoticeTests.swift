import Testing

@testable import PostgresHistory

@Suite struct `A notice to the inbox` {
    @Test(
        arguments: [
            (#"{"table":"inbox_messages","key":17}"#, .row(17)),
            (#" { "key" : 9223372036854775807, "more": [1], "table" : "inbox_messages" } "#, .row(.max)),
            ("", .wrong(.noJSON)), ("17", .wrong(.noJSON)), ("[]", .wrong(.noJSON)), (#"{"table":"#, .wrong(.noJSON)),
            ("null", .wrong(.noJSON)), ("{}", .wrong(.noTable)), (#"{"table":7,"key":17}"#, .wrong(.noTable)),
            (#"{"table":"readings","key":17}"#, .wrong(.otherTable)),
            (#"{"table":"inbox_messages"}"#, .wrong(.noKey)),
            (#"{"table":"inbox_messages","key":"17"}"#, .wrong(.noKey)),
            (#"{"table":"inbox_messages","key":0}"#, .wrong(.noKey)),
            (#"{"table":"inbox_messages","key":1.5}"#, .wrong(.noKey)),
            (#"{"table":"inbox_messages","key":99999999999999999999}"#, .wrong(.noKey)),
        ] as [(String, InboxNotice)])
    func `says which row is there, or what is wrong with it`(payload: String, notice: InboxNotice) {
        #expect(InboxNotice(payload) == notice)
    }

    @Test(arguments: [
        ("doppel_inbox", true), ("a", true), ("a1_", true), (String(repeating: "x", count: 63), true), ("", false),
        (String(repeating: "x", count: 64), false), ("Inbox", false), ("1a", false), ("a-b", false), ("a b", false),
        ("ä", false), ("doppel_events", false),
    ])
    func `comes on a channel that is the same with and without quotes`(name: String, isRight: Bool) {
        #expect(PostgresInbox.isChannel(name) == isRight)
    }
}
