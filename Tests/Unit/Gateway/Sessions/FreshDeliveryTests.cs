using System.Collections.Immutable;
using System.Globalization;
using System.Security.Cryptography;
using ZeroKSync.Cryptography;
using ZeroKSync.Gateway.Admission;
using ZeroKSync.Grains.Contracts;
using ZeroKSync.Grains.Devices;
using ZeroKSync.Protocol;
using ZeroKSync.Protocol.Messages;
using ZeroKSync.TestKit;
using ZeroKSync.TestKit.Protocol;
using ZeroKSync.Tests.Unit.Gateway.Sessions.Harness;

namespace ZeroKSync.Tests.Unit.Gateway.Sessions;

/// <summary>What is pushed over a gateway reaches its own subscriptions without being read back, and only those that may read it.</summary>
public sealed class FreshDeliveryTests
{
    private static readonly int Runs = Environment.GetEnvironmentVariable("ZKS_TEST_LONG") == "1" ? 20_000 : 400;

    [Fact]
    public void S_CONC_02_Feed_RowsHandedOnInAnyOrderOrNot_ComeOnceAndInOrder()
    {
        bool isChosen = int.TryParse(Environment.GetEnvironmentVariable("ZKS_SEED"), CultureInfo.InvariantCulture, out int chosen);
        int first = isChosen ? chosen : RandomNumberGenerator.GetInt32(int.MaxValue - Runs);
        TestContext.Current.TestOutputHelper?.WriteLine(string.Create(CultureInfo.InvariantCulture, $"ZKS_SEED={first}"));
        int spared = 0;
        for (int seed = first; seed < first + (isChosen ? 1 : Runs); seed++)
        {
            var story = new FreshStory(seed);
            new ShuffledContext(seed).Run(story.RunAsync);
            Assert.Equal(FreshStory.Expected, story.Received);
            spared += story.Spared;
        }

        // Else the story would be about reads alone.
        Assert.True(isChosen || spared > 0);
    }

    [Fact]
    public async Task Push_SubscriberThatIsLevel_GetsItWithoutARead()
    {
        await using GatewayHarness gateway = await GatewayHarness.StartAsync(new GatewayOptions());
        X25519KeyPair reader = X25519.GenerateKeyPair();
        RawStream subscription = await SubscribeAsync(gateway, reader);
        gateway.GroupGrain.OnRead = _ => throw new InvalidOperationException("read back");

        Push push = await PushAsync(gateway, [DeviceId.Read(reader.PublicKey)]);

        PullEntry entry = (await subscription.ReceiveAsync<PullResponse>().Within()).Entries.Single();
        Assert.Equal(new Cursor(1), entry.Cursor);
        Assert.Equal(push.BlobId, entry.BlobId);
        Assert.Equal(push.Envelope.ToArray(), entry.Envelope!.Value.ToArray());
    }

    [Fact]
    public async Task Push_WithASubscriberHere_SaysThatItIsServed()
    {
        await using GatewayHarness gateway = await GatewayHarness.StartAsync(new GatewayOptions());
        X25519KeyPair reader = X25519.GenerateKeyPair();
        await SubscribeAsync(gateway, reader);
        var served = new List<ImmutableArray<DeviceId>>();

        await PushAsync(gateway, [DeviceId.Read(reader.PublicKey)], batch => served.Add(batch.Served));

        Assert.Equal([DeviceId.Read(reader.PublicKey)], Assert.Single(served));
    }

    [Fact]
    public async Task Push_SubscriberThatWasRevoked_GetsNothingAndLearnsWhyFromARead()
    {
        await using GatewayHarness gateway = await GatewayHarness.StartAsync(new GatewayOptions());
        RawStream subscription = await SubscribeAsync(gateway, X25519.GenerateKeyPair());
        await Bounded.UntilAsync(() => gateway.DeviceGrain.Observer is not null);
        IDeviceObserver observer = gateway.DeviceGrain.Observer;
        gateway.GroupGrain.OnRead = _ => new ReadRefused { Refusal = new Refusal { Reason = RefusalReason.DeviceRevoked, Detail = [] } };

        // Answered after it was handed on.
        await PushAsync(gateway, []);
        observer.OnHead(new HeadNotice { HeadCursor = new Cursor(1), Count = 1, SizeBytes = 1 });

        Assert.Equal(ErrorCode.DeviceRevoked, (await subscription.ReceiveAsync<Error>().Within()).Reason);
    }

    private static async Task<RawStream> SubscribeAsync(GatewayHarness gateway, X25519KeyPair key)
    {
        RawSession session = await gateway.JoinAsync(key);
        gateway.GroupGrain.OnRead = query => new ReadPage
        {
            Entries = ImmutableArray<PageEntry>.Empty,
            ThroughCursor = query.After,
            HasMore = false,
            OldestCursor = new Cursor(1),
            HeadCursor = query.After,
        };
        RawStream subscription = await session.OpenAsync();
        await subscription.AskAsync<Subscribe, PullResponse>(new Subscribe(default)).Within();
        return subscription;
    }

    private static async Task<Push> PushAsync(GatewayHarness gateway, ImmutableArray<DeviceId> readers, Action<AppendBatch>? asked = null)
    {
        RawSession session = await gateway.JoinAsync();
        gateway.GroupGrain.OnAppend = batch =>
        {
            asked?.Invoke(batch);
            return new AppendResult
            {
                Receipts = [new AppendReceipt { Cursor = new Cursor(1), TimestampMs = 1, Duplicate = false }],
                Stored = new StoredRows { HeadCursor = new Cursor(1), OldestCursor = new Cursor(1), Readers = readers },
            };
        };
        RawStream pushing = await session.OpenAsync();
        Push push = RawBlobs.Make(1);
        await pushing.AskAsync<Push, PushAck>(push).Within();
        return push;
    }
}
