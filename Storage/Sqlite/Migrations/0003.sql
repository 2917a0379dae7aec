-- Version 3: one row for the blobs of an append.

-- Null: the row is one blob. Else it is several blobs of one append, in cursor order, which follow each other and differ in nothing but what is said here;
-- the columns are the last one's, size is that of all and envelope all of theirs, one behind the other. Their state is 0 or 2.
-- Per blob, big-endian: blob_id 16, first_seq u64, sender_seq u64, checksum 8, and where its envelope begins and how long it is, u32 each.
ALTER TABLE entries ADD COLUMN parts BLOB;
