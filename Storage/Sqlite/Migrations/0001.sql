-- The relay's database, version 1. Ids are blobs, cursors and times integers; times are ms since 1970-01-01 UTC by the relay's clock.

-- One row a group: the fence (version), and what its log amounts to. It lives as long as a device is registered.
CREATE TABLE groups (
    id            INTEGER PRIMARY KEY,
    group_id      BLOB    NOT NULL UNIQUE,
    version       INTEGER NOT NULL,
    relay_epoch   BLOB    NOT NULL,
    origin_key    BLOB    NOT NULL,
    chain         BLOB    NOT NULL, -- per rotation: statement length u32 BE, statement, signature 64
    oldest_cursor INTEGER NOT NULL,
    head_cursor   INTEGER NOT NULL,
    bytes_used    INTEGER NOT NULL  -- sum of entries.size
) STRICT;

CREATE TABLE devices (
    id            INTEGER PRIMARY KEY,
    group_ref     INTEGER NOT NULL REFERENCES groups (id),
    device_id     BLOB    NOT NULL,
    card          BLOB    NOT NULL,
    acked_cursor  INTEGER NOT NULL,
    last_seq      INTEGER NOT NULL,
    last_link     BLOB    NOT NULL,
    first_seen_ms INTEGER NOT NULL,
    last_seen_ms  INTEGER NOT NULL,
    revoked       INTEGER,          -- reason; null while a member
    UNIQUE (group_ref, device_id)
) STRICT;

-- The last rows of a sender, one segment an append: rewriting the whole ring would cost more than the blob.
CREATE TABLE ring_segments (
    device_ref INTEGER NOT NULL REFERENCES devices (id),
    last_seq   INTEGER NOT NULL,
    entries    BLOB    NOT NULL,    -- per row: sender_seq u64, blob_id 16, cursor u64, timestamp_ms u64, big-endian
    PRIMARY KEY (device_ref, last_seq)
) STRICT, WITHOUT ROWID;

-- Group secrets sealed to devices that have not yet proved the epoch.
CREATE TABLE wraps (
    group_ref INTEGER NOT NULL REFERENCES groups (id),
    device_id BLOB    NOT NULL,
    key_epoch INTEGER NOT NULL,
    wrap      BLOB    NOT NULL,
    PRIMARY KEY (group_ref, device_id, key_epoch)
) STRICT, WITHOUT ROWID;

-- The log. Payloads are appended in rowid order; the one narrow index finds them. No index on random ids: a push would pay for it.
CREATE TABLE entries (
    id           INTEGER PRIMARY KEY,
    group_ref    INTEGER NOT NULL REFERENCES groups (id),
    cursor       INTEGER NOT NULL,
    state        INTEGER NOT NULL,  -- 0 blob, 1 deleted, 2 expired, 3 corrupt
    state_ms     INTEGER NOT NULL,  -- since when
    sender       BLOB    NOT NULL,
    blob_id      BLOB    NOT NULL,
    key_epoch    INTEGER NOT NULL,
    first_seq    INTEGER NOT NULL,
    sender_seq   INTEGER NOT NULL,
    timestamp_ms INTEGER NOT NULL,
    expires_ms   INTEGER NOT NULL,
    size         INTEGER NOT NULL,  -- bytes of the envelope while it is stored
    checksum     INTEGER NOT NULL,  -- XXH3-64 of the envelope
    proof        BLOB,              -- state 1
    envelope     BLOB
) STRICT;

CREATE UNIQUE INDEX entries_by_cursor ON entries (group_ref, cursor);

-- Expiry finds what is due; times of the same length of life arrive in order, so it grows at its end.
CREATE INDEX entries_by_expiry ON entries (expires_ms) WHERE state = 0;

-- Small cold state of grains.
CREATE TABLE grain_states (
    name  TEXT NOT NULL,
    key   TEXT NOT NULL,
    etag  TEXT NOT NULL,
    state BLOB NOT NULL,
    PRIMARY KEY (name, key)
) STRICT, WITHOUT ROWID;
