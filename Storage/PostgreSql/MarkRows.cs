using Npgsql;
using NpgsqlTypes;
using ZeroKSync.Grains.Contracts;
using ZeroKSync.Grains.Storage;
using ZeroKSync.Protocol;

namespace ZeroKSync.Storage.PostgreSql;

/// <summary>The statements that change a row's state. The group's row is locked first, always.</summary>
internal static class MarkRows
{
    private const string SelectHeader = $"SELECT {RowReader.Header} FROM entries e WHERE e.group_ref = $1 AND e.cursor = $2";
    private const string SelectWhole = $"SELECT {RowReader.Whole} FROM entries e WHERE e.group_ref = $1 AND e.cursor = $2";

    private const string Update =
        """
        UPDATE entries SET state = $3, state_ms = $4, key_epoch = $5, first_seq = $6, size = $7, checksum = $8, proof = $9, envelope = $10
        WHERE group_ref = $1 AND cursor = $2
        """;

    public static async Task<LogWriteResult> MarkAsync(NpgsqlConnection connection, LogMark mark)
    {
        if (await GroupRow.FencedAsync(connection, mark.Group, mark.ExpectedVersion) is not { } group)
            return LogFenced.Instance;

        if (await ReadHeaderAsync(connection, group.Id, mark.Cursor) is not ({ State: not EntryState.Deleted } row, var size))
            return LogRowMismatch.Instance;

        row = row with { State = mark.State, StateMs = mark.NowMs, KeyEpoch = mark.KeyEpoch?.Value ?? row.KeyEpoch };
        await SaveAsync(connection, row, mark.Proof?.ToArray(), envelope: null);
        if (mark.Audit is { } kind)
            await RotationRows.AddAuditAsync(connection, group.Id, new AuditRecord(mark.NowMs, kind, row.Sender, mark.Cursor));

        group.BytesUsed -= size;
        return await group.SaveAsync(connection, corrupt: mark.State == EntryState.Corrupt ? 1 : 0);
    }

    public static async Task<LogWriteResult> RefillAsync(NpgsqlConnection connection, LogRefill refill)
    {
        if (await GroupRow.FencedAsync(connection, refill.Group, refill.ExpectedVersion) is not { } group)
            return LogFenced.Instance;

        if (await ReadHeaderAsync(connection, group.Id, refill.Cursor) is not ({ State: EntryState.Corrupt } row, var size)
            || row.Sender != refill.Sender
            || row.SenderSeq != refill.SenderSeq.Value
            || row.BlobId != refill.BlobId)
        {
            return LogRowMismatch.Instance;
        }

        row = row with { State = EntryState.Blob, StateMs = refill.NowMs, KeyEpoch = refill.KeyEpoch.Value, FirstSeq = refill.FirstSeq.Value };
        await SaveAsync(connection, row, proof: null, WholeArray.Of(refill.Envelope));
        group.BytesUsed += refill.Envelope.Length - size;
        return await group.SaveAsync(connection);
    }

    /// <summary>Quarantines rows that a reader found damaged. They are looked at again first: it may have been the reading that was wrong.</summary>
    public static async Task<bool> MarkCorruptAsync(NpgsqlConnection connection, List<(long Group, ulong Cursor)> rows, ulong nowMs)
    {
        foreach (GroupRow group in await GroupRow.LockAsync(connection, rows.Select(row => row.Group)))
        {
            int found = 0;
            foreach ((_, ulong cursor) in rows.Where(row => row.Group == group.Id))
            {
                List<(LogRow Row, int Size, bool IsSound)> read = await Sql.QueryAsync(
                    connection, reader => (RowReader.ReadHeader(reader), reader.GetInt32(RowReader.SizeColumn), RowReader.IsSound(reader)), SelectWhole, group.Id, (long)cursor);
                if (read is not [{ IsSound: false } damaged])
                    continue;

                await SaveAsync(connection, damaged.Row with { State = EntryState.Corrupt, StateMs = nowMs }, proof: null, envelope: null);
                group.BytesUsed -= damaged.Size;
                found++;
            }

            if (found > 0)
                await group.SaveAsync(connection, corrupt: found);
        }

        return true;
    }

    private static async Task<(LogRow Row, int Size)?> ReadHeaderAsync(NpgsqlConnection connection, long group, Cursor cursor)
    {
        List<(LogRow, int)> rows = await Sql.QueryAsync(
            connection, reader => (RowReader.ReadHeader(reader), reader.GetInt32(RowReader.SizeColumn)), SelectHeader, group, (long)cursor.Value);
        return rows.Count == 1 ? rows[0] : null;
    }

    private static async Task SaveAsync(NpgsqlConnection connection, LogRow row, byte[]? proof, byte[]? envelope)
    {
        await using NpgsqlCommand command = Sql.Command(
            connection,
            Update,
            row.GroupRef,
            (long)row.Cursor,
            (short)row.State,
            (long)row.StateMs,
            (long)row.KeyEpoch,
            (long)row.FirstSeq,
            envelope?.Length ?? 0,
            LogRow.Checksum(row, row.State == EntryState.Deleted ? proof : envelope));
        command.Parameters.Add(new NpgsqlParameter { NpgsqlDbType = NpgsqlDbType.Bytea, Value = (object?)proof ?? DBNull.Value });
        command.Parameters.Add(new NpgsqlParameter { NpgsqlDbType = NpgsqlDbType.Bytea, Value = (object?)envelope ?? DBNull.Value });
        await command.ExecuteNonQueryAsync();
    }
}
