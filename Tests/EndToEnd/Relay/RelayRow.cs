using System.Buffers.Binary;
using System.IO.Hashing;
using Microsoft.Data.Sqlite;
using ZeroKSync.TestKit;

namespace ZeroKSync.Tests.EndToEnd.Relay;

/// <summary>A blob's row in a relay's database, to be changed as a relay would that turned evil: with a checksum that fits.</summary>
internal sealed class RelayRow
{
    // Of a row that is several blobs: blob_id 16, first_seq, sender_seq, checksum, and where the envelope begins and how long it is, u32 each.
    private const int PartBytes = 48;

    private static readonly string[] Numbers = ["state_ms", "first_seq", "sender_seq", "timestamp_ms", "expires_ms"];

    private readonly Dictionary<string, object> _values;

    private RelayRow(Dictionary<string, object> values) => _values = values;

    public byte[] Envelope => (byte[])_values["envelope"];

    /// <summary>The row of a cursor. Where several blobs are one row, it makes a row of each first.</summary>
    public static async Task<RelayRow> ReadAsync(RelayFixture fixture, long cursor)
    {
        await using SqliteConnection connection = await OpenAsync(fixture);
        RelayRow row = await FindAsync(connection, cursor);
        if (row._values["parts"] is byte[] parts)
        {
            await TakeApartAsync(connection, row, parts);
            row = await FindAsync(connection, cursor);
        }

        Assert.Equal(cursor, row.Number("cursor"));
        return row;
    }

    /// <summary>Takes columns over from another row.</summary>
    public void CopyFrom(RelayRow other, params string[] columns)
    {
        foreach (string column in columns)
            _values[column] = other._values[column];
    }

    /// <summary>Puts the row in its place.</summary>
    /// <param name="fixChecksum">Whether the relay means it, or its disk forgot.</param>
    public async Task WriteAsync(RelayFixture fixture, bool fixChecksum = true)
    {
        _values["size"] = (long)Envelope.Length;
        if (fixChecksum)
            _values["checksum"] = Checksum();

        await using SqliteConnection connection = await OpenAsync(fixture);
        await using SqliteCommand update = connection.CreateCommand();
        update.CommandText = $"UPDATE entries SET {string.Join(", ", _values.Keys.Where(name => name != "id").Select(name => $"{name} = ${name}"))} WHERE id = $id";
        foreach ((string name, object value) in _values)
            update.Parameters.AddWithValue("$" + name, value);

        Assert.Equal(1, await update.ExecuteNonQueryAsync());
    }

    public static async Task<long> CountAsync(RelayFixture fixture)
    {
        await using SqliteConnection connection = await OpenAsync(fixture);
        await using SqliteCommand command = connection.CreateCommand();
        command.CommandText = $"SELECT sum(coalesce(length(parts) / {PartBytes}, 1)) FROM entries";
        return (long)(await command.ExecuteScalarAsync())!;
    }

    private static async Task<RelayRow> FindAsync(SqliteConnection connection, long cursor)
    {
        await using SqliteCommand select = connection.CreateCommand();
        select.CommandText = "SELECT * FROM entries WHERE cursor >= $cursor ORDER BY cursor LIMIT 1";
        select.Parameters.AddWithValue("$cursor", cursor);
        await using SqliteDataReader reader = await select.ExecuteReaderAsync();
        Assert.True(await reader.ReadAsync());
        return new RelayRow(Enumerable.Range(0, reader.FieldCount).ToDictionary(reader.GetName, reader.GetValue));
    }

    private static async Task TakeApartAsync(SqliteConnection connection, RelayRow row, byte[] parts)
    {
        await using SqliteCommand delete = connection.CreateCommand();
        delete.CommandText = "DELETE FROM entries WHERE id = $id";
        delete.Parameters.AddWithValue("$id", row._values["id"]);
        Assert.Equal(1, await delete.ExecuteNonQueryAsync());
        long last = row.Number("cursor");
        byte[] envelopes = row.Envelope;
        int count = parts.Length / PartBytes;
        for (int i = 0; i < count; i++)
        {
            byte[] part = parts[(i * PartBytes)..((i + 1) * PartBytes)];
            long At(int place) => BinaryPrimitives.ReadInt64BigEndian(part.AsSpan(place));
            int offset = BinaryPrimitives.ReadInt32BigEndian(part.AsSpan(40));
            int length = BinaryPrimitives.ReadInt32BigEndian(part.AsSpan(44));
            var values = new Dictionary<string, object>(row._values)
            {
                ["cursor"] = last - count + 1 + i,
                ["blob_id"] = part[..16],
                ["first_seq"] = At(16),
                ["sender_seq"] = At(24),
                ["checksum"] = At(32),
                ["size"] = (long)length,
                ["envelope"] = envelopes[offset..(offset + length)],
                ["parts"] = DBNull.Value,
            };
            values.Remove("id");
            await using SqliteCommand insert = connection.CreateCommand();
            insert.CommandText = $"INSERT INTO entries ({string.Join(", ", values.Keys)}) VALUES ({string.Join(", ", values.Keys.Select(name => $"${name}"))})";
            foreach ((string name, object value) in values)
                insert.Parameters.AddWithValue("$" + name, value);

            Assert.Equal(1, await insert.ExecuteNonQueryAsync());
        }
    }

    private static async Task<SqliteConnection> OpenAsync(RelayFixture fixture)
    {
        var connection = new SqliteConnection($"Data Source={Path.Combine(fixture.RelayData, "relay.db")};Pooling=False");
        await connection.OpenAsync();
        // A relay that has nothing to do puts what it stored last in its place.
        await using SqliteCommand command = connection.CreateCommand();
        command.CommandText = "SELECT COUNT(*) FROM unsettled";
        await Bounded.UntilAsync(() => (long)command.ExecuteScalar()! == 0);
        return connection;
    }

    // As storage makes it: XXH3-64 of the envelope, seeded by that of all else, and the row's place.
    private long Checksum()
    {
        using var header = new MemoryStream();
        foreach (string name in Numbers)
            Put(header, Number(name));

        Put(header, Envelope.Length);
        byte[] epoch = new byte[sizeof(uint)];
        BinaryPrimitives.WriteUInt32BigEndian(epoch, (uint)Number("key_epoch"));
        header.Write(epoch);
        header.WriteByte((byte)Number("state"));
        header.Write((byte[])_values["sender"]);
        header.Write((byte[])_values["blob_id"]);
        ulong seed = XxHash3.HashToUInt64(header.ToArray());
        return unchecked((long)XxHash3.HashToUInt64(Envelope, (long)seed)) ^ Number("cursor") ^ (Number("group_ref") << 32);
    }

    private long Number(string name) => (long)_values[name];

    private static void Put(MemoryStream into, long value)
    {
        byte[] bytes = new byte[sizeof(long)];
        BinaryPrimitives.WriteInt64BigEndian(bytes, value);
        into.Write(bytes);
    }
}
