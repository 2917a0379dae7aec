using Npgsql;
using ZeroKSync.Grains.Contracts;
using ZeroKSync.Grains.Storage;

namespace ZeroKSync.Storage.PostgreSql;

/// <summary>
/// The full check: every checksum, every group's numbers against its rows, and the totals, in one snapshot. The server's own structures are
/// for its own tools (pg_amcheck).
/// </summary>
internal static class VerifyRows
{
    /// <param name="connection">Without a transaction.</param>
    /// <param name="isCareful">Whether to go around what cannot be read, and count it.</param>
    public static async Task<LogVerification> VerifyAsync(NpgsqlConnection connection, bool isCareful)
    {
        await using NpgsqlTransaction snapshot = await connection.BeginTransactionAsync(System.Data.IsolationLevel.RepeatableRead);
        var faults = new List<string>();
        List<Numbers> groups = await Sql.QueryAsync(
            connection,
            reader => new Numbers(reader.GetInt64(0), reader.GetInt64(1), reader.GetInt64(2), reader.GetInt64(3)),
            "SELECT id, oldest_cursor, head_cursor, bytes_used FROM groups ORDER BY id");
        var counted = new Counted();
        foreach (Numbers group in groups)
        {
            Counted found = await CountAsync(connection, group, isCareful);
            long expected = group.Head - group.Oldest + 1;
            if (isCareful && found.Rows < expected)
            {
                found.Corrupt += expected - found.Rows;
                Add(faults, $"Group {group.Id} has {expected - found.Rows} rows that cannot be read.");
            }
            else if (found.Rows != expected)
                Add(faults, $"Group {group.Id} has {found.Rows} rows and should have {expected}.");

            if (found.Corrupt == 0 && found.Bytes != group.Bytes)
                Add(faults, $"Group {group.Id} has {found.Bytes} bytes and counts {group.Bytes}.");

            counted.Add(found);
        }

        StoreStatistics totals = await GroupRows.StatisticsAsync(connection);
        if (totals.Groups != groups.Count || totals.Rows != groups.Sum(group => group.Head - group.Oldest + 1) || totals.BytesUsed != groups.Sum(group => group.Bytes))
            Add(faults, "The store's totals do not fit its groups.");

        return new LogVerification(counted.Rows, counted.Corrupt, counted.Quarantined, faults);
    }

    private static async Task<Counted> CountAsync(NpgsqlConnection connection, Numbers group, bool isCareful)
    {
        var counted = new Counted();
        string rows = isCareful ? "zks_readable($1, $2, $3) e" : "entries e WHERE e.group_ref = $1 AND e.cursor >= $2 AND e.cursor <= $3";
        await using NpgsqlCommand command = Sql.Command(connection, $"SELECT {RowReader.Whole} FROM {rows} ORDER BY e.cursor", group.Id, group.Oldest, group.Head);
        await using NpgsqlDataReader reader = await command.ExecuteReaderAsync();
        while (await reader.ReadAsync())
        {
            counted.Rows++;
            bool isSound = IsSound(reader, isCareful);
            counted.Corrupt += isSound ? 0 : 1;
            counted.Quarantined += isSound && reader.GetInt16(2) == (short)EntryState.Corrupt ? 1 : 0;
            counted.Bytes += reader.GetInt32(RowReader.SizeColumn);
        }

        return counted;
    }

    private static bool IsSound(NpgsqlDataReader reader, bool isCareful)
    {
        try
        {
            return RowReader.IsSound(reader);
        }
        catch (Exception exception) when (isCareful && Failures.IsDamage(exception))
        {
            return false;
        }
    }

    private static void Add(List<string> faults, string fault)
    {
        if (faults.Count < LogVerification.FaultsMax)
            faults.Add(fault);
    }

    private sealed record Numbers(long Id, long Oldest, long Head, long Bytes);

    private sealed class Counted
    {
        public long Rows { get; set; }

        public long Corrupt { get; set; }

        public long Quarantined { get; set; }

        public long Bytes { get; set; }

        public void Add(Counted other)
        {
            Rows += other.Rows;
            Corrupt += other.Corrupt;
            Quarantined += other.Quarantined;
            Bytes += other.Bytes;
        }
    }
}
