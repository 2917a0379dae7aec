-- Version 4: appends that are not yet where they belong.

-- A blob that was appended alone: this row is all that its commit writes. Within a moment it is settled: put into entries, ring_segments, devices, groups and
-- totals, and deleted here. Until then the group's head and version are those of its last row here. By id they are in the order of their commits.
CREATE TABLE unsettled (
    id           INTEGER PRIMARY KEY,
    group_ref    INTEGER NOT NULL,
    version      INTEGER NOT NULL, -- the group's before it
    cursor       INTEGER NOT NULL,
    sender       BLOB    NOT NULL,
    blob_id      BLOB    NOT NULL,
    key_epoch    INTEGER NOT NULL,
    first_seq    INTEGER NOT NULL,
    sender_seq   INTEGER NOT NULL,
    timestamp_ms INTEGER NOT NULL,
    expires_ms   INTEGER NOT NULL,
    checksum     INTEGER NOT NULL, -- as in entries
    last_link    BLOB    NOT NULL,
    envelope     BLOB    NOT NULL
) STRICT;
