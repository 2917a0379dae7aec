using System.Security.Cryptography;
using Microsoft.Extensions.Options;
using ZeroKSync.Grains;
using ZeroKSync.Grains.Contracts;
using ZeroKSync.Grains.Groups;
using ZeroKSync.Protocol;
using ZeroKSync.Storage.Sqlite;
using ZeroKSync.TestKit;
using ZeroKSync.Tests.Cluster.Model;

namespace ZeroKSync.Tests.Cluster;

/// <summary>How much a group reads for an answer that it does not write.</summary>
public sealed class GroupLooksTests : IAsyncDisposable
{
    private static readonly DeviceId Device = DeviceId.Read(RandomNumberGenerator.GetBytes(DeviceId.Size));

    private readonly TempDirectory _folder = new();
    private readonly SqliteStore _store;
    private readonly FaultyLog _log;
    private readonly GroupId _group = GroupId.Read(RandomNumberGenerator.GetBytes(GroupId.Size));

    public GroupLooksTests()
    {
        _store = SqliteStore.Open(new SqliteStoreOptions { Directory = _folder.Path });
        _log = new FaultyLog(new SqliteBlobLog(_store));
    }

    [Fact]
    public async Task AppendAsync_RepeatedAndRefused_ReadsTheGroupNoMore()
    {
        await using GroupHost host = await StartAsync();
        IGroupGrain grain = Grain(host);
        Assert.IsType<Welcomed>(await grain.HelloAsync(GroupCommands.Hello(Device), Bounded.Token()));
        AppendBatch first = GroupCommands.Batch(Device, 1);
        Assert.Null((await grain.AppendAsync(first, Bounded.Token())).Refusal);
        int loads = _log.Loads;

        AppendResult repeated = await grain.AppendAsync(first, Bounded.Token());
        AppendResult refused = await grain.AppendAsync(GroupCommands.Batch(Device, 7), Bounded.Token());

        Assert.True(Assert.Single(repeated.Receipts).Duplicate);
        Assert.Equal(RefusalReason.OutOfSequence, refused.Refusal?.Reason);
        Assert.Equal(loads, _log.Loads);
    }

    // Another activation has written meanwhile: the refusal was decided on what is no more, and is not worth a client's look.
    [Fact]
    public async Task AppendAsync_RefusedOnWhatAnotherActivationHasChanged_IsDecidedAnew()
    {
        await using GroupHost one = await StartAsync();
        await using GroupHost two = await StartAsync();
        Assert.IsType<Welcomed>(await Grain(one).HelloAsync(GroupCommands.Hello(Device), Bounded.Token()));
        Assert.Null((await Grain(two).AppendAsync(GroupCommands.Batch(Device, 1), Bounded.Token())).Refusal);

        AppendResult result = await Grain(one).AppendAsync(GroupCommands.Batch(Device, 2), Bounded.Token());

        Assert.Null(result.Refusal);
        Assert.Equal(2UL, Assert.Single(result.Receipts).Cursor.Value);
    }

    public async ValueTask DisposeAsync()
    {
        await _store.DisposeAsync();
        _folder.Dispose();
    }

    private async Task<GroupHost> StartAsync()
    {
        var host = new GroupHost(_log, new FakeTimeProvider(), Options.Create(new GroupOptions()));
        await host.StartAsync();
        return host;
    }

    private IGroupGrain Grain(GroupHost host) => host.Grains.GetGrain<IGroupGrain>(GrainKeys.Group(_group));
}
