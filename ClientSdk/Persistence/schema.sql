-- A device's database, version 1. Ids and links are blobs, sequences, cursors and times integers; times are ms since 1970-01-01 UTC.
-- No secret lies open in it: what is here stays sealed, keys are files of their own.

CREATE TABLE settings (
    name  TEXT PRIMARY KEY,
    value BLOB NOT NULL
) STRICT, WITHOUT ROWID;

CREATE TABLE relays (
    position INTEGER PRIMARY KEY,
    address  TEXT NOT NULL,          -- host:port
    relay_id BLOB NOT NULL
) STRICT;

-- This device's own blobs, sealed once: what is still to be sent, and the journal a relay that lost them is refilled from.
CREATE TABLE outbox (
    sender_seq INTEGER PRIMARY KEY,
    blob_id    BLOB    NOT NULL,
    key_epoch  INTEGER NOT NULL,
    previous   BLOB    NOT NULL,
    link       BLOB    NOT NULL,
    ttl_s      INTEGER NOT NULL,
    created_ms INTEGER NOT NULL,
    envelope   BLOB    NOT NULL
) STRICT;

-- Where this device stands with each relay. Cursors of one relay mean nothing at another.
CREATE TABLE relay_states (
    relay_id    BLOB    PRIMARY KEY,
    relay_epoch BLOB    NOT NULL,
    cursor      INTEGER NOT NULL,    -- everything up to it is in the inbox
    acked_seq   INTEGER NOT NULL     -- own blobs up to it are on the relay's disk
) STRICT, WITHOUT ROWID;

-- Void runs made for a relay: stored before they are sent, and resent unchanged.
CREATE TABLE voids (
    relay_id   BLOB    NOT NULL,
    first_seq  INTEGER NOT NULL,
    sender_seq INTEGER NOT NULL,
    blob_id    BLOB    NOT NULL,
    key_epoch  INTEGER NOT NULL,
    link       BLOB    NOT NULL,     -- of this row, as the relay keeps it
    envelope   BLOB    NOT NULL,
    PRIMARY KEY (relay_id, first_seq)
) STRICT, WITHOUT ROWID;

-- What came from the other devices, in the order it is handed to the app.
CREATE TABLE inbox (
    local_seq    INTEGER PRIMARY KEY AUTOINCREMENT,
    state        INTEGER NOT NULL,   -- 0 deliverable, 1 not for the app, 2 quarantined, 3 missing
    relay_id     BLOB    NOT NULL,
    cursor       INTEGER NOT NULL,
    sender       BLOB    NOT NULL,
    first_seq    INTEGER NOT NULL,
    sender_seq   INTEGER NOT NULL,
    blob_id      BLOB    NOT NULL,
    timestamp_ms INTEGER NOT NULL,   -- relay time
    envelope     BLOB
) STRICT;

CREATE INDEX inbox_by_sender ON inbox (sender, sender_seq);
CREATE INDEX inbox_troubled ON inbox (state) WHERE state >= 2;

-- The highest contiguous sequence of each sender, with its link.
CREATE TABLE vector (
    device     BLOB    PRIMARY KEY,
    sender_seq INTEGER NOT NULL,
    link       BLOB    NOT NULL
) STRICT, WITHOUT ROWID;
