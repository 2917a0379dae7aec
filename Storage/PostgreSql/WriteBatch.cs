using Npgsql;
using NpgsqlTypes;
using ZeroKSync.Grains.Storage;
using ZeroKSync.Protocol;

namespace ZeroKSync.Storage.PostgreSql;

/// <summary>
/// Many groups' writes as two statements over arrays, sent together: one round trip, one transaction, one sync. A group is in it once at most.
/// </summary>
internal static class WriteBatch
{
    private const string Appends =
        """
        WITH a AS MATERIALIZED (
            SELECT * FROM unnest($1::bytea[], $2::bigint[], $3::bytea[], $4::bigint[], $5::bigint[], $6::bigint[], $7::bigint[], $8::bytea[], $9::bigint[], $10::bigint[], $11::bytea[])
                WITH ORDINALITY AS t (group_id, expected, device, count, bytes, bytes_max, last_seq, last_link, now_ms, drop_through, ring, n)
        ), moved AS (
            UPDATE groups g SET version = g.version + 1, head_cursor = g.head_cursor + a.count, bytes_used = g.bytes_used + a.bytes
            FROM a WHERE g.group_id = a.group_id AND g.version = a.expected AND g.bytes_used + a.bytes <= a.bytes_max
                AND EXISTS (SELECT 1 FROM devices d WHERE d.group_ref = g.id AND d.device_id = a.device)
            RETURNING a.n, g.id, g.version, g.oldest_cursor, g.head_cursor, g.bytes_used, g.head_cursor - a.count AS before, a.device, a.count, a.bytes, a.last_seq, a.last_link, a.now_ms, a.drop_through, a.ring
        ), sent AS (
            UPDATE devices d SET last_seq = m.last_seq, last_link = m.last_link, last_seen_ms = m.now_ms
            FROM moved m WHERE d.group_ref = m.id AND d.device_id = m.device
            RETURNING d.id AS device_ref, m.before, m.last_seq, m.now_ms, m.drop_through, m.ring
        ), ringed AS (
            INSERT INTO ring_segments (device_ref, last_seq, first_cursor, timestamp_ms, entries) SELECT device_ref, last_seq, before + 1, now_ms, ring FROM sent
        ), dropped AS (
            DELETE FROM ring_segments r USING sent s WHERE s.drop_through > 0 AND r.device_ref = s.device_ref AND r.last_seq <= s.drop_through
        ), stored AS (
            INSERT INTO entries (group_ref, cursor, state, state_ms, sender, blob_id, key_epoch, first_seq, sender_seq, timestamp_ms, expires_ms, size, checksum, envelope)
            SELECT m.id, m.before + e.place, 0, m.now_ms, m.device, e.blob_id, e.key_epoch, e.first_seq, e.sender_seq, m.now_ms, e.expires_ms, length(e.envelope),
                e.checksum # (m.before + e.place) # (m.id << 32), e.envelope
            FROM unnest($12::bigint[], $13::bigint[], $14::bytea[], $15::bigint[], $16::bigint[], $17::bigint[], $18::bigint[], $19::bigint[], $20::bytea[])
                AS e (n, place, blob_id, key_epoch, first_seq, sender_seq, expires_ms, checksum, envelope)
            JOIN moved m ON m.n = e.n
        ), counted AS (
            UPDATE totals t SET rows = t.rows + s.count, bytes = t.bytes + s.bytes
            FROM (SELECT sum(count) AS count, sum(bytes) AS bytes FROM moved) s WHERE t.slot = pg_backend_pid() % 64 AND s.count > 0
        )
        SELECT a.n, m.version, m.oldest_cursor, m.head_cursor, m.bytes_used, g.version, g.bytes_used,
            EXISTS (SELECT 1 FROM devices d WHERE d.group_ref = g.id AND d.device_id = a.device)
        FROM a LEFT JOIN moved m ON m.n = a.n LEFT JOIN groups g ON g.group_id = a.group_id AND m.n IS NULL
        """;

    private const string Devices =
        """
        WITH w AS MATERIALIZED (
            SELECT * FROM unnest($1::bytea[], $2::bigint[]) WITH ORDINALITY AS t (group_id, expected, n)
        ), moved AS (
            UPDATE groups g SET version = g.version + 1 FROM w WHERE g.group_id = w.group_id AND g.version = w.expected
            RETURNING w.n, g.id, g.version, g.oldest_cursor, g.head_cursor, g.bytes_used
        ), saved AS (
            INSERT INTO devices AS d (group_ref, device_id, card, acked_cursor, last_seq, last_link, first_seen_ms, last_seen_ms, revoked)
            SELECT m.id, e.device_id, e.card, e.acked, 0, decode(repeat('00', 32), 'hex'), e.first_ms, e.last_ms, NULLIF(e.revoked, -1)
            FROM unnest($3::bigint[], $4::bytea[], $5::bytea[], $6::bigint[], $7::bigint[], $8::bigint[], $9::smallint[]) AS e (n, device_id, card, acked, first_ms, last_ms, revoked)
            JOIN moved m ON m.n = e.n
            ON CONFLICT (group_ref, device_id) DO UPDATE SET
                card = CASE WHEN d.card = excluded.card THEN d.card ELSE excluded.card END,
                acked_cursor = excluded.acked_cursor, last_seen_ms = excluded.last_seen_ms, revoked = excluded.revoked
        )
        SELECT n, version, oldest_cursor, head_cursor, bytes_used FROM moved
        """;

    /// <summary>Sends the writes and returns their results in order, once all are committed and synced.</summary>
    public static async Task<LogWriteResult?[]> RunAsync(NpgsqlConnection connection, List<PendingWrite> writes, CancellationToken cancellationToken)
    {
        PendingWrite[] appends = [.. writes.Where(write => write.Append is not null)];
        PendingWrite[] devices = [.. writes.Where(write => write.Devices is not null)];
        await using var batch = new NpgsqlBatch(connection);
        if (appends.Length > 0)
            batch.BatchCommands.Add(AppendCommand(appends));

        if (devices.Length > 0)
            batch.BatchCommands.Add(DeviceCommand(devices));

        await batch.PrepareAsync(cancellationToken);
        var results = new Dictionary<PendingWrite, LogWriteResult?>(writes.Count);
        await using (NpgsqlDataReader reader = await batch.ExecuteReaderAsync(cancellationToken))
        {
            if (appends.Length > 0)
            {
                while (await reader.ReadAsync(cancellationToken))
                {
                    PendingWrite write = appends[(int)reader.GetInt64(0) - 1];
                    results[write] = AppendResult(reader, write);
                }

                await reader.NextResultAsync(cancellationToken);
            }

            while (devices.Length > 0 && await reader.ReadAsync(cancellationToken))
                results[devices[(int)reader.GetInt64(0) - 1]] = Written(reader);

            // The server commits after the last row. Read up to its word that it did: a reader that is merely disposed of keeps a refusal to itself.
            while (await reader.NextResultAsync(cancellationToken))
            {
            }
        }

        // A change of devices without a row was fenced.
        return [.. writes.Select(write => results.TryGetValue(write, out LogWriteResult? result) ? result : LogFenced.Instance)];
    }

    // Null: the sender is no device of the group.
    private static LogWriteResult? AppendResult(NpgsqlDataReader reader, PendingWrite write)
    {
        if (!reader.IsDBNull(1))
            return Written(reader);

        if (reader.IsDBNull(5) || reader.GetInt64(5) != write.Append!.ExpectedVersion)
            return LogFenced.Instance;

        if (reader.GetInt64(6) + write.Bytes > write.Append.BytesMax)
            return new LogQuotaExceeded(reader.GetInt64(6));

        // It fitted what this statement saw, and not what another transaction had made of it meanwhile.
        return reader.GetBoolean(7) ? LogFenced.Instance : null;
    }

    private static LogWritten Written(NpgsqlDataReader reader) =>
        new(reader.GetInt64(1), new Cursor((ulong)reader.GetInt64(2)), new Cursor((ulong)reader.GetInt64(3)), reader.GetInt64(4));

    private static NpgsqlBatchCommand AppendCommand(PendingWrite[] appends)
    {
        LogAppend[] each = [.. appends.Select(write => write.Append!)];
        (LogAppend Append, LogEntry Entry, long N, long Place)[] rows =
            [.. each.SelectMany((append, n) => append.Entries.Select((entry, place) => (append, entry, n + 1L, place + 1L)))];
        return Command(
            Appends,
            Bytes(each.Select(append => append.Group.ToArray())),
            Longs(each.Select(append => append.ExpectedVersion)),
            Bytes(each.Select(append => append.Sender.ToArray())),
            Longs(each.Select(append => (long)append.Entries.Length)),
            Longs(appends.Select(write => write.Bytes)),
            // Room for the sum that it is compared with.
            Longs(each.Select(append => Math.Min(append.BytesMax, long.MaxValue / 2))),
            Longs(each.Select(append => (long)append.Entries[^1].SenderSeq.Value)),
            Bytes(each.Select(append => append.LastLink.ToArray())),
            Longs(each.Select(append => (long)append.TimestampMs)),
            Longs(each.Select(append => (long)RingEncoding.DropThrough(append.Entries))),
            Bytes(each.Select(append => RingEncoding.Encode(append.Entries))),
            Longs(rows.Select(row => row.N)),
            Longs(rows.Select(row => row.Place)),
            Bytes(rows.Select(row => row.Entry.BlobId.ToArray())),
            Longs(rows.Select(row => (long)row.Entry.KeyEpoch.Value)),
            Longs(rows.Select(row => (long)row.Entry.FirstSeq.Value)),
            Longs(rows.Select(row => (long)row.Entry.SenderSeq.Value)),
            Longs(rows.Select(row => (long)row.Entry.ExpiresMs)),
            Longs(rows.Select(row => Checksum(row.Append, row.Entry))),
            Bytes(rows.Select(row => WholeArray.Of(row.Entry.Envelope))));
    }

    private static NpgsqlBatchCommand DeviceCommand(PendingWrite[] writes)
    {
        (StoredDevice Device, long N)[] rows = [.. writes.SelectMany((write, n) => write.Devices!.Devices.Select(device => (device, n + 1L)))];
        return Command(
            Devices,
            Bytes(writes.Select(write => write.Group.ToArray())),
            Longs(writes.Select(write => write.Devices!.ExpectedVersion)),
            Longs(rows.Select(row => row.N)),
            Bytes(rows.Select(row => row.Device.Device.ToArray())),
            Bytes(rows.Select(row => row.Device.Card.ToArray())),
            Longs(rows.Select(row => (long)row.Device.Acked.Value)),
            Longs(rows.Select(row => (long)row.Device.FirstSeenMs)),
            Longs(rows.Select(row => (long)row.Device.LastSeenMs)),
            new NpgsqlParameter { NpgsqlDbType = NpgsqlDbType.Array | NpgsqlDbType.Smallint, Value = rows.Select(row => row.Device.Revoked is { } reason ? (short)reason : (short)-1).ToArray() });
    }

    private static long Checksum(LogAppend append, LogEntry entry) =>
        LogRow.ContentChecksum(LogRow.Appended(append, group: 0, cursor: 0, entry), entry.Envelope.Span);

    private static NpgsqlBatchCommand Command(string sql, params ReadOnlySpan<NpgsqlParameter> parameters)
    {
        var command = new NpgsqlBatchCommand(sql);
        foreach (NpgsqlParameter parameter in parameters)
            command.Parameters.Add(parameter);

        return command;
    }

    private static NpgsqlParameter Bytes(IEnumerable<byte[]> values) => new() { NpgsqlDbType = NpgsqlDbType.Array | NpgsqlDbType.Bytea, Value = values.ToArray() };

    private static NpgsqlParameter Longs(IEnumerable<long> values) => new() { NpgsqlDbType = NpgsqlDbType.Array | NpgsqlDbType.Bigint, Value = values.ToArray() };
}
