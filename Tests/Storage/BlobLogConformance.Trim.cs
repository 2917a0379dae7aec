using System.Collections.Immutable;
using ZeroKSync.Grains.Contracts;
using ZeroKSync.Grains.Storage;
using ZeroKSync.Protocol;
using static ZeroKSync.Tests.Storage.LogSample;

namespace ZeroKSync.Tests.Storage;

public abstract partial class BlobLogConformance
{
    [Fact]
    public async Task WriteAsync_Trim_TakesTheDeliveredPrefixOnly()
    {
        long version = await CreateAsync(Group(1), Device(1), Device(2));
        version = Assert.IsType<LogWritten>(await Log.AppendAsync(Append(Group(1), version, Device(1), 1, 6), Token)).Version;

        // Device 1 has acknowledged nothing, yet its own rows need only device 2's word, given up to 4.
        var trim = new TrimRequest { AllThrough = default, OthersThrough = new Cursor(4), Laggard = Device(1), StoredThroughMs = Now, HolesThroughMs = 0 };
        var written = Assert.IsType<LogWritten>(await Log.WriteAsync(new GroupWrite { Group = Group(1), ExpectedVersion = version, Trim = trim }, Token));

        Assert.Equal(5UL, written.Oldest.Value);
        Assert.Equal(6UL, written.Head.Value);
        Assert.Equal(2L * Envelope(1).Length, written.BytesUsed);
        Assert.Equal([5, 6], (await ReadAsync(Query(Group(1), 0))).Entries.Select(entry => entry.Cursor.Value));
    }

    [Fact]
    public async Task WriteAsync_TrimYoungerThanRetention_TakesNothing()
    {
        long version = await CreateAsync(Group(1), Device(1), Device(2));
        version = Assert.IsType<LogWritten>(await Log.AppendAsync(Append(Group(1), version, Device(1), 1, 2), Token)).Version;

        var trim = new TrimRequest { AllThrough = new Cursor(2), OthersThrough = new Cursor(2), Laggard = Device(1), StoredThroughMs = Now - 1, HolesThroughMs = 0 };
        var written = Assert.IsType<LogWritten>(await Log.WriteAsync(new GroupWrite { Group = Group(1), ExpectedVersion = version, Trim = trim }, Token));

        Assert.Equal(1UL, written.Oldest.Value);
    }

    [Fact]
    public async Task WriteAsync_TrimOfEverything_LeavesTheHeadWhereItIs()
    {
        long version = await CreateAsync(Group(1), Device(1), Device(2));
        version = Assert.IsType<LogWritten>(await Log.AppendAsync(Append(Group(1), version, Device(1), 1, 3), Token)).Version;

        var written = Assert.IsType<LogWritten>(await Log.WriteAsync(new GroupWrite { Group = Group(1), ExpectedVersion = version, Trim = Delivered(3) }, Token));

        Assert.Equal((4UL, 3UL, 0L), (written.Oldest.Value, written.Head.Value, written.BytesUsed));
        Assert.Equal(4UL, Assert.IsType<LogWritten>(await Log.AppendAsync(Append(Group(1), written.Version, Device(1), 4, 1), Token)).Head.Value);
        Assert.Equal([4], (await ReadAsync(Query(Group(1), 0))).Entries.Select(entry => entry.Cursor.Value));
    }

    [Fact]
    public async Task WriteAsync_TrimWithALiveRowInFront_TakesNothing()
    {
        long version = await CreateAsync(Group(1), Device(1), Device(2));
        version = Assert.IsType<LogWritten>(await Log.AppendAsync(Append(Group(1), version, Device(2), 1, 1), Token)).Version;
        version = Assert.IsType<LogWritten>(await Log.AppendAsync(Append(Group(1), version, Device(1), 1, 3), Token)).Version;

        // Device 1 is the one behind: its own rows are delivered, but not the one before them.
        var trim = new TrimRequest { AllThrough = default, OthersThrough = new Cursor(4), Laggard = Device(1), StoredThroughMs = Now, HolesThroughMs = 0 };
        var written = Assert.IsType<LogWritten>(await Log.WriteAsync(new GroupWrite { Group = Group(1), ExpectedVersion = version, Trim = trim }, Token));

        Assert.Equal(1UL, written.Oldest.Value);
    }

    [Fact]
    public async Task R_HOLE_HolesInFront_GoAfterTheirRetentionWhateverIsAcknowledged()
    {
        long version = await CreateAsync(Group(1), Device(1), Device(2));
        version = Assert.IsType<LogWritten>(await Log.AppendAsync(Append(Group(1), version, Device(1), 1, 4), Token)).Version;
        version = Assert.IsType<LogWritten>(await Log.MarkAsync(Deletion(Group(1), version, 1), Token)).Version;
        version = Assert.IsType<LogWritten>(await Log.MarkAsync(Deletion(Group(1), version, 2) with { NowMs = Now + 10 }, Token)).Version;
        version = Assert.IsType<LogWritten>(await Log.MarkAsync(Deletion(Group(1), version, 4), Token)).Version;
        TrimRequest Holes(ulong through) => TrimRequest.Of([], 0, through);

        var early = Assert.IsType<LogWritten>(await Log.WriteAsync(new GroupWrite { Group = Group(1), ExpectedVersion = version, Trim = Holes(Now - 1) }, Token));
        var first = Assert.IsType<LogWritten>(await Log.WriteAsync(new GroupWrite { Group = Group(1), ExpectedVersion = early.Version, Trim = Holes(Now) }, Token));
        var second = Assert.IsType<LogWritten>(await Log.WriteAsync(new GroupWrite { Group = Group(1), ExpectedVersion = first.Version, Trim = Holes(Now + 10) }, Token));

        Assert.Equal((1UL, 2UL, 3UL), (early.Oldest.Value, first.Oldest.Value, second.Oldest.Value));
        // The last hole is behind a blob that nobody has acknowledged.
        Assert.Equal([EntryState.Blob, EntryState.Deleted], (await ReadAsync(Query(Group(1), 0))).Entries.Select(entry => entry.State));
    }

    [Fact]
    public async Task SweepAsync_IdleGroups_LosesWhatIsDeliveredAndOldEnoughAStepAtATime()
    {
        for (byte i = 1; i <= 5; i++)
        {
            long version = await CreateAsync(Group(i), Device(1), Device(2));
            version = Assert.IsType<LogWritten>(await Log.AppendAsync(Append(Group(i), version, Device(1), 1, 5), Token)).Version;
            // The odd ones have acknowledged up to 3; device 1's own rows need nobody else.
            StoredDevice acked = NewGroup(Group(i), Device(2)).Devices[0] with { Acked = new Cursor(i % 2 == 1 ? 3UL : 0UL) };
            await Log.WriteAsync(new GroupWrite { Group = Group(i), ExpectedVersion = version, Devices = [acked] }, Token);
        }

        var request = new SweepRequest { After = 0, GroupsMax = 2, RowsMax = 2, StoredThroughMs = Now - 1, HolesThroughMs = 0 };
        Assert.Equal((0, 3), await SweepAllAsync(request));
        Assert.Equal((9, 3), await SweepAllAsync(request with { StoredThroughMs = Now }));
        Assert.Equal((0, 3), await SweepAllAsync(request with { StoredThroughMs = Now }));

        for (byte i = 1; i <= 5; i++)
            Assert.Equal(i % 2 == 1 ? 4UL : 1UL, (await Log.LoadAsync(Group(i), Token))!.Oldest.Value);
    }

    [Fact]
    public async Task SweepAsync_DeviceAloneAndRevokedOnes_CountAsTheRulesSay()
    {
        long alone = await CreateAsync(Group(1), Device(1));
        await Log.AppendAsync(Append(Group(1), alone, Device(1), 1, 2), Token);
        long version = await CreateAsync(Group(2), Device(1), Device(2), Device(3));
        version = Assert.IsType<LogWritten>(await Log.AppendAsync(Append(Group(2), version, Device(1), 1, 2), Token)).Version;
        StoredGroup rows = NewGroup(Group(2), Device(2), Device(3));
        await Log.WriteAsync(
            new GroupWrite
            {
                Group = Group(2),
                ExpectedVersion = version,
                Devices = [rows.Devices[0] with { Acked = new Cursor(2) }, rows.Devices[1] with { Revoked = RevocationReason.Lost }],
            },
            Token);

        await SweepAllAsync(new SweepRequest { After = 0, GroupsMax = 10, RowsMax = 10, StoredThroughMs = Now, HolesThroughMs = Now });

        Assert.Equal(1UL, (await Log.LoadAsync(Group(1), Token))!.Oldest.Value);
        Assert.Equal(3UL, (await Log.LoadAsync(Group(2), Token))!.Oldest.Value);
    }

    private async Task<(int Rows, int Steps)> SweepAllAsync(SweepRequest request)
    {
        int rows = 0;
        int steps = 0;
        long? after = 0;
        while (after is { } next)
        {
            SweepResult result = await Log.SweepAsync(request with { After = next }, Token);
            rows += result.Rows;
            steps++;
            after = result.Next;
        }

        return (rows, steps);
    }
}
