using ZeroKSync.Protocol;
using ZeroKSync.Protocol.Messages;
using ZeroKSync.Session;
using ZeroKSync.TestKit;
using ZeroKSync.Tests.Unit.Session.Handshake;
using RekeyMessage = ZeroKSync.Protocol.Messages.Rekey;

namespace ZeroKSync.Tests.Unit.Session.Rekey;

/// <summary>Both ends of a session over memory, and what changes its keys. Nothing runs by itself unless a test starts it.</summary>
internal sealed class RekeyPair : IDisposable
{
    private const long SessionStream = 0;

    public RekeyPair(RekeyLimits? clientLimits = null, RekeyLimits? relayLimits = null)
    {
        (SessionKeys client, SessionKeys relay) = Fixture.Run();
        (Client, Relay) = (new SessionStreams(client), new SessionStreams(relay));
        (ClientSession, RelaySession) = Open(SessionStream);
        ClientRekey = SessionRekey.ForClient(Client, ClientSession, Fixture.DeviceKey, Fixture.Relay, clientLimits ?? RekeyLimits.Default, Time);
        RelayRekey = SessionRekey.ForRelay(Relay, RelaySession, Fixture.RelayKey, relayLimits ?? RekeyLimits.Default, Time);
    }

    public HandshakeFixture Fixture { get; } = new();

    public FakeTimeProvider Time { get; } = new();

    public SessionStreams Client { get; }

    public SessionStreams Relay { get; }

    public MemoryPipe ClientSession { get; }

    public MemoryPipe RelaySession { get; }

    public SessionRekey ClientRekey { get; }

    public SessionRekey RelayRekey { get; }

    public (MemoryPipe Client, MemoryPipe Relay) Open(long streamId) => MemoryPipe.Pair(Client, Relay, streamId);

    /// <summary>The next message of a stream, or null at its end.</summary>
    public static async Task<byte[]?> NextAsync(MemoryPipe pipe)
    {
        while (true)
        {
            switch (pipe.Receive(Limits.FrameBytes, out ReadOnlyMemory<byte> message))
            {
                case FrameStatus.Message:
                    return message.ToArray();
                case FrameStatus.Incomplete when await pipe.TryFillAsync(Bounded.Token()):
                    continue;
                case FrameStatus.Incomplete:
                    return null;
                default:
                    throw new InvalidOperationException("A frame does not open.");
            }
        }
    }

    /// <summary>Sends a REKEY by hand.</summary>
    public static ValueTask SendAsync(MemoryPipe session, byte[] handshakeMessage) => session.SendAsync(new RekeyMessage(handshakeMessage), endStream: false, Bounded.Token());

    /// <summary>Has an end take the next message of its session stream.</summary>
    public async Task TakeAsync(MemoryPipe session)
    {
        byte[] message = await NextAsync(session) ?? throw new InvalidOperationException("The stream ended.");
        await RekeyOf(session).TakeAsync(message, Bounded.Token());
    }

    /// <summary>A whole rekey because of age, step by step. The client's end runs no longer than that.</summary>
    public async Task RekeyAsync()
    {
        using var stop = new CancellationTokenSource();
        Time.Advance(RekeyLimits.AgeSoftDefault);
        Task running = ClientRekey.RunAsync(stop.Token);
        await TakeAsync(RelaySession);
        await TakeAsync(ClientSession);
        await TakeAsync(RelaySession);
        await TakeAsync(ClientSession);
        await stop.CancelAsync();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => running.Within());
    }

    /// <summary>Reads an end's session stream as its owner would, until the stream or the exchange ends.</summary>
    public async Task ServeAsync(MemoryPipe session)
    {
        while (await NextAsync(session) is { } message)
        {
            if (MessageCodec.TryReadCode(message, out MessageCode code) && code == MessageCode.Rekey)
                await RekeyOf(session).TakeAsync(message, Bounded.Token());
            else
                RekeyOf(session).PassOther();
        }
    }

    public void Dispose()
    {
        ClientRekey.Dispose();
        RelayRekey.Dispose();
        Client.Keys.Dispose();
        Relay.Keys.Dispose();
        Fixture.Dispose();
    }

    private SessionRekey RekeyOf(MemoryPipe session) => session == ClientSession ? ClientRekey : RelayRekey;
}
