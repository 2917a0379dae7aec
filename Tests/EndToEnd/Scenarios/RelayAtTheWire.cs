using System.Net;
using ZeroKSync.Cryptography;
using ZeroKSync.Protocol.Messages;
using ZeroKSync.TestKit.Protocol;
using ZeroKSync.Tests.EndToEnd.Relay;
using ZeroKSync.Transport;

namespace ZeroKSync.Tests.EndToEnd.Scenarios;

/// <summary>A real relay, and scripted devices of one group that come and go.</summary>
internal sealed class RelayAtTheWire : IAsyncDisposable
{
    private readonly List<IAsyncDisposable> _open = [];

    private RelayAtTheWire(RelayFixture fixture) => Fixture = fixture;

    public RelayFixture Fixture { get; }

    public ITransport Transport { get; } = TransportEngines.Create();

    public RawGroup Group { get; } = new();

    public IPEndPoint EndPoint => new(IPAddress.Loopback, Fixture.Relay.Address.Port);

    public static async Task<RelayAtTheWire> StartAsync(string? configuration = null) => new(await RelayFixture.StartAsync(configuration: configuration));

    public async Task<(RawDevice A, RawDevice B)> PairAsync() => (await JoinAsync(create: true), await JoinAsync());

    /// <param name="group">Another group than the one of all.</param>
    /// <param name="create">Whether the group may be new.</param>
    /// <param name="key">The device's, kept by the caller; a new one by default.</param>
    /// <param name="through">Another way to the relay than straight.</param>
    public async Task<RawDevice> JoinAsync(RawGroup? group = null, bool create = false, X25519KeyPair? key = null, IPEndPoint? through = null)
    {
        X25519KeyPair? copy = key is null ? null : new X25519KeyPair(SecretBytes.CopyFrom(key.SecretKey.Span));
        RawSession session = await RawSession.ConnectAsync(Transport, through ?? EndPoint, Fixture.Relay.Address.RelayId, copy);
        RawDevice device = await RawDevice.JoinAsync(session, group ?? Group, create);
        _open.Add(device);
        return device;
    }

    public async ValueTask DisposeAsync()
    {
        foreach (IAsyncDisposable open in _open)
            await open.DisposeAsync();

        Group.Dispose();
        await Transport.DisposeAsync();
        await Fixture.DisposeAsync();
    }
}
