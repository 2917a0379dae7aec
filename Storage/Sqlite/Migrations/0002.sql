-- Version 2: rotations, audit and totals; smaller ring segments; and a checksum that covers the whole row.

-- The cursors of a segment follow each other and its rows have one time, so both are said once.
CREATE TABLE segments (
    device_ref   INTEGER NOT NULL REFERENCES devices (id),
    last_seq     INTEGER NOT NULL,
    first_cursor INTEGER NOT NULL,
    timestamp_ms INTEGER NOT NULL,
    entries      BLOB    NOT NULL, -- per row: sender_seq u64, blob_id 16, big-endian
    PRIMARY KEY (device_ref, last_seq)
) STRICT, WITHOUT ROWID;

INSERT INTO segments (device_ref, last_seq, first_cursor, timestamp_ms, entries)
SELECT device_ref, last_seq, zks_ring_part(entries, 'cursor'), zks_ring_part(entries, 'time'), zks_ring_part(entries, 'rows') FROM ring_segments;

DROP TABLE ring_segments;
ALTER TABLE segments RENAME TO ring_segments;

-- Who the members were after a rotation that this relay was asked for.
CREATE TABLE rotations (
    group_ref INTEGER NOT NULL REFERENCES groups (id),
    key_epoch INTEGER NOT NULL,
    members   BLOB    NOT NULL, -- device ids, 32 bytes each
    PRIMARY KEY (group_ref, key_epoch)
) STRICT, WITHOUT ROWID;

-- What an operator may have to answer for; the last of each group.
CREATE TABLE audit (
    id        INTEGER PRIMARY KEY AUTOINCREMENT,
    group_ref INTEGER NOT NULL REFERENCES groups (id),
    at_ms     INTEGER NOT NULL,
    kind      INTEGER NOT NULL, -- 1 deleted, 2 deleted by force
    device    BLOB    NOT NULL,
    cursor    INTEGER NOT NULL
) STRICT;

CREATE INDEX audit_by_group ON audit (group_ref, id);

-- One row: what the store holds, so that nobody has to count it.
CREATE TABLE totals (
    id           INTEGER PRIMARY KEY CHECK (id = 1),
    groups       INTEGER NOT NULL,
    rows         INTEGER NOT NULL,
    bytes        INTEGER NOT NULL,
    corrupt_rows INTEGER NOT NULL
) STRICT;

INSERT INTO totals (id, groups, rows, bytes, corrupt_rows)
SELECT 1, COUNT(*), COALESCE(SUM(head_cursor - oldest_cursor + 1), 0), COALESCE(SUM(bytes_used), 0), 0 FROM groups;

-- It was XXH3-64 of the envelope alone. A row that is damaged already must stay so.
UPDATE entries SET checksum = zks_row_checksum(checksum, group_ref, cursor, state, state_ms, sender, blob_id, key_epoch, first_seq, sender_seq, timestamp_ms, expires_ms, envelope, proof);

PRAGMA application_id = 1514885937; -- 'ZKS1'
