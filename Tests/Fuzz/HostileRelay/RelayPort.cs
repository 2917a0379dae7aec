using System.Security.Cryptography.X509Certificates;
using ZeroKSync.Client;
using ZeroKSync.Cryptography;
using ZeroKSync.Protocol;
using ZeroKSync.TestKit;
using ZeroKSync.Transport;

namespace ZeroKSync.Tests.Fuzz.HostileRelay;

/// <summary>One address of the relay. What it tells there is the truth as long as it has no lies.</summary>
internal sealed class RelayPort : IAsyncDisposable
{
    private readonly TransportListener _listener;
    private readonly X25519KeyPair _key;
    private readonly RelayLog _log;
    private readonly Task _accepting;
    private readonly List<Task> _sessions = [];

    private RelayPort(TransportListener listener, X25519KeyPair key, RelayLog log)
    {
        _listener = listener;
        _key = key;
        _log = log;
        _accepting = AcceptAsync();
    }

    /// <summary>For the sessions that begin from now on.</summary>
    public Lies? Lies { get; set; }

    public RelayAddress Address => new(_listener.LocalEndPoint.Address.ToString(), _listener.LocalEndPoint.Port, RelayId.Read(_key.PublicKey));

    public static async Task<RelayPort> ListenAsync(ITransport transport, X509Certificate2 certificate, X25519KeyPair key, RelayLog log) =>
        new(await transport.ListenAsync(new TransportListenerOptions { Alpn = Limits.Alpn, Certificate = certificate, HandshakesPerAddressPerSecond = 1_000_000 }, Bounded.Token()), key, log);

    public async ValueTask DisposeAsync()
    {
        await _listener.DisposeAsync();
        await _accepting.Within();
        await Task.WhenAll(_sessions).Within();
    }

    private async Task AcceptAsync()
    {
        while (await _listener.AcceptAsync() is { } connection)
        {
            _sessions.RemoveAll(session => session.IsCompletedSuccessfully);
            _sessions.Add(new RelaySession(connection, _key, _log, Lies).RunAsync());
        }
    }
}
