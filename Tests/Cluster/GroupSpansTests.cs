using System.Collections.Concurrent;
using System.Diagnostics;
using System.Security.Cryptography;
using Microsoft.Extensions.Options;
using ZeroKSync.Grains;
using ZeroKSync.Grains.Contracts;
using ZeroKSync.Grains.Groups;
using ZeroKSync.Protocol;
using ZeroKSync.Storage;
using ZeroKSync.Storage.Sqlite;
using ZeroKSync.TestKit;

namespace ZeroKSync.Tests.Cluster;

/// <summary>Spans across a grain call, which leaves the caller's flow of execution.</summary>
public sealed class GroupSpansTests
{
    [Fact]
    public async Task AppendAndRead_FromATracedCaller_HaveStorageBelowThemAndNoIdInThem()
    {
        using var folder = new TempDirectory();
        await using RelayStore store = RelayStore.Open(new SqliteStoreOptions { Directory = folder.Path });
        await using var host = new GroupHost(store.Log, new FakeTimeProvider(), Options.Create(new GroupOptions()));
        await host.StartAsync();
        GroupId group = GroupId.Read(RandomNumberGenerator.GetBytes(GroupId.Size));
        DeviceId device = DeviceId.Read(RandomNumberGenerator.GetBytes(DeviceId.Size));
        IGroupGrain grain = host.Grains.GetGrain<IGroupGrain>(GrainKeys.Group(group));
        Assert.IsType<Welcomed>(await grain.HelloAsync(GroupCommands.Hello(device), Bounded.Token()));
        var ended = new ConcurrentQueue<Activity>();
        using var source = new ActivitySource("ZeroKSync.Tests");
        using var listener = new ActivityListener
        {
            ShouldListenTo = listened => listened.Name.StartsWith("ZeroKSync.", StringComparison.Ordinal),
            Sample = (ref _) => ActivitySamplingResult.AllDataAndRecorded,
            ActivityStopped = ended.Enqueue,
        };
        ActivitySource.AddActivityListener(listener);

        AppendBatch untraced = GroupCommands.Batch(device, 1);
        Assert.Null((await grain.AppendAsync(untraced, Bounded.Token())).Refusal);
        Assert.Empty(ended);
        AppendBatch traced = GroupCommands.Batch(device, 2);
        ActivityTraceId trace = await TracedAsync(source, async () =>
        {
            Assert.Null((await grain.AppendAsync(traced, Bounded.Token())).Refusal);
            Assert.IsType<ReadPage>(await grain.ReadAsync(new ReadQuery { Reader = device, After = default, CountMax = 10, BytesMax = 1 << 20, Own = true }, Bounded.Token()));
        });

        Assert.All(ended, span => Assert.Equal(trace, span.TraceId));
        Activity outer = ended.Single(span => span.OperationName == "outer");
        foreach ((string call, string storage) in (ReadOnlySpan<(string, string)>)[("zks.group.append", "zks.storage.commit"), ("zks.group.read", "zks.storage.read")])
        {
            Activity inGrain = ended.Single(span => span.OperationName == call);
            Assert.Equal(outer.SpanId, inGrain.ParentSpanId);
            Assert.Equal(inGrain.SpanId, ended.Single(span => span.OperationName == storage).ParentSpanId);
        }

        string said = string.Join('\n', ended.SelectMany(span => span.TagObjects.Select(tag => $"{tag.Key}={tag.Value}").Append(span.DisplayName)));
        foreach (byte[] id in (byte[][])[group.ToArray(), device.ToArray(), untraced.Entries[0].BlobId.ToArray(), traced.Entries[0].BlobId.ToArray()])
            Assert.DoesNotContain(Convert.ToHexString(id, 0, 6), said, StringComparison.OrdinalIgnoreCase);

        Assert.All(ended.SelectMany(span => span.TagObjects), tag => Assert.Equal("zks.entries", tag.Key));
    }

    private static async Task<ActivityTraceId> TracedAsync(ActivitySource source, Func<Task> work)
    {
        using Activity outer = source.StartActivity("outer") ?? throw new InvalidOperationException("It is listened to.");
        CallTrace.Carry(outer);
        await work();
        return outer.TraceId;
    }
}
