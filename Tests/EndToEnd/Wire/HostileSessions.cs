using System.Net;
using System.Security.Cryptography;
using ZeroKSync.Protocol;
using ZeroKSync.Protocol.Messages;
using ZeroKSync.TestKit;
using ZeroKSync.TestKit.Protocol;
using ZeroKSync.Tests.EndToEnd.Relay;
using ZeroKSync.Transport;
using ZeroKSync.Transport.WebSocket;

namespace ZeroKSync.Tests.EndToEnd.Wire;

/// <summary>A relay, members of one group that keep to nothing, and one that does and must not notice the others.</summary>
internal sealed class HostileSessions : IAsyncDisposable
{
    private readonly RelayFixture _fixture;
    private readonly ITransport _transport;
    private readonly RawGroup _group = new();
    private readonly List<RawSession> _sessions = [];
    private RawStream? _pushing;
    private ulong _pushed;

    private HostileSessions(RelayFixture fixture, ITransport transport)
    {
        _fixture = fixture;
        _transport = transport;
    }

    public RelayFixture Fixture => _fixture;

    /// <param name="isWebSocket">The fallback transport instead of QUIC.</param>
    /// <param name="streamDeadline">Of the relay; null is its default.</param>
    public static async Task<HostileSessions> StartAsync(bool isWebSocket, TimeSpan? streamDeadline = null)
    {
        string? configuration = streamDeadline is { } deadline ? $$"""{ "Gateway": { "StreamDeadline": "{{deadline:c}}" } }""" : null;
        RelayFixture fixture = await RelayFixture.StartAsync(configuration: configuration);
        var sessions = new HostileSessions(fixture, isWebSocket ? new WebSocketTransport(TestClock.System) : TransportEngines.Create());
        RawSession other = await sessions.JoinAsync(create: true);
        sessions._pushing = await other.OpenAsync();
        return sessions;
    }

    /// <summary>A session that has shaken hands and said nothing.</summary>
    public async Task<RawSession> ConnectAsync(int windowBytes = 1 << 20)
    {
        RawSession session = await RawSession.ConnectAsync(_transport, EndPoint, _fixture.Relay.Address.RelayId, windowBytes: windowBytes);
        _sessions.Add(session);
        return session;
    }

    /// <summary>A connection with nothing on it.</summary>
    public async Task<TransportConnection> DialAsync() =>
        await _transport.ConnectAsync(new TransportConnectOptions { Alpn = Limits.Alpn, RemoteEndPoints = [EndPoint] }, Bounded.Token());

    /// <summary>A member of the group.</summary>
    public async Task<RawSession> JoinAsync(bool create = false, int windowBytes = 1 << 20)
    {
        RawSession session = await ConnectAsync(windowBytes);
        await session.Session.AskAsync<Hello, Welcome>(_group.Hello(session, create));
        return session;
    }

    /// <summary>The well-behaved member pushes, and is answered.</summary>
    public async Task PushByTheOtherAsync(int blobs = 1, int envelopeBytes = 300)
    {
        for (int i = 0; i < blobs; i++)
        {
            PushAck ack = await _pushing!.AskAsync<Push, PushAck>(Blob(++_pushed, envelopeBytes));
            Assert.False(ack.Duplicate);
        }
    }

    public async Task<string> MetricsAsync()
    {
        using var http = new HttpClient();
        return await http.GetStringAsync(new Uri($"http://{_fixture.Relay.Http}/metrics"), Bounded.Token());
    }

    /// <summary>Until the relay's metrics have a line.</summary>
    public async Task UntilMetricAsync(string line)
    {
        CancellationToken token = Bounded.Token();
        while (!(await MetricsAsync()).Contains(line, StringComparison.Ordinal))
            token.ThrowIfCancellationRequested();
    }

    /// <summary>A blob that is opaque to the relay beyond its header.</summary>
    public static Push Blob(ulong seq, int envelopeBytes = 300)
    {
        byte[] envelope = RandomNumberGenerator.GetBytes(envelopeBytes);
        new EnvelopeHeader(default, new Sequence(seq), default).Write(envelope);
        return new Push(BlobId.Read(RandomNumberGenerator.GetBytes(BlobId.Size)), default, new Sequence(seq), new Sequence(seq), 0, envelope);
    }

    public async ValueTask DisposeAsync()
    {
        foreach (RawSession session in _sessions)
            await session.DisposeAsync();

        await _transport.DisposeAsync();
        await _fixture.DisposeAsync();
        _group.Dispose();
    }

    private IPEndPoint EndPoint => new(IPAddress.Parse(_fixture.Relay.Address.Host), _fixture.Relay.Address.Port);
}
