using ZeroKSync.Grains.Storage;
using ZeroKSync.Protocol;
using static ZeroKSync.Tests.Storage.LogSample;

namespace ZeroKSync.Tests.Storage;

public abstract partial class BlobLogConformance
{
    [Fact]
    public async Task GetStatisticsAsync_AfterEveryKindOfWrite_FitsWhatIsStored()
    {
        long version = await CreateAsync(Group(1), Device(1), Device(2));
        await CreateAsync(Group(2), Device(1));
        LogAppend append = Append(Group(1), version, Device(1), 1, 8);
        append = append with { Entries = [.. append.Entries.Select((entry, i) => entry with { ExpiresMs = Now + (ulong)i })] };
        version = Assert.IsType<LogWritten>(await Log.AppendAsync(append, Token)).Version;
        await Expect(2, 8, 8);

        version = Assert.IsType<LogWritten>(await Log.MarkAsync(Deletion(Group(1), version, 8), Token)).Version;
        await Expect(2, 8, 7);

        version = Assert.IsType<LogWritten>(await Log.WriteAsync(new GroupWrite { Group = Group(1), ExpectedVersion = version, Trim = Delivered(2) }, Token)).Version;
        await Expect(2, 6, 5);

        // A write that is refused changes nothing of it.
        Assert.IsType<LogQuotaExceeded>(await Log.AppendAsync(Append(Group(1), version, Device(1), 9, 1) with { BytesMax = 1 }, Token));
        Assert.IsType<LogFenced>(await Log.AppendAsync(Append(Group(1), version - 1, Device(1), 9, 1), Token));
        await Expect(2, 6, 5);

        Assert.Equal(2, await Log.ExpireAsync(Now + 3, 10, Token));
        await Expect(2, 6, 3);
        Assert.Equal(new LogStatistics(new Cursor(3), new Cursor(8), 3 * 1024, 6), await Log.GetStatisticsAsync(Group(1), Token));
        Assert.Null(await Log.GetStatisticsAsync(Group(3), Token));
        Assert.Equal((await Log.LoadAsync(Group(1), Token))!.Version, await Log.ReadVersionAsync(Group(1), Token));
        Assert.Null(await Log.ReadVersionAsync(Group(3), Token));

        async Task Expect(long groups, long rows, long blobs)
        {
            StoreStatistics found = await Log.GetStatisticsAsync(Token);
            Assert.Equal((groups, rows, blobs * 1024), (found.Groups, found.Rows, found.BytesUsed));
            Assert.True(found.FileBytes > 0);
            Assert.True((await Log.VerifyAsync(Token)).IsSound);
        }
    }
}
