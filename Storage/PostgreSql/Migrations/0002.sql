-- Version 2: functions that go around damage. A page that cannot be read fails a statement, and with it the transaction and the connection; inside
-- these it fails one row. They are slow, and used only after a statement has failed so. By index alone: a scan of the table meets every page.

-- Rows of a group that can be read, each to its last byte.
CREATE FUNCTION zks_readable(wanted_group bigint, first_cursor bigint, last_cursor bigint) RETURNS SETOF entries
LANGUAGE plpgsql STABLE SET enable_seqscan = off SET enable_bitmapscan = off AS $$
DECLARE
    entry entries;
BEGIN
    FOR wanted IN first_cursor..last_cursor LOOP
        BEGIN
            SELECT * INTO entry FROM entries e WHERE e.group_ref = wanted_group AND e.cursor = wanted;
            IF FOUND THEN
                -- What is stored out of the row is fetched by using it.
                PERFORM length(entry.envelope || ''::bytea), length(entry.proof || ''::bytea);
                RETURN NEXT entry;
            END IF;
        EXCEPTION WHEN data_corrupted OR index_corrupted OR internal_error THEN
            NULL;
        END;
    END LOOP;
END $$;

-- Deletes rows of a group; one that cannot be deleted stays, below the group's oldest cursor, and is nobody's row any more.
CREATE FUNCTION zks_remove(wanted_group bigint, first_cursor bigint, last_cursor bigint) RETURNS void
LANGUAGE plpgsql SET enable_seqscan = off SET enable_bitmapscan = off AS $$
BEGIN
    FOR wanted IN first_cursor..last_cursor LOOP
        BEGIN
            DELETE FROM entries e WHERE e.group_ref = wanted_group AND e.cursor = wanted;
        EXCEPTION WHEN data_corrupted OR index_corrupted OR internal_error THEN
            NULL;
        END;
    END LOOP;
END $$;

-- Rows whose time is over, the longest first. Behind a row that cannot be read it goes on at the least time from which something can be read again,
-- found by halves; of what is due in that same millisecond some may be passed over.
CREATE FUNCTION zks_due(now_ms bigint, rows_max bigint) RETURNS TABLE (due_group bigint, due_cursor bigint, due_size integer)
LANGUAGE plpgsql STABLE SET enable_seqscan = off SET enable_bitmapscan = off AS $$
DECLARE
    due refcursor;
    entry record;
    after_ms bigint := -1;
    rows_left bigint := rows_max;
    unreadable_ms bigint;
    readable_ms bigint;
    middle_ms bigint;
BEGIN
    WHILE rows_left > 0 AND after_ms < now_ms LOOP
        BEGIN
            OPEN due FOR SELECT e.group_ref, e.cursor, e.size, e.expires_ms FROM entries e
                WHERE e.state = 0 AND e.expires_ms > after_ms AND e.expires_ms <= now_ms ORDER BY e.expires_ms LIMIT rows_left;
            LOOP
                -- One at a time: what comes before damage comes.
                FETCH due INTO entry;
                IF NOT FOUND THEN
                    RETURN;
                END IF;
                due_group := entry.group_ref;
                due_cursor := entry.cursor;
                due_size := entry.size;
                RETURN NEXT;
                after_ms := entry.expires_ms;
                rows_left := rows_left - 1;
            END LOOP;
        EXCEPTION WHEN data_corrupted OR index_corrupted OR internal_error THEN
            unreadable_ms := after_ms;
            readable_ms := now_ms;
            WHILE readable_ms - unreadable_ms > 1 LOOP
                middle_ms := unreadable_ms + (readable_ms - unreadable_ms) / 2;
                BEGIN
                    PERFORM e.cursor FROM entries e WHERE e.state = 0 AND e.expires_ms > middle_ms AND e.expires_ms <= now_ms ORDER BY e.expires_ms LIMIT 1;
                    readable_ms := middle_ms;
                EXCEPTION WHEN data_corrupted OR index_corrupted OR internal_error THEN
                    unreadable_ms := middle_ms;
                END;
            END LOOP;
            after_ms := readable_ms;
        END;
    END LOOP;
END $$;

-- Frees one row whose time is over; whether it could.
CREATE FUNCTION zks_expire(wanted_group bigint, wanted_cursor bigint, since_ms bigint, new_checksum bigint) RETURNS boolean
LANGUAGE plpgsql SET enable_seqscan = off SET enable_bitmapscan = off AS $$
BEGIN
    UPDATE entries e SET state = 2, state_ms = since_ms, size = 0, checksum = new_checksum, proof = NULL, envelope = NULL
    WHERE e.group_ref = wanted_group AND e.cursor = wanted_cursor AND e.state = 0;
    RETURN FOUND;
EXCEPTION WHEN data_corrupted OR index_corrupted OR internal_error THEN
    RETURN false;
END $$;
