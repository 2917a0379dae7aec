using System.Collections.Immutable;
using ZeroKSync.Grains.Contracts;
using ZeroKSync.Grains.Storage;
using ZeroKSync.Protocol;
using ZeroKSync.TestKit;
using static ZeroKSync.Tests.Storage.LogSample;

namespace ZeroKSync.Tests.Storage;

/// <summary>What every engine of the blob log must do. An engine's own test class inherits it.</summary>
public abstract partial class BlobLogConformance
{
    protected abstract IBlobLog Log { get; }

    protected abstract IGrainStateStore States { get; }

    /// <summary>Changes one row of the tables behind the store's back, as a disk does.</summary>
    protected abstract Task ChangeAsync(string sql);

    /// <summary>So many zero bytes as the engine writes them in SQL.</summary>
    protected abstract string Zeros(int count);

    private static CancellationToken Token => Bounded.Token();

    [Fact]
    public async Task LoadAsync_GroupNobodyMade_IsNull()
    {
        Assert.Null(await Log.LoadAsync(Group(1), Token));
        Assert.Null(await Log.ReadAsync(Query(Group(1), 0), Token));
    }

    [Fact]
    public async Task CreateAsync_Twice_IsFencedAndKeepsTheFirst()
    {
        StoredGroup first = NewGroup(Group(1), Device(1));
        Assert.IsType<LogWritten>(await Log.CreateAsync(first, Token));

        Assert.IsType<LogFenced>(await Log.CreateAsync(NewGroup(Group(1), Device(2)), Token));

        StoredGroup? loaded = await Log.LoadAsync(Group(1), Token);
        Assert.Equal(first.RelayEpoch, loaded?.RelayEpoch);
        Assert.Equal(Device(1), Assert.Single(loaded!.Devices).Device);
    }

    [Fact]
    public async Task WriteAsync_Device_ChangesItAndNotItsSequence()
    {
        long version = await CreateAsync(Group(1), Device(1));
        version = Assert.IsType<LogWritten>(await Log.AppendAsync(Append(Group(1), version, Device(1), 1, 2), Token)).Version;
        StoredDevice older = NewGroup(Group(1), Device(1)).Devices[0] with { Acked = new Cursor(2), Revoked = RevocationReason.Lost };

        Assert.IsType<LogWritten>(await Log.WriteAsync(new GroupWrite { Group = Group(1), ExpectedVersion = version, Devices = [older] }, Token));

        StoredDevice device = Assert.Single((await Log.LoadAsync(Group(1), Token))!.Devices);
        Assert.Equal(2UL, device.Acked.Value);
        Assert.Equal(RevocationReason.Lost, device.Revoked);
        Assert.Equal(2UL, device.LastSeq.Value);
    }

    [Fact]
    public async Task WriteAsync_Chain_RoundTrips()
    {
        long version = await CreateAsync(Group(1), Device(1));
        ImmutableArray<ChainStatement> chain = [Statement(200), Statement(300)];

        await Log.WriteAsync(new GroupWrite { Group = Group(1), ExpectedVersion = version, Chain = chain }, Token);

        StoredGroup loaded = (await Log.LoadAsync(Group(1), Token))!;
        Assert.Equal(2u, loaded.KeyEpoch.Value);
        Assert.Equal(chain.Select(link => Convert.ToHexString(link.Statement.Span)), loaded.Chain.Select(link => Convert.ToHexString(link.Statement.Span)));
    }

    protected async Task<long> CreateAsync(GroupId group, params DeviceId[] devices) =>
        Assert.IsType<LogWritten>(await Log.CreateAsync(NewGroup(group, devices), Token)).Version;

    /// <summary>Appends blobs one by one, so that each is a row of its own whatever an engine makes of those that come together.</summary>
    protected async Task AppendEachAsync(LogAppend append)
    {
        foreach (LogEntry entry in append.Entries)
        {
            var written = Assert.IsType<LogWritten>(await Log.AppendAsync(append with { Entries = [entry] }, Token));
            append = append with { ExpectedVersion = written.Version };
        }
    }

    protected async Task<LogPage> ReadAsync(LogQuery query) => await Log.ReadAsync(query, Token) ?? throw new InvalidOperationException("The group is there.");
}
