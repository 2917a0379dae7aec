using ZeroKSync.Grains.Storage;
using ZeroKSync.Protocol;
using ZeroKSync.Storage.Sqlite;
using static ZeroKSync.Tests.Storage.LogSample;

namespace ZeroKSync.Tests.Storage.Sqlite;

/// <summary>Which blobs of an append share a row.</summary>
public sealed class PackingTests
{
    [Theory]
    [InlineData(1, 10, 1)]
    [InlineData(2, 10, 2)]
    [InlineData(Packing.BlobsMax, 10, Packing.BlobsMax)]
    [InlineData(Packing.BlobsMax + 1, 10, Packing.BlobsMax)]
    [InlineData(4, Packing.BytesMax / 4, 4)]
    [InlineData(5, Packing.BytesMax / 4, 4)]
    [InlineData(2, Packing.BytesMax, 1)]
    [InlineData(2, Packing.BytesMax + 1, 1)]
    [InlineData(3, 0, 3)]
    public void Next_BlobsAlike_AreAsManyAsARowTakes(int blobs, int bytes, int expected) => Assert.Equal(expected, Packing.Next(Blobs(blobs, bytes)));

    [Fact]
    public void Next_AnotherEndOrEpoch_BeginsARow()
    {
        LogEntry[] entries = Blobs(6, 10);
        entries[4] = entries[4] with { ExpiresMs = Now };
        Assert.Equal(4, Packing.Next(entries));

        entries[2] = entries[2] with { KeyEpoch = new KeyEpoch(9) };
        Assert.Equal(2, Packing.Next(entries));
        Assert.Equal(1, Packing.Next(entries.AsSpan(2)));
    }

    private static LogEntry[] Blobs(int count, int bytes) =>
        [.. Append(Group(1), 1, Device(1), 1, count).Entries.Select(entry => entry with { Envelope = new byte[bytes] })];
}
