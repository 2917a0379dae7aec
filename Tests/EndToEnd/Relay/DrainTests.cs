using System.Net;
using ZeroKSync.Protocol;
using ZeroKSync.Protocol.Messages;
using ZeroKSync.TestKit;
using ZeroKSync.TestKit.Protocol;
using ZeroKSync.Transport;

namespace ZeroKSync.Tests.EndToEnd.Relay;

/// <summary>A relay told to stop while everybody pushes, and the next one on the same directory.</summary>
public sealed class DrainTests
{
    private const int Groups = 4;
    private const int DevicesPerGroup = 2;
    private const int Blobs = 400;
    private const int Window = 32;

    // What a service manager is told to wait for.
    private static readonly TimeSpan StopBound = TimeSpan.FromSeconds(25);

    [Theory]
    [InlineData(200)]
    [InlineData(1500)]
    public async Task Terminate_UnderLoad_LosesAndDoublesNothingAndSaysWhenToComeBack(int stopAfter)
    {
        await using RelayFixture fixture = await RelayFixture.StartAsync();
        await using ITransport transport = TransportEngines.Create();
        using var load = new PushLoad(transport, Groups, DevicesPerGroup, Window);
        await load.ConnectAsync(fixture.Relay);
        Task<RawStream[]> notices = Task.WhenAll(load.Sessions.Select(session => session.AcceptAsync()));

        Task<bool> pushed = load.PushAsync(Blobs, stopAfter, out Task reached);
        await reached.Within();
        int code = await fixture.Relay.TerminateAsync(Bounded.Token(StopBound));

        Assert.Equal(0, code);
        // Each is told so; and the relay's whole house does not come back in the same instant.
        Bye[] byes = await Task.WhenAll((await notices.Within()).Select(ByeOfAsync)).Within();
        Assert.All(byes, bye => Assert.Equal(ByeCode.RelayShuttingDown, bye.Reason));
        Assert.All(byes, bye => Assert.InRange(bye.RetryAfterMs.GetValueOrDefault(), 500u, 5000u));
        Assert.True(byes.Select(bye => bye.RetryAfterMs).Distinct().Count() > byes.Length / 2);
        Assert.False(await pushed.Within());

        await load.DisconnectAsync();
        await fixture.StartAgainAsync();
        await load.ConnectAsync(fixture.Relay);
        Assert.True(await load.PushAsync(Blobs, int.MaxValue, out _).Within());
        await load.VerifyAsync();
        Assert.Equal(Groups * DevicesPerGroup * Blobs, load.Acked);
        await load.DisconnectAsync();
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task Terminate_UnderLoad_AnswersWhatItHasStored(bool isReadLater)
    {
        await using RelayFixture fixture = await RelayFixture.StartAsync();
        await using ITransport transport = TransportEngines.Create();
        using var load = new PushLoad(transport, groups: 1, devicesPerGroup: 1, window: 64);
        await load.ConnectAsync(fixture.Relay);
        var ended = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        Task<bool> pushed = load.PushAsync(100_000, 500, out Task reached, isReadLater ? ended.Task : null);
        await reached.Within();

        await fixture.Relay.TerminateAsync(Bounded.Token(StopBound));
        ended.SetResult();
        Assert.False(await pushed.Within());

        // Stored and answered are the same: a client has nothing to send twice.
        await load.DisconnectAsync();
        await fixture.StartAgainAsync();
        int acked = load.Acked;
        await load.ConnectAsync(fixture.Relay);
        Assert.Equal((ulong)acked, load.LastSequences.Single());
        await load.DisconnectAsync();
    }

    private static async Task<Bye> ByeOfAsync(RawStream notices)
    {
        while (await notices.ReceiveAsync() is { } message)
        {
            if (MessageCodec.TryDecode(message, out Bye? bye))
                return bye;
        }

        throw new InvalidOperationException("The notices ended without a BYE.");
    }
}
