using System.Net;
using System.Security.Cryptography.X509Certificates;
using ZeroKSync.Client;
using ZeroKSync.Cryptography;
using ZeroKSync.Protocol;
using ZeroKSync.Protocol.Framing;
using ZeroKSync.Session;
using ZeroKSync.TestKit;
using ZeroKSync.TestKit.Protocol;
using ZeroKSync.Transport;

namespace ZeroKSync.Tests.EndToEnd.Scenarios;

/// <summary>
/// Answers a device's first handshake message with what a test makes of the right second one, and counts the bytes the device then shows it:
/// a device that does not take the answer shows none.
/// </summary>
internal sealed class LyingRelay : IAsyncDisposable
{
    private readonly X509Certificate2 _certificate;
    private readonly X25519KeyPair _key = X25519.GenerateKeyPair();
    private readonly ITransport _transport;
    private readonly TransportListener _listener;
    private readonly Func<byte[], byte[]> _lie;
    private readonly CancellationTokenSource _over = new();
    private readonly Task _serving;
    private int _shown;

    private LyingRelay(ITransport transport, TransportListener listener, X509Certificate2 certificate, Func<byte[], byte[]> lie)
    {
        _transport = transport;
        _listener = listener;
        _certificate = certificate;
        _lie = lie;
        _serving = ServeAsync();
    }

    public RelayAddress Address => new(IPAddress.Loopback.ToString(), _listener.LocalEndPoint.Port, RelayId.Read(_key.PublicKey));

    /// <summary>Bytes that devices sent after their first message.</summary>
    public int Shown => Volatile.Read(ref _shown);

    public static async Task<LyingRelay> StartAsync(Func<byte[], byte[]> lie)
    {
        ITransport transport = TransportEngines.Create();
        X509Certificate2 certificate = SelfSignedCertificate.Create(TestClock.System);
        TransportListener listener = await transport.ListenAsync(new TransportListenerOptions { Alpn = Limits.Alpn, Certificate = certificate }, Bounded.Token());
        return new LyingRelay(transport, listener, certificate, lie);
    }

    public async ValueTask DisposeAsync()
    {
        await _over.CancelAsync();
        await _listener.DisposeAsync();
        await _serving.Within();
        await _transport.DisposeAsync();
        _certificate.Dispose();
        _key.Dispose();
        _over.Dispose();
    }

    private async Task ServeAsync()
    {
        var sessions = new List<Task>();
        while (await _listener.AcceptAsync(CancellationToken.None) is { } connection)
            sessions.Add(ServeAsync(connection));

        await Task.WhenAll(sessions);
    }

    private async Task ServeAsync(TransportConnection connection)
    {
        await using TransportConnection _ = connection;
        try
        {
            TransportStream? stream = await connection.AcceptStreamAsync(_over.Token);
            if (stream is null)
                return;

            byte[] first = new byte[FrameHeader.Size + HandshakeMessage.FirstBytes];
            for (int at = 0; at < first.Length;)
                at += await stream.ReadAsync(first.AsMemory(at), _over.Token) is > 0 and int count ? count : throw new InvalidOperationException("The device ended its handshake.");

            byte[] second = new byte[HandshakeMessage.SecondBytes];
            using var responder = new HandshakeResponder(_key, HandshakePrologue.ForCertificate(connection.CertificateHash.Span));
            if (!responder.TryReadFirst(first.AsSpan(FrameHeader.Size)) || !responder.TryWriteSecond(second))
                throw new InvalidOperationException("The device's first message is wrong.");

            await stream.WriteAsync(RawSession.Framed(_lie(second)), cancellationToken: _over.Token);
            byte[] rest = new byte[1 << 10];
            while (await stream.ReadAsync(rest, _over.Token) is > 0 and int count)
                Interlocked.Add(ref _shown, count);
        }
        catch (TransportException)
        {
            // The device is gone.
        }
        catch (OperationCanceledException)
        {
            // The test is over.
        }
    }
}
