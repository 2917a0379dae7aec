using System.Net;
using System.Security.Cryptography;
using ZeroKSync.Protocol;
using ZeroKSync.Protocol.Messages;
using ZeroKSync.TestKit;
using ZeroKSync.TestKit.Protocol;
using ZeroKSync.Tests.EndToEnd.Relay;
using ZeroKSync.Transport;

namespace ZeroKSync.Tests.EndToEnd.Wire;

/// <summary>A relay, and sessions of one group with it whose keys a test changes by hand.</summary>
internal sealed class RekeySessions : IAsyncDisposable
{
    private readonly ITransport _transport = TransportEngines.Create();
    private readonly List<IAsyncDisposable> _open = [];
    private readonly RelayFixture _fixture;

    private RekeySessions(RelayFixture fixture) => _fixture = fixture;

    public RawGroup Group { get; } = new();

    public static async Task<RekeySessions> StartAsync(string? configuration) => new(await RelayFixture.StartAsync(configuration: configuration));

    public static async Task AssertClosedAsync(RawSession session, CloseCode code) =>
        Assert.Equal((long)code, (await session.Connection.Closed.Within()).ApplicationCode);

    /// <summary>Opaque to the relay beyond its header.</summary>
    public static Push Blob(ulong seq)
    {
        byte[] envelope = RandomNumberGenerator.GetBytes(300);
        new EnvelopeHeader(default, new Sequence(seq), default).Write(envelope);
        return new Push(BlobId.Read(RandomNumberGenerator.GetBytes(BlobId.Size)), default, new Sequence(seq), new Sequence(seq), 0, envelope);
    }

    /// <summary>A session that has shaken hands and said nothing.</summary>
    public async Task<RawSession> ConnectAsync()
    {
        var endPoint = new IPEndPoint(IPAddress.Parse(_fixture.Relay.Address.Host), _fixture.Relay.Address.Port);
        RawSession session = await RawSession.ConnectAsync(_transport, endPoint, _fixture.Relay.Address.RelayId);
        _open.Add(session);
        return session;
    }

    /// <summary>A member's: the create flag has no effect at a group that exists.</summary>
    public async Task<RawSession> OpenAsync()
    {
        RawSession session = await ConnectAsync();
        await session.Session.AskAsync<Hello, Welcome>(Group.Hello(session, create: true));
        return session;
    }

    public async ValueTask DisposeAsync()
    {
        // Whatever a test did, the relay serves the next.
        await OpenAsync();
        foreach (IAsyncDisposable open in _open)
            await open.DisposeAsync();

        Group.Dispose();
        await _transport.DisposeAsync();
        await _fixture.DisposeAsync();
    }
}
