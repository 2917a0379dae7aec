using ZeroKSync.Protocol;
using ZeroKSync.Protocol.Messages;
using ZeroKSync.TestKit.Protocol;
using ZeroKSync.Transport;

namespace ZeroKSync.Tests.EndToEnd.Wire;

/// <summary>What a relay does about keys that are old: it asks for new ones, and gives up what does not move to them.</summary>
public sealed class RekeyLimitTests : IAsyncLifetime
{
    // The relay asks after a second and gives streams up a second after they should have moved; nothing here has to be faster than that.
    private const string Configuration = """{ "Gateway": { "RekeyAge": "00:00:01", "RekeyGrace": "00:00:01" } }""";

    private RekeySessions _sessions = null!;

    public async ValueTask InitializeAsync() => _sessions = await RekeySessions.StartAsync(Configuration);

    public ValueTask DisposeAsync() => _sessions.DisposeAsync();

    [Fact]
    public async Task Straggler_AfterTheGrace_IsAbortedWithItsCode_AndTheSessionLives()
    {
        RawSession session = await _sessions.OpenAsync();
        RawStream straggler = await session.OpenAsync();
        await straggler.AskAsync<Push, PushAck>(RekeySessions.Blob(1));
        await session.RekeyAsync();
        await session.Session.SendAsync(new Presence(PresenceStatus.Active));

        var exception = await Assert.ThrowsAsync<TransportException>(async () =>
        {
            while (true)
                await straggler.ReceiveAsync();
        });

        Assert.Equal((long)CloseCode.OldEpoch, exception.ApplicationCode);
        await (await session.OpenAsync()).AskAsync<ListDevices, Devices>(new ListDevices());
    }

    [Fact]
    public async Task Straggler_TheSessionStream_ClosesWithItsCode()
    {
        RawSession session = await _sessions.OpenAsync();

        await session.RekeyAsync();

        await RekeySessions.AssertClosedAsync(session, CloseCode.OldEpoch);
    }

    [Fact]
    public async Task Relay_AtItsLimit_AsksOnTheSessionStream()
    {
        RawSession session = await _sessions.OpenAsync();

        Assert.Equal(0, (await session.Session.ReceiveAsync<Rekey>()).HandshakeMessage.Length);

        await session.RekeyAsync();
        await (await session.OpenAsync()).AskAsync<ListDevices, Devices>(new ListDevices());
    }
}
