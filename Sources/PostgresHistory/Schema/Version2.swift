/// The second version of the schema: what became of messages that other programs hand in.
extension Migration {
    static let version2 = Migration(
        version: 2, name: "refusals of the inbox",
        up: [
            """
            ALTER TABLE inbox_messages ADD COLUMN refusal text;
            COMMENT ON COLUMN inbox_messages.refusal IS
                'Why the message had no effect; NULL while it waits, and where it was stored.';
            """
        ],
        down: ["ALTER TABLE inbox_messages DROP COLUMN refusal"], losesData: true)
}
