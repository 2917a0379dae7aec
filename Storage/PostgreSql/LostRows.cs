using System.Collections.Immutable;
using Npgsql;
using ZeroKSync.Grains.Contracts;
using ZeroKSync.Grains.Storage;
using ZeroKSync.Protocol;

namespace ZeroKSync.Storage.PostgreSql;

/// <summary>What is told of rows that cannot be had: what a ring still knows of them, else zeros.</summary>
internal sealed class LostRows
{
    private readonly Dictionary<ulong, (DeviceId Sender, RingEntry Row)> _known = [];

    public static async Task<LostRows> ReadAsync(NpgsqlConnection connection, GroupId group)
    {
        var lost = new LostRows();
        Dictionary<long, DeviceId> devices = (await Sql.QueryAsync(
            connection,
            reader => (Id: reader.GetInt64(0), Device: DeviceId.Read(reader.Bytes(1))),
            "SELECT d.id, d.device_id FROM groups g JOIN devices d ON d.group_ref = g.id WHERE g.group_id = $1",
            group.ToArray())).ToDictionary(row => row.Id, row => row.Device);
        foreach ((long id, ImmutableArray<RingEntry>.Builder ring) in await GroupRows.RingsAsync(connection, devices.Keys))
        {
            foreach (RingEntry entry in ring)
                lost._known[entry.Cursor.Value] = (devices[id], entry);
        }

        return lost;
    }

    public PageEntry Describe(ulong cursor)
    {
        StorageMetrics.UnreadableRows.Add(1);
        (DeviceId sender, RingEntry known) = _known.GetValueOrDefault(cursor);
        return new PageEntry
        {
            Cursor = new Cursor(cursor),
            State = EntryState.Corrupt,
            Sender = sender,
            BlobId = known.BlobId,
            KeyEpoch = default,
            FirstSeq = known.SenderSeq,
            SenderSeq = known.SenderSeq,
            TimestampMs = known.TimestampMs,
        };
    }
}
