extension Version1 {
    /// What the feed writes beside the rows, in the same transaction.
    static let feed = """
        CREATE TABLE journals (
            journal_id text COLLATE "C" PRIMARY KEY,
            number smallint GENERATED ALWAYS AS IDENTITY UNIQUE,
            base bigint GENERATED ALWAYS AS ((number::bigint - 1) << 40) STORED,
            former_id text COLLATE "C",
            shared_through bigint NOT NULL DEFAULT 0,
            began_at timestamptz,
            past_from timestamptz NOT NULL DEFAULT '-infinity',
            chain_sequence bigint NOT NULL DEFAULT 0,
            chain_number bigint NOT NULL DEFAULT 0,
            chain_hash bytea CHECK (octet_length(chain_hash) = 32),
            fed_through bigint NOT NULL DEFAULT 0 CHECK (fed_through >= 0 AND fed_through < 1099511627776),
            fed_change bigint NOT NULL DEFAULT 0,
            replay_from bigint NOT NULL DEFAULT 0,
            fed_seal bigint,
            last_fed_at timestamptz,
            created_at timestamptz NOT NULL DEFAULT now()
        );
        COMMENT ON TABLE journals IS
            'Each journal that was fed, and how far: position = base + the journal''s sequence number. Changed in the '
            'same transaction as the rows, so each row is here exactly once.';
        COMMENT ON COLUMN journals.former_id IS
            'The journal that this one was a backup of, if it was fed, too; both hold the same up to "shared_through".';
        COMMENT ON COLUMN journals.shared_through IS
            'Up to this sequence number the rows of the former journal are this one''s, and are not here twice.';
        COMMENT ON COLUMN journals.began_at IS 'When the earliest row of its own was received, by a clock that may have been set back.';
        COMMENT ON COLUMN journals.past_from IS 'From when on it could rebuild twins when it was first fed.';
        COMMENT ON COLUMN journals.replay_from IS
            'Before this sequence number every fact of a device is in its row of "twins".';
        COMMENT ON COLUMN journals.chain_hash IS
            'What the first of its safety records follows: a hash of the journal''s first name, or the last record that '
            'its retention had removed when it was first fed, which "chain_sequence" and "chain_number" tell.';
        COMMENT ON COLUMN journals.fed_through IS 'The last sequence number of that journal that is here.';
        COMMENT ON COLUMN journals.fed_change IS
            'The last change of that journal''s commands and twins that is here.';
        COMMENT ON COLUMN journals.fed_seal IS
            'A digest of the row with the number "fed_through": a journal that has another one there went back.';

        CREATE VIEW journal_seams AS
            SELECT base AS position FROM journals
            UNION
            SELECT former.base + later.shared_through
            FROM journals AS later JOIN journals AS former ON former.journal_id = later.former_id;
        COMMENT ON VIEW journal_seams IS
            'The last places before a journal begins, or another one branches off: what lies on both sides of one need '
            'not be of one history.';

        CREATE TABLE feed_steps (
            step_id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
            after_position bigint NOT NULL,
            through_position bigint NOT NULL CHECK (through_position > after_position),
            earliest timestamptz NOT NULL,
            latest timestamptz NOT NULL CHECK (latest >= earliest)
        );
        COMMENT ON TABLE feed_steps IS
            'Readings that came and are in no aggregate yet: their places, and the span of their event times. '
            'Written by the feed in the transaction of the rows, removed by the rollup job.';

        CREATE TABLE skipped_rows (
            skip_id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
            position bigint NOT NULL,
            change bigint,
            reason text NOT NULL,
            skipped_by text NOT NULL,
            skipped_at timestamptz NOT NULL DEFAULT now()
        );
        COMMENT ON TABLE skipped_rows IS
            'What somebody had the feed go past with "doppel admin skip", because it could not be brought: it is in the '
            'journal alone, as far as it can be read there.';
        COMMENT ON COLUMN skipped_rows.position IS
            'The place of the fact or sample that is missing; for a command the place that the feed had come to.';
        COMMENT ON COLUMN skipped_rows.change IS 'The number of the command''s change; NULL for a fact or a sample.';

        CREATE TABLE inbox_messages (
            message_id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
            topic text NOT NULL,
            payload text NOT NULL,
            created_at timestamptz NOT NULL DEFAULT now(),
            taken_at timestamptz,
            refusal text
        );
        CREATE INDEX inbox_messages_waiting ON inbox_messages (message_id) WHERE taken_at IS NULL;
        COMMENT ON TABLE inbox_messages IS
            'What other programs hand in, to be taken as if a device had published it; taken_at says when it was.';
        COMMENT ON COLUMN inbox_messages.refusal IS
            'Why the message had no effect; NULL while it waits, and where it was stored.';
        """
}
