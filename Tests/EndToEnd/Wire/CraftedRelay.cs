using System.Net;
using ZeroKSync.Protocol;
using ZeroKSync.Protocol.Messages;
using ZeroKSync.TestKit;
using ZeroKSync.TestKit.Protocol;
using ZeroKSync.Tests.EndToEnd.Relay;
using ZeroKSync.Transport;

namespace ZeroKSync.Tests.EndToEnd.Wire;

/// <summary>A relay for crafted bytes, with two sessions at it that keep to the protocol and must stay exact.</summary>
public sealed class CraftedRelay : IAsyncLifetime
{
    private readonly ITransport _transport = TransportEngines.Create();
    private RelayFixture _fixture = null!;
    private Bystanders _bystanders = null!;

    public IPEndPoint EndPoint => IPEndPoint.Parse(_fixture.Relay.Address.HostAndPort);

    /// <summary>Memory the relay's process holds now.</summary>
    public long ResidentBytes => _fixture.Relay.ResidentBytes;

    public async ValueTask InitializeAsync()
    {
        _fixture = await RelayFixture.StartAsync();
        _bystanders = await Bystanders.JoinAsync(_transport, EndPoint, _fixture.Relay.Address.RelayId);
        await _bystanders.ExchangeAsync();
    }

    /// <summary>Throws where the other sessions are not served as if nothing had been.</summary>
    public Task OthersAreServedAsync() => _bystanders.ExchangeAsync();

    public Task<TransportConnection> DialAsync() =>
        _transport.ConnectAsync(new TransportConnectOptions { Alpn = Limits.Alpn, RemoteEndPoints = [EndPoint] }, Bounded.Token()).AsTask();

    public Task<RawSession> ShakeHandsAsync() => RawSession.ConnectAsync(_transport, EndPoint, _fixture.Relay.Address.RelayId);

    /// <summary>A session in a group of its own.</summary>
    public async Task<RawSession> JoinAsync()
    {
        using var group = new RawGroup();
        RawSession session = await ShakeHandsAsync();
        await session.Session.AskAsync<Hello, Welcome>(group.Hello(session, create: true));
        return session;
    }

    public async ValueTask DisposeAsync()
    {
        await _bystanders.DisposeAsync();
        await _transport.DisposeAsync();
        await _fixture.DisposeAsync();
    }
}
