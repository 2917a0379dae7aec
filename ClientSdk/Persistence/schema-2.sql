-- Version 2, on top of version 1.

-- What an authentic blob is (BlobType); NULL where nothing was opened. Version 1 kept what was for the app and told no other types apart.
ALTER TABLE inbox ADD COLUMN type INTEGER;
UPDATE inbox SET type = 0 WHERE state = 0;

-- A relay can put any number of rows that do not open on one sequence: looking one up must not read them all.
DROP INDEX inbox_by_sender;
CREATE INDEX inbox_by_sender ON inbox (sender, sender_seq, state, blob_id);

-- Secrets of older epochs, each sealed under a newer one's (KeptSecret); the newest is in group.key and opens the first of them.
CREATE TABLE kept_secrets (
    epoch INTEGER PRIMARY KEY,
    under INTEGER NOT NULL,
    kept  BLOB    NOT NULL
) STRICT;

-- What other devices' vectors say of a sender, and is not here.
CREATE TABLE claims (
    device    BLOB    PRIMARY KEY,
    first_seq INTEGER NOT NULL,
    first_ms  INTEGER NOT NULL,
    last_seq  INTEGER NOT NULL,
    last_ms   INTEGER NOT NULL
) STRICT, WITHOUT ROWID;

-- Of an authentic blob of an older epoch that nothing confirms yet: its epoch + 1; else 0.
ALTER TABLE inbox ADD COLUMN unconfirmed INTEGER NOT NULL DEFAULT 0;
CREATE INDEX inbox_unconfirmed ON inbox (sender, sender_seq) WHERE unconfirmed > 0;

-- How far the rotator of an epoch had each sender when it began it: what older blobs are believed by. A row of device zero says that it was heard.
CREATE TABLE confirmations (
    epoch      INTEGER NOT NULL,
    device     BLOB    NOT NULL,
    sender_seq INTEGER NOT NULL,
    PRIMARY KEY (epoch, device)
) STRICT, WITHOUT ROWID;
